/* SPDX-License-Identifier: Apache-2.0 */
/* Templates made ready for one language, before they are compiled: indentation goes, and two tags of
 * our own become literal text, so that a rendering looks up values only.
 *
 *   {{t.key}}            the catalogue's text, HTML-escaped
 *   {{t.key a >b}}       {0} of the text becomes <bdi>{{a}}</bdi>, {1} becomes {{>b}}
 *   {{asset.hosted.css}} the path of a style sheet or script */
#include "model/page/page_internal.h"

#include "base/arena.h"

enum { MAX_ARGS = 4, MAX_SOURCE = 16 * 1024 };

struct expansion {
    struct arena *arena;
    size_t language;
    struct buf out;
    const char *why;
};

static bool
refuse(struct expansion *e, const char *why, str what)
{
    const char *text = str_z(e->arena, str_fmt(e->arena, "%s: " STRF, why, STRV(what)));

    e->why = text ? text : why;
    return false;
}

static void
put_arg(struct buf *out, str arg)
{
    if (str_starts(arg, S(">"))) {
        buf_lit(out, "{{");
        buf_str(out, arg);
        buf_lit(out, "}}");
        return;
    }
    buf_lit(out, "<bdi>{{"); /* a name in another script must not turn the sentence around */
    buf_str(out, arg);
    buf_lit(out, "}}</bdi>");
}

/* Writes the text with its holes filled; each hole needs an argument and each argument a hole. */
static bool
put_text(struct expansion *e, str text, const str *args, size_t count)
{
    unsigned used = 0;
    size_t from = 0;

    for (size_t i = 0; i + 2 < text.n; i++) {
        size_t hole = (size_t)(uint8_t)text.p[i + 1] - '0';
        if (text.p[i] != '{' || text.p[i + 2] != '}' || hole > 9) {
            continue;
        }
        if (hole >= count) {
            return false;
        }
        html_escape(&e->out, (str){text.p + from, i - from});
        put_arg(&e->out, args[hole]);
        used |= 1u << hole;
        from = i + 3;
    }
    html_escape(&e->out, str_skip(text, from));
    return used == (1u << count) - 1;
}

/* inner = key *( SP arg ) */
static bool
put_message(struct expansion *e, str inner)
{
    str rest = inner, key = NO_STR, part, text, args[MAX_ARGS];
    size_t count = 0;

    (void)str_cut(&rest, ' ', &key);
    while (str_cut(&rest, ' ', &part)) {
        if (count == MAX_ARGS) {
            return refuse(e, "too many arguments", inner);
        }
        args[count++] = part;
    }
    if (!page_text_find(e->language, key, &text)) {
        return refuse(e, "names a missing message", key);
    }
    return put_text(e, text, args, count) || refuse(e, "arguments and placeholders differ", inner);
}

static bool
put_tag(struct expansion *e, str inner, str whole)
{
    if (str_starts(inner, S("t."))) {
        return put_message(e, str_skip(inner, 2));
    }
    if (str_starts(inner, S("asset."))) {
        str path = page_asset_path(str_skip(inner, 6));
        html_escape(&e->out, path);
        return path.n != 0 || refuse(e, "names a missing file", inner);
    }
    buf_str(&e->out, whole);
    return true;
}

static bool
put_line(struct expansion *e, str line)
{
    for (;;) {
        size_t start = str_find_str(line, S("{{")), end;
        buf_str(&e->out, str_head(line, start));
        line = str_skip(line, start);
        if (line.n == 0) {
            return true;
        }
        end = str_find_str(line, S("}}"));
        if (end == line.n) {
            return refuse(e, "a tag is not closed on its line", line);
        }
        if (!put_tag(e, (str){line.p + 2, end - 2}, str_head(line, end + 2))) {
            return false;
        }
        line = str_skip(line, end + 2);
    }
}

bool
page_source_expand(struct arena *arena, size_t language, str source, str *ret, const char **ret_why)
{
    struct expansion e = {.arena = arena, .language = language, .why = "is too long"};
    bool is_first = true;
    str line;

    buf_init(&e.out, arena, MAX_SOURCE);
    while (str_cut(&source, '\n', &line)) {
        if (!is_first && (line.n || source.p != NULL)) {
            buf_char(&e.out, '\n');
        }
        is_first = false;
        if (!put_line(&e, str_trim(line))) {
            *ret_why = e.why;
            return false;
        }
    }
    *ret_why = e.why;
    return buf_done(&e.out, ret);
}
