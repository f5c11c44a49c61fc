/* SPDX-License-Identifier: Apache-2.0 */
/* YAML by libyaml's events: each document becomes JSON text, which json_parse reads and bounds. */
#include "codec/yaml.h"

#include <yaml.h>

#include "base/arena.h"

enum { FIRST_DOCUMENTS = 64 };

struct level { /* of what is open */
    bool is_mapping, wants_name;
};

struct reading {
    struct arena *arena;
    yaml_parser_t parser;
    yaml_event_t event;
    struct buf buf;
    struct json_out out;
    struct level levels[JSON_MAX_DEPTH + 1];
    size_t depth;
    size_t room; /* for documents */
    struct yaml_documents *documents;
    struct yaml_fault *fault;
};

static bool
fail(struct reading *r, str why, size_t line)
{
    *r->fault = (struct yaml_fault){why, r->documents->count + 1, line};
    return false;
}

static bool
fail_here(struct reading *r, str why)
{
    return fail(r, why, r->event.start_mark.line + 1);
}

static size_t
digits(str s, size_t at)
{
    size_t n = 0;

    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9') {
        n++;
    }
    return n;
}

/* number = [ "-" ] int [ "." 1*DIGIT ] [ "e" [ "+" / "-" ] 1*DIGIT ] ; RFC 8259 s6 */
static bool
is_number(str s)
{
    size_t at = s.n && s.p[0] == '-', n = digits(s, at);

    if (n == 0 || (n > 1 && s.p[at] == '0')) {
        return false;
    }
    at += n;
    if (at < s.n && s.p[at] == '.') {
        n = digits(s, at + 1);
        at += n ? n + 1 : 0;
    }
    if (at < s.n && (s.p[at] | 0x20) == 'e') {
        size_t sign = at + 1 < s.n && (s.p[at + 1] == '+' || s.p[at + 1] == '-');
        n = digits(s, at + 1 + sign);
        at += n ? n + 1 + sign : 0;
    }
    return at == s.n;
}

/* YAML 1.2 s10.3.2, without its octal and hexadecimal numbers, .inf and .nan: JSON has none. NULL: a text. */
static const char *
word_of(str s)
{
    static const struct {
        const char *text, *json;
    } words[] = {{"", "null"}, {"~", "null"}, {"null", "null"}, {"Null", "null"}, {"NULL", "null"},
        {"true", "true"}, {"True", "true"}, {"TRUE", "true"}, {"false", "false"},
        {"False", "false"}, {"FALSE", "false"}};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_eq(s, str_from(words[i].text))) {
            return words[i].json;
        }
    }
    return NULL;
}

static void
put_value(struct reading *r, str text, bool is_plain)
{
    const char *word = is_plain ? word_of(text) : NULL;

    if (word != NULL) {
        json_out_raw(&r->out, str_from(word));
    } else if (is_plain && is_number(text)) {
        json_out_raw(&r->out, text);
    } else {
        json_out_str(&r->out, text);
    }
}

/* What comes next in a mapping: a name becomes its value's turn, and the other way round. */
static bool
take_turn(struct reading *r, bool is_scalar, bool *ret_is_name)
{
    struct level *level = &r->levels[r->depth];

    *ret_is_name = level->is_mapping && level->wants_name;
    if (*ret_is_name && !is_scalar) {
        return fail_here(r, S("a name is a text"));
    }
    level->wants_name = !level->wants_name;
    return true;
}

static bool
on_scalar(struct reading *r)
{
    str text = {(const char *)r->event.data.scalar.value, r->event.data.scalar.length};
    bool is_plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE, is_name;

    if (r->event.data.scalar.anchor || r->event.data.scalar.tag) {
        return fail_here(r, S("anchors and tags are not taken"));
    }
    if (!take_turn(r, true, &is_name)) {
        return false;
    }
    if (is_name) {
        json_out_name(&r->out, text);
    } else {
        put_value(r, text, is_plain);
    }
    return true;
}

static bool
on_open(struct reading *r, bool is_mapping, bool is_marked)
{
    bool is_name;

    if (is_marked) {
        return fail_here(r, S("anchors and tags are not taken"));
    }
    if (!take_turn(r, false, &is_name)) {
        return false;
    }
    if (r->depth == JSON_MAX_DEPTH) {
        return fail_here(r, S("it is nested too deeply"));
    }
    r->levels[++r->depth] = (struct level){is_mapping, true};
    if (is_mapping) {
        json_out_object(&r->out);
    } else {
        json_out_array(&r->out);
    }
    return true;
}

static bool
on_close(struct reading *r, bool is_mapping)
{
    if (is_mapping) {
        json_out_object_end(&r->out);
    } else {
        json_out_array_end(&r->out);
    }
    r->depth--;
    return true;
}

/* Whoever writes many documents pays for their list. */
static bool
make_room(struct reading *r)
{
    size_t room = MAX(r->room * 2, (size_t)FIRST_DOCUMENTS);
    const struct json **items;

    if (r->documents->count < r->room) {
        return true;
    }
    items = ARENA_ARRAY(r->arena, room, const struct json *);
    if (items == NULL) {
        return false;
    }
    if (r->room) {
        memcpy(items, r->documents->items, r->room * sizeof *items);
    }
    r->documents->items = items;
    r->room = room;
    return true;
}

static bool
on_document(struct reading *r)
{
    const yaml_event_t *e = &r->event;

    if (e->data.document_start.version_directive != NULL
        || e->data.document_start.tag_directives.start
               != e->data.document_start.tag_directives.end) {
        return fail_here(r, S("directives are not taken"));
    }
    if (r->documents->count == YAML_MAX_DOCUMENTS) {
        return fail_here(r, S("there are too many documents"));
    }
    if (!make_room(r)) {
        return fail(r, S("there is not enough memory"), 0);
    }
    buf_init(&r->buf, r->arena, YAML_MAX_BYTES);
    json_out_init(&r->out, &r->buf);
    r->depth = 0;
    r->levels[0] = (struct level){false, false};
    return true;
}

static bool
on_document_end(struct reading *r)
{
    const struct json **items = r->documents->items;
    str text;

    if (!buf_done(&r->buf, &text)) {
        return fail(r, S("it is too long"), 0);
    }
    if (!json_parse(r->arena, text, &items[r->documents->count], NULL)) {
        return fail(r, S("it repeats a name, or has too many values"), 0);
    }
    r->documents->count++;
    return true;
}

static bool
on_event(struct reading *r)
{
    const yaml_event_t *e = &r->event;

    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        return on_document(r);
    case YAML_DOCUMENT_END_EVENT:
        return on_document_end(r);
    case YAML_SCALAR_EVENT:
        return on_scalar(r);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(r, false, e->data.sequence_start.anchor || e->data.sequence_start.tag);
    case YAML_SEQUENCE_END_EVENT:
        return on_close(r, false);
    case YAML_MAPPING_START_EVENT:
        return on_open(r, true, e->data.mapping_start.anchor || e->data.mapping_start.tag);
    case YAML_MAPPING_END_EVENT:
        return on_close(r, true);
    case YAML_ALIAS_EVENT:
        return fail_here(r, S("aliases are not taken"));
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
        break;
    }
    return true;
}

static bool
read_all(struct reading *r)
{
    bool is_end = false, is_good = true;

    while (is_good && !is_end) {
        if (!yaml_parser_parse(&r->parser, &r->event)) {
            const char *problem = r->parser.problem;
            return fail(r, str_fmt(r->arena, "it is no YAML: %s", problem ? problem : "no memory"),
                r->parser.problem_mark.line + 1);
        }
        is_end = r->event.type == YAML_STREAM_END_EVENT;
        is_good = on_event(r);
        yaml_event_delete(&r->event);
    }
    return is_good;
}

bool
yaml_parse(struct arena *arena, str text, struct yaml_documents *ret, struct yaml_fault *ret_fault)
{
    struct yaml_documents documents = {NULL, 0};
    struct reading r = {.arena = arena, .documents = &documents, .fault = ret_fault};
    bool is_good;

    if (!yaml_parser_initialize(&r.parser)) {
        return fail(&r, S("there is not enough memory"), 0);
    }
    if (text.n > YAML_MAX_TEXT) {
        yaml_parser_delete(&r.parser);
        return fail(&r, S("it is too long"), 0);
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING); /* not what its first bytes ask for */
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
    is_good = read_all(&r);
    yaml_parser_delete(&r.parser);
    if (is_good) {
        *ret = documents;
    }
    return is_good;
}
