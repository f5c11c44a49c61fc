/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Patch (RFC 6902) with JSON Pointer (RFC 6901). A value never changes: an operation copies the
 * containers on its way and shares the rest, so a failed patch leaves nothing behind.
 * Deviation: numbers are equal when they are written the same (s4.6). Invariants: 1 a budget bounds
 * the nodes touched and copied, and with them time and memory, 2 no value ends deeper than JSON_MAX_DEPTH. */
#include "base/arena.h"
#include "model/field/field_internal.h"

enum {
    MAX_TOKENS = JSON_MAX_DEPTH,
    MAX_NODES_TOUCHED = 4 * JSON_MAX_NODES,
    MAX_INDEX_DIGITS = 6,
    MAX_RESULT = 1024 * 1024,
};
/* What the budget can ask for, every node of it copied, so that a patch ends by its budget, which is told, and not by
 * memory. */
static const size_t PATCH_ARENA = MB(80);

struct pointer { /* RFC 6901 s3, tokens unescaped */
    str tokens[MAX_TOKENS];
    size_t count;
};
struct patch {
    struct arena *arena;
    const struct json *document;
    size_t budget;   /* nodes that may still be touched */
    const char *why; /* of the failure, as the end of a sentence */
};

static bool
fail(struct patch *p, const char *why)
{
    p->why = p->why ? p->why : why; /* the first is what happened */
    return false;
}

static bool
charge(struct patch *p, size_t nodes)
{
    if (nodes > p->budget) {
        return fail(p, "the patch does too much");
    }
    p->budget -= nodes;
    return true;
}

/* Pays for a value that will stand depth deep, each time it is put somewhere: shared nodes must not
 * let a document double with every operation. */
static bool
weigh(struct patch *p, const struct json *v, size_t depth)
{
    bool is_container = v->type == JSON_ARRAY || v->type == JSON_OBJECT;

    if (is_container && depth >= JSON_MAX_DEPTH) {
        return fail(p, "the result nests too deep");
    }
    if (!charge(p, 1)) {
        return false;
    }
    for (const struct json *c = v->first; c != NULL; c = c->next) {
        if (!weigh(p, c, depth + 1)) {
            return false;
        }
    }
    return true;
}

/* escaped = "~" ( "0" / "1" ) ; RFC 6901 s3. "~01" is "~1", not "/" (s4). */
static bool
unescape(struct patch *p, str token, str *ret)
{
    char *to;
    size_t n = 0;

    if (str_find(token, '~') == token.n) {
        *ret = token;
        return true;
    }
    to = arena_alloc(p->arena, token.n);
    for (size_t i = 0; to != NULL && i < token.n; i++) {
        char c = token.p[i];
        if (c == '~') {
            i++;
            if (i == token.n || (token.p[i] != '0' && token.p[i] != '1')) {
                return fail(p, "a ~ in its path must be written ~0, a / within a name ~1");
            }
            c = token.p[i] == '0' ? '~' : '/';
        }
        to[n++] = c;
    }
    *ret = (str){to, n};
    return to != NULL;
}

/* json-pointer = *( "/" reference-token ) ; RFC 6901 s3 */
static bool
read_pointer(struct patch *p, const struct json *op, str name, struct pointer *ret)
{
    str text, token;

    ret->count = 0;
    if (!json_str(json_get(op, name), &text)) {
        return fail(p, "it needs op, path and, by its kind, value or from");
    }
    if (text.n == 0) {
        return true;
    }
    if (text.p[0] != '/') {
        return fail(p, "its path must be empty or begin with /");
    }
    text = str_skip(text, 1);
    while (str_cut(&text, '/', &token)) {
        if (ret->count == MAX_TOKENS) {
            return fail(p, "its path is too long");
        }
        if (!unescape(p, token, &ret->tokens[ret->count])) {
            return false;
        }
        ret->count++;
    }
    return true;
}

/* array-index = %x30 / ( %x31-39 *(%x30-39) ) ; RFC 6901 s4 */
static bool
read_index(str token, size_t *ret)
{
    size_t index = 0;

    if (token.n == 0 || token.n > MAX_INDEX_DIGITS || (token.n > 1 && token.p[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < token.n; i++) {
        if (token.p[i] < '0' || token.p[i] > '9') {
            return false;
        }
        index = index * 10 + (size_t)(token.p[i] - '0');
    }
    *ret = index;
    return true;
}

/* The child that a token names, or NULL. */
static const struct json *
child(struct patch *p, const struct json *v, str token)
{
    const struct json *c = v->first;
    size_t index;

    if (!charge(p, v->count)) {
        return NULL;
    }
    if (v->type == JSON_OBJECT) {
        return json_get(v, token);
    }
    if (v->type != JSON_ARRAY || !read_index(token, &index) || index >= v->count) {
        return NULL;
    }
    while (index-- > 0) {
        c = c->next;
    }
    return c;
}

static bool
locate(struct patch *p, const struct pointer *at, const struct json **ret)
{
    const struct json *v = p->document;

    for (size_t i = 0; i < at->count && v != NULL; i++) {
        v = child(p, v, at->tokens[i]);
    }
    if (v == NULL) {
        return fail(p, "its path names nothing in the document");
    }
    *ret = v;
    return true;
}

struct edit {
    enum { PUT_NEW, PUT_OVER, TAKE_AWAY } kind; /* add, replace, remove */
    const struct json *value;
};

struct children {
    struct json *first, *last;
    struct json *spare;
};

static void
put(struct children *list, const struct json *v, str name)
{
    struct json *node = list->spare++;

    *node = *v;
    node->name = name;
    node->next = NULL;
    if (list->last != NULL) {
        list->last->next = node;
    } else {
        list->first = node;
    }
    list->last = node;
}

/* A copy of v in which fresh stands instead of old (before it if is_insert); NULL old appends, NULL
 * fresh removes. */
static const struct json *
rebuild(struct patch *p, const struct json *v, const struct json *old, const struct json *fresh,
    str name, bool is_insert)
{
    struct json *copy = ARENA_NEW(p->arena, struct json);
    struct children list = {.spare = ARENA_ARRAY(p->arena, v->count + 1, struct json)};

    if (copy == NULL || list.spare == NULL || !charge(p, v->count)) {
        return NULL;
    }
    *copy = *v;
    copy->count += (fresh != NULL && (old == NULL || is_insert)) ? 1 : 0;
    copy->count -= fresh == NULL ? 1 : 0;
    for (const struct json *c = v->first; c != NULL; c = c->next) {
        if (c == old && fresh != NULL) {
            put(&list, fresh, name);
        }
        if (c != old || is_insert) {
            put(&list, c, c->name);
        }
    }
    if (old == NULL) {
        put(&list, fresh, name);
    }
    copy->first = list.first;
    return copy;
}

static const struct json *
edit_array(struct patch *p, const struct json *v, str token, const struct edit *edit)
{
    size_t index;
    bool is_end = str_eq(token, S("-")) || (read_index(token, &index) && index == v->count);
    const struct json *old = is_end ? NULL : child(p, v, token);

    if (old == NULL && !(is_end && edit->kind == PUT_NEW)) {
        fail(p, "its path names no place in that list");
        return NULL;
    }
    return rebuild(p, v, old, edit->kind == TAKE_AWAY ? NULL : edit->value, NO_STR,
        edit->kind == PUT_NEW && old != NULL);
}

static const struct json *
edit_object(struct patch *p, const struct json *v, str token, const struct edit *edit)
{
    const struct json *old = child(p, v, token);

    if (old == NULL && edit->kind != PUT_NEW) {
        fail(p, "its path names nothing in the document");
        return NULL;
    }
    return rebuild(p, v, old, edit->kind == TAKE_AWAY ? NULL : edit->value, token, false);
}

/* v with the edit done where the tokens point; NULL with p->why set. Recursion is bounded by
 * MAX_TOKENS. */
static const struct json *
edit_at(
    struct patch *p, const struct json *v, const str *tokens, size_t count, const struct edit *edit)
{
    const struct json *old, *fresh;

    if (count == 0) {
        if (edit->kind == TAKE_AWAY) {
            fail(p, "the whole document cannot be removed");
            return NULL;
        }
        return edit->value;
    }
    if (count == 1 && v->type == JSON_ARRAY) {
        return edit_array(p, v, tokens[0], edit);
    }
    if (count == 1 && v->type == JSON_OBJECT) {
        return edit_object(p, v, tokens[0], edit);
    }
    old = child(p, v, tokens[0]);
    if (old == NULL) {
        fail(p, "its path names nothing in the document");
        return NULL;
    }
    fresh = edit_at(p, old, tokens + 1, count - 1, edit);
    return fresh ? rebuild(p, v, old, fresh, old->name, false) : NULL;
}

static bool
apply(struct patch *p, const struct pointer *at, const struct edit *edit)
{
    const struct json *fresh;

    if (edit->value != NULL && !weigh(p, edit->value, at->count)) {
        return false;
    }
    fresh = edit_at(p, p->document, at->tokens, at->count, edit);
    if (fresh == NULL) {
        return false;
    }
    p->document = fresh;
    return true;
}

static bool
read_value(struct patch *p, const struct json *op, const struct json **ret)
{
    *ret = json_get(op, S("value"));
    return *ret != NULL || fail(p, "it needs a value");
}

static bool
do_add(struct patch *p, const struct json *op, const struct pointer *at) /* RFC 6902 s4.1 */
{
    struct edit edit = {.kind = PUT_NEW};

    return read_value(p, op, &edit.value) && apply(p, at, &edit);
}

static bool
do_remove(struct patch *p, const struct json *op, const struct pointer *at) /* RFC 6902 s4.2 */
{
    struct edit edit = {.kind = TAKE_AWAY};

    (void)op;
    return apply(p, at, &edit);
}

static bool
do_replace(struct patch *p, const struct json *op, const struct pointer *at) /* RFC 6902 s4.3 */
{
    struct edit edit = {.kind = PUT_OVER};

    return read_value(p, op, &edit.value) && apply(p, at, &edit);
}

static bool
is_within(const struct pointer *inner, const struct pointer *outer)
{
    if (inner->count < outer->count) {
        return false;
    }
    for (size_t i = 0; i < outer->count; i++) {
        if (!str_eq(inner->tokens[i], outer->tokens[i])) {
            return false;
        }
    }
    return true;
}

static bool
do_move(struct patch *p, const struct json *op, const struct pointer *at) /* RFC 6902 s4.4 */
{
    struct edit take = {.kind = TAKE_AWAY}, add = {.kind = PUT_NEW};
    struct pointer from;

    if (!read_pointer(p, op, S("from"), &from) || !locate(p, &from, &add.value)) {
        return false;
    }
    if (is_within(at, &from)) {
        return at->count == from.count || fail(p, "a value cannot be moved into itself");
    }
    return apply(p, &from, &take) && apply(p, at, &add);
}

static bool
do_copy(struct patch *p, const struct json *op, const struct pointer *at) /* RFC 6902 s4.5 */
{
    struct edit edit = {.kind = PUT_NEW};
    struct pointer from;

    return read_pointer(p, op, S("from"), &from) && locate(p, &from, &edit.value)
           && apply(p, at, &edit);
}

static bool
do_test(struct patch *p, const struct json *op, const struct pointer *at) /* RFC 6902 s4.6 */
{
    const struct json *value, *found;

    if (!read_value(p, op, &value) || !locate(p, at, &found) || !weigh(p, value, 0)) {
        return false;
    }
    return json_same(found, value) || fail(p, "the document does not hold the value it tests for");
}

static const struct {
    const char *op;
    bool (*run)(struct patch *p, const struct json *op, const struct pointer *at);
} operations[] = {
    {"add", do_add},
    {"remove", do_remove},
    {"replace", do_replace},
    {"move", do_move},
    {"copy", do_copy},
    {"test", do_test},
};

static bool
run(struct patch *p, const struct json *op)
{
    struct pointer at;
    str name;

    if (!json_str(json_get(op, S("op")), &name)) {
        return fail(p, "it needs op, path and, by its kind, value or from");
    }
    if (!read_pointer(p, op, S("path"), &at)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(operations); i++) {
        if (str_eq(name, str_from(operations[i].op))) {
            return operations[i].run(p, op, &at);
        }
    }
    return fail(p, "its op must be add, remove, replace, move, copy or test");
}

/* Writes the result and reads it again: a tree of its own, within the limits of any document. */
static bool
settle(struct patch *p, const struct json **ret)
{
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, p->arena, MAX_RESULT);
    json_out_init(&out, &buf);
    json_out_value(&out, p->document);
    return (buf_done(&buf, &text) && json_parse(p->arena, text, ret, NULL))
           || fail(p, "the result is too large");
}

bool
field_json_patch(struct field_reader *reader, const struct json *document, const struct json *patch,
    str path, const struct json **ret)
{
    struct patch p = {reader->arena, document, MAX_NODES_TOUCHED, NULL};
    struct field_job job = {.reader = reader};
    struct field_at at = {.name = path};
    size_t number = 0;
    bool ok = true;

    if (patch == NULL || patch->type != JSON_ARRAY || patch->count > FIELD_MAX_ITEMS) {
        return field_complain(&job, &at, "invalid", S("Patch "),
            S(" with a list of at most 1000 operations (RFC 6902)."));
    }
    arena_allow(reader->arena, PATCH_ARENA);
    for (const struct json *op = patch->first; op != NULL && ok; op = op->next) {
        number++;
        ok = run(&p, op);
    }
    if (ok && settle(&p, ret)) {
        return true;
    }
    return field_complain(&job, &at, "invalid", S("Patch "),
        str_fmt(reader->arena, " otherwise: operation number %zu fails, because %s.", number,
            p.why ? p.why : "memory is short"));
}
