/* SPDX-License-Identifier: Apache-2.0 */
/* FreeMarker to mustache in one pass.
 *
 *   ${a.b}   ${(a.b)!}   ${a.b!'text'}   ${a.b?html}   ${a.b?no_esc}
 *   [#if a.b??] [#if !a] [#if a?has_content] [#elseif ..] [#else] [/#if]   [#list a.b as c] ${c} ${c.d} [/#list]
 *   [#ftl ..] [#setting ..] [#-- .. --] are dropped; <#if ..> is the same as [#if ..]
 * Deviations: what is missing prints nothing; true is what is there and not empty; inside of a list only the
 * innermost item has its name. Everything else is refused, never printed as it stands. */
#include "codec/ftl.h"

#include "base/arena.h"
#include "base/buf.h"

enum { MAX_OPEN = 16, MAX_OUT = 512 * 1024 };

struct open_tag {
    str item; /* of a list: the name of its items; empty: an if */
    struct section {
        str name;
        bool is_not;
    } sections[MAX_OPEN]; /* to close, innermost last */
    size_t count;
};

struct translation {
    struct arena *arena;
    struct buf out;
    bool is_html;
    const char *why;
    struct open_tag open[MAX_OPEN];
    size_t open_count;
};

static bool
refuse(struct translation *t, const char *why)
{
    t->why = why;
    return false;
}

/* name = part *( "." part ) ; part = ( ALPHA / "_" ) *( ALPHA / DIGIT / "_" ) */
static bool
is_name(str s)
{
    bool is_first = true;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool is_digit = c >= '0' && c <= '9';
        if (c == '.' ? is_first : !(is_letter || (is_digit && !is_first))) {
            return false;
        }
        is_first = c == '.';
    }
    return s.n > 0 && !is_first;
}

/* "(a.b)" is "a.b". */
static str
without_brackets(str s)
{
    s = str_trim(s);
    return str_starts(s, S("(")) && str_ends(s, S(")")) ? str_trim((str){s.p + 1, s.n - 2}) : s;
}

/* The name as mustache looks it up: an item of the innermost list is the context itself. */
static bool
resolve(struct translation *t, str name, str *ret)
{
    size_t dot = str_find(name, '.');
    str head = str_head(name, dot);
    bool is_innermost = true;

    *ret = name;
    for (size_t i = t->open_count; i-- > 0;) {
        if (t->open[i].item.n == 0) {
            continue;
        }
        if (str_eq(head, t->open[i].item)) {
            *ret = dot < name.n ? str_skip(name, dot + 1) : S(".");
            return is_innermost ? true : refuse(t, "an item of an outer list is not in reach here");
        }
        is_innermost = false;
    }
    return true;
}

static bool
read_name(struct translation *t, str text, str *ret)
{
    str name = without_brackets(text);

    return is_name(name) ? resolve(t, name, ret)
                         : refuse(t, "an expression is more than a name: only names are read here");
}

static void
put_section(struct translation *t, char kind, str name)
{
    buf_fmt(&t->out, "{{%c" STRF "}}", kind, STRV(name));
}

static void
put_value(struct translation *t, str name, bool is_raw)
{
    if (is_raw) {
        buf_fmt(&t->out, "{{{" STRF "}}}", STRV(name));
    } else {
        buf_fmt(&t->out, "{{" STRF "}}", STRV(name));
    }
}

/* default = "" / "'" text "'" / DQUOTE text DQUOTE, also in brackets */
static bool
read_default(struct translation *t, str text, str *ret)
{
    char quote;

    text = without_brackets(text);
    *ret = NO_STR;
    if (text.n == 0) {
        return true;
    }
    quote = text.p[0];
    if (text.n < 2 || (quote != '\'' && quote != '"') || text.p[text.n - 1] != quote) {
        return refuse(t, "a default must be a text in quotes");
    }
    *ret = (str){text.p + 1, text.n - 2};
    if (str_find(*ret, quote) < ret->n || str_find(*ret, '\\') < ret->n
        || str_find_str(*ret, S("{{")) < ret->n) {
        return refuse(t, "a default must be plain text");
    }
    return true;
}

/* value = name [ "!" default ] *( "?" ( "html" / "no_esc" ) ) */
static bool
put_interpolation(struct translation *t, str text)
{
    bool is_raw = !t->is_html;
    str name, fallback = NO_STR, expression = text;
    size_t at;

    while (str_ends(expression, S("?html")) || str_ends(expression, S("?no_esc"))) {
        is_raw = is_raw || str_ends(expression, S("?no_esc"));
        expression.n -=
            str_ends(expression, S("?html")) ? sizeof "?html" - 1 : sizeof "?no_esc" - 1;
    }
    at = str_find(expression, '!');
    if (!read_default(t, str_trim(str_skip(expression, at + 1)), &fallback)
        || !read_name(t, str_head(expression, at), &name)) {
        return false;
    }
    put_value(t, name, is_raw);
    if (fallback.n) {
        put_section(t, '^', name);
        buf_str(&t->out, fallback);
        put_section(t, '/', name);
    }
    return true;
}

static bool
open_section(struct translation *t, struct open_tag *tag, struct section section)
{
    if (tag->count == MAX_OPEN) {
        return refuse(t, "a condition has too many branches");
    }
    tag->sections[tag->count++] = section;
    put_section(t, section.is_not ? '^' : '#', section.name);
    return true;
}

/* condition = [ "!" ] name [ "??" / "?has_content" ] */
static bool
put_condition(struct translation *t, struct open_tag *tag, str text)
{
    str name;
    bool is_not;

    text = without_brackets(text);
    is_not = str_starts(text, S("!"));
    text = str_trim(str_skip(text, is_not));
    if (str_ends(text, S("??"))) {
        text.n -= 2;
    } else if (str_ends(text, S("?has_content"))) {
        text.n -= sizeof "?has_content" - 1;
    }
    if (!read_name(t, text, &name)) {
        return false;
    }
    return open_section(t, tag, (struct section){name, is_not});
}

static bool
push(struct translation *t, const struct open_tag *tag)
{
    if (t->open_count == MAX_OPEN) {
        return refuse(t, "directives are nested too deep");
    }
    t->open[t->open_count++] = *tag;
    return true;
}

static bool
open_if(struct translation *t, str condition)
{
    struct open_tag tag = {.item = NO_STR};

    return put_condition(t, &tag, condition) && push(t, &tag);
}

/* list = name "as" item */
static bool
open_list(struct translation *t, str text)
{
    size_t at = str_find_str(text, S(" as "));
    struct open_tag tag = {.item = str_trim(str_skip(text, at + 4))};
    str name;

    if (at == text.n || !is_name(tag.item) || str_find(tag.item, '.') < tag.item.n) {
        return refuse(t, "a list must say: names as name");
    }
    return read_name(t, str_head(text, at), &name)
           && open_section(t, &tag, (struct section){name, false}) && push(t, &tag);
}

static struct open_tag *
innermost(struct translation *t, bool is_list)
{
    struct open_tag *tag = t->open_count ? &t->open[t->open_count - 1] : NULL;

    return tag != NULL && (tag->item.n > 0) == is_list ? tag : NULL;
}

/* The last section ends, and what follows is for when it was not shown. */
static bool
put_else(struct translation *t, str condition)
{
    struct open_tag *tag = innermost(t, false);
    struct section *last;

    if (tag == NULL) {
        return refuse(t, "an else stands outside of an if");
    }
    last = &tag->sections[tag->count - 1];
    put_section(t, '/', last->name);
    last->is_not = !last->is_not;
    put_section(t, last->is_not ? '^' : '#', last->name);
    return condition.n == 0 || put_condition(t, tag, condition);
}

static bool
close_tag(struct translation *t, bool is_list)
{
    struct open_tag *tag = innermost(t, is_list);

    if (tag == NULL) {
        return refuse(t, "a directive is closed that is not open");
    }
    while (tag->count > 0) {
        put_section(t, '/', tag->sections[--tag->count].name);
    }
    t->open_count--;
    return true;
}

/* What stands between "[#" and "]". */
static bool
put_directive(struct translation *t, str text)
{
    size_t at = str_find(text, ' ');
    str word = str_head(text, at), rest = str_trim(str_skip(text, at));

    if (str_eq(word, S("if"))) {
        return open_if(t, rest);
    }
    if (str_eq(word, S("list"))) {
        return open_list(t, rest);
    }
    if (str_eq(word, S("elseif")) && rest.n) {
        return put_else(t, rest);
    }
    if (str_eq(word, S("else")) && rest.n == 0) {
        return put_else(t, NO_STR);
    }
    return str_eq(word, S("ftl")) || str_eq(word, S("setting"))
               ? true
               : refuse(t, "a directive is none of if, elseif, else and list");
}

static bool
put_end(struct translation *t, str text)
{
    bool is_list = str_eq(text, S("list"));

    return is_list || str_eq(text, S("if"))
               ? close_tag(t, is_list)
               : refuse(t, "a directive is none of if, elseif, else and list");
}

/* A tag that begins at rest: *ret_n is how long it is, 0 when none begins here. */
static bool
read_tag(struct translation *t, str rest, size_t *ret_n)
{
    char close = rest.p[0] == '[' ? ']' : '>';
    bool is_end = str_starts(str_skip(rest, 1), S("/#"));
    str body = str_skip(rest, is_end ? 3 : 2), text;
    size_t n;

    *ret_n = 0;
    if (!is_end && !str_starts(str_skip(rest, 1), S("#"))) {
        return true;
    }
    if (!is_end && str_starts(body, S("--"))) {
        n = str_find_str(body, close == ']' ? S("--]") : S("-->"));
        *ret_n = 2 + n + 3;
        return n < body.n ? true : refuse(t, "a comment is not closed");
    }
    n = str_find(body, close);
    text = str_trim(str_head(body, n));
    *ret_n = (size_t)(body.p - rest.p) + n + 1;
    if (n == body.n) {
        return refuse(t, "a directive is not closed");
    }
    if (str_ends(text, S("/"))) { /* [#else/] */
        text = str_trim((str){text.p, text.n - 1});
    }
    return is_end ? put_end(t, text) : put_directive(t, text);
}

static bool
read_value(struct translation *t, str rest, size_t *ret_n)
{
    str body = str_skip(rest, 2);
    size_t n = str_find(body, '}');

    *ret_n = 2 + n + 1;
    return n < body.n ? put_interpolation(t, str_trim(str_head(body, n)))
                      : refuse(t, "a value is not closed");
}

/* "." or what codec/mustache takes for a name; the rest is its to judge. */
static bool
is_mustache_name(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && c != '_' && c != '-' && c != '.') {
            return false;
        }
    }
    return s.n > 0;
}

/* {{name}} of a template that is mustache already: as text it is not escaped. */
static bool
pass_mustache(struct translation *t, str rest, size_t *ret_n)
{
    str body = str_skip(rest, 2);
    size_t n = str_find_str(body, S("}}"));

    *ret_n = 2;
    if (t->is_html || n == body.n || !is_mustache_name(str_trim(str_head(body, n)))) {
        buf_lit(&t->out, "{{");
        return true;
    }
    put_value(t, str_trim(str_head(body, n)), true);
    *ret_n = 2 + n + 2;
    return true;
}

static bool
translate(struct translation *t, str source)
{
    while (source.n > 0) {
        size_t n = 0;
        bool ok = true;
        if (str_starts(source, S("${"))) {
            ok = read_value(t, source, &n);
        } else if (str_starts(source, S("{{"))) {
            ok = pass_mustache(t, source, &n);
        } else if (source.p[0] == '[' || source.p[0] == '<') {
            ok = read_tag(t, source, &n);
        }
        if (!ok) {
            return false;
        }
        if (n == 0) {
            buf_char(&t->out, source.p[0]);
            n = 1;
        }
        source = str_skip(source, n);
    }
    return t->open_count == 0 ? true : refuse(t, "a directive is not closed");
}

bool
ftl_translate(struct arena *arena, str source, bool is_html, str *ret, const char **ret_why)
{
    struct translation *t = ARENA_NEW(arena, struct translation);

    *ret_why = "out of memory";
    if (t == NULL) {
        return false;
    }
    *t = (struct translation){.arena = arena, .is_html = is_html};
    buf_init(&t->out, arena, MAX_OUT);
    if (!translate(t, source)) {
        *ret_why = t->why;
        return false;
    }
    if (!buf_done(&t->out, ret)) {
        *ret_why = "the template is too long";
        return false;
    }
    return true;
}
