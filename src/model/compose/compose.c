/* SPDX-License-Identifier: Apache-2.0 */
/* Templates chosen by language, compiled and rendered: they change seldom and are sent seldom, so nothing is kept. */
#include "model/compose/compose.h"

#include "base/arena.h"
#include "codec/ftl.h"
#include "codec/json.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/messagetemplate/messagetemplate.h"

enum { PART_BYTES = KB(256), LINE_BYTES = 500 };

static char
same_case(char c)
{
    return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* "en-us" is "en_US". */
static bool
is_same_locale(str a, str b)
{
    for (size_t i = 0; i < a.n && a.n == b.n; i++) {
        if (same_case(a.p[i]) != same_case(b.p[i])) {
            return false;
        }
    }
    return a.n == b.n;
}

static str
primary(str locale)
{
    return str_head(locale, MIN(str_find(locale, '_'), str_find(locale, '-')));
}

static bool
find_locale(const struct json *texts, str locale, str *ret)
{
    for (const struct json *m = texts->first; m != NULL; m = m->next) {
        if (is_same_locale(m->name, locale) && json_str(m, ret)) {
            return true;
        }
    }
    return false;
}

str
compose_pick(struct arena *arena, str localized, str fallback, const struct field_texts *languages)
{
    const struct json *texts;
    str found;

    if (localized.n == 0 || languages == NULL || !json_parse(arena, localized, &texts, NULL)) {
        return fallback;
    }
    for (size_t i = 0; i < languages->count; i++) {
        if (find_locale(texts, languages->items[i], &found)
            || find_locale(texts, primary(languages->items[i]), &found)) {
            return found;
        }
    }
    return fallback;
}

struct maker {
    struct arena *arena;
    const struct view *view;
    struct composed *out;
};

static str
fail(struct maker *m, const char *part, const char *why, bool is_syntax)
{
    if (m->out->fault_count < COMPOSE_PARTS) {
        m->out->faults[m->out->fault_count++] = (struct compose_fault){part, why, is_syntax};
    }
    return NO_STR;
}

static str
render(struct maker *m, const char *part, str source, bool is_html)
{
    struct template *template;
    struct buf buf;
    const char *why;
    str translated, text;

    if (!ftl_translate(m->arena, source, is_html, &translated, &why)) {
        return fail(m, part, why, true);
    }
    template = template_compile(m->arena, translated, NULL, NULL, &why);
    if (template == NULL) {
        return fail(m, part, why, true);
    }
    buf_init(&buf, m->arena, PART_BYTES);
    template_render(template, m->view, &buf);
    return buf_done(&buf, &text) ? text : fail(m, part, "the result is too long", false);
}

/* What stands in a header is one line: a value with lines of its own is taken apart into words. */
static str
render_line(struct maker *m, const char *part, str source)
{
    str text = render(m, part, source, false);
    char *line = arena_alloc(m->arena, text.n + 1);

    if (line == NULL || text.n > LINE_BYTES) {
        return fail(m, part, "the result is too long", false);
    }
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        line[i] = c < ' ' || c == 0x7f ? ' ' : text.p[i];
    }
    return str_trim((str){line, text.n});
}

void
compose_mail(struct arena *arena, const struct emailtemplate *from,
    const struct field_texts *languages, const struct view *view, struct composed *ret)
{
    struct maker m = {arena, view, ret};

    *ret = (struct composed){.fault_count = 0};
    ret->from_name = render_line(
        &m, "from", compose_pick(arena, from->localized_from_names, from->from_name, languages));
    ret->subject = render_line(
        &m, "subject", compose_pick(arena, from->localized_subjects, from->subject, languages));
    ret->html =
        render(&m, "html", compose_pick(arena, from->localized_html, from->html, languages), true);
    ret->text =
        render(&m, "text", compose_pick(arena, from->localized_text, from->text, languages), false);
}

void
compose_message(struct arena *arena, const struct messagetemplate *from,
    const struct field_texts *languages, const struct view *view, struct composed *ret)
{
    struct maker m = {arena, view, ret};

    *ret = (struct composed){.fault_count = 0};
    ret->text = render(
        &m, "message", compose_pick(arena, from->localized_texts, from->text, languages), false);
}
