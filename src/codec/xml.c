/* SPDX-License-Identifier: Apache-2.0 */
/* The reader: Extensible Markup Language 1.0 (5th edition), Namespaces in XML 1.0. The text is looked through once for
 * characters that XML does not have; then tags are read one after the other, the open ones on a stack. */
#include "codec/xml.h"

#include "base/arena.h"
#include "codec/utf8.h"
#include "codec/xml_internal.h"

struct open { /* an element whose end has not come */
    struct xml *node, *last;
    size_t scope_count;
};

struct reader {
    struct arena *arena;
    str in; /* what is left */
    struct open stack[XML_MAX_DEPTH];
    size_t depth, nodes;
    struct xml *root;
};

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_name_char(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* [2] Char, of text that is UTF-8. */
static bool
has_only_chars(str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool is_last_two = c == 0xEF && text.n - i >= 3 && (unsigned char)text.p[i + 1] == 0xBF
                           && (unsigned char)text.p[i + 2] >= 0xBE; /* U+FFFE, U+FFFF */
        if ((c < ' ' && !is_space((char)c)) || is_last_two) {
            return false;
        }
    }
    return utf8_is_valid(text);
}

static bool
skip_space(str *in)
{
    size_t n = 0;

    while (n < in->n && is_space(in->p[n])) {
        n++;
    }
    *in = str_skip(*in, n);
    return n > 0;
}

static bool
take(str *in, str word)
{
    if (!str_starts(*in, word)) {
        return false;
    }
    *in = str_skip(*in, word.n);
    return true;
}

/* Namespaces in XML [4] NCName. */
static bool
take_local(str *in, str *ret)
{
    size_t n = 0;

    if (in->n == 0 || !is_name_start(in->p[0])) {
        return false;
    }
    while (n < in->n && is_name_char(in->p[n])) {
        n++;
    }
    *ret = str_head(*in, n);
    *in = str_skip(*in, n);
    return true;
}

/* [7] QName */
static bool
take_name(str *in, struct xml_name *ret)
{
    *ret = (struct xml_name){.prefix = NO_STR};
    if (!take_local(in, &ret->local)) {
        return false;
    }
    if (in->n && in->p[0] == ':') {
        *in = str_skip(*in, 1);
        ret->prefix = ret->local;
        return take_local(in, &ret->local);
    }
    return true;
}

/* ---- texts ---- */

/* [66] CharRef, behind the "&#"; 0 when it is none of [2]. */
static uint32_t
read_code(str digits)
{
    bool is_hex = take(&digits, S("x"));
    uint32_t code = 0;

    for (size_t i = 0; i < digits.n; i++) {
        char c = digits.p[i];
        uint32_t digit = c >= '0' && c <= '9'             ? (uint32_t)(c - '0')
                         : is_hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : is_hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                          : 16;
        code = code * (is_hex ? 16 : 10) + digit;
        if (digit == 16 || code > 0x10FFFF) {
            return 0;
        }
    }
    if (code < ' ') {
        return code == '\t' || code == '\n' || code == '\r' ? code : 0;
    }
    return (code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF ? 0 : code;
}

/* A reference, its & still in front; what it stands for goes to to. 0 when nobody declared it. */
static size_t
take_reference(str *in, char to[static 4])
{
    static const struct {
        str name;
        char means;
    } known[] = {{S_INIT("amp"), '&'}, {S_INIT("lt"), '<'}, {S_INIT("gt"), '>'},
        {S_INIT("quot"), '"'}, {S_INIT("apos"), '\''}};
    size_t end = str_find(str_head(*in, 16), ';');
    str name = str_skip(str_head(*in, end), 1);

    if (end >= MIN(in->n, (size_t)16)) {
        return 0;
    }
    *in = str_skip(*in, end + 1);
    if (str_starts(name, S("#"))) {
        uint32_t code = read_code(str_skip(name, 1));
        return code ? utf8_write(code, to) : 0;
    }
    for (size_t i = 0; i < COUNT(known); i++) {
        if (str_eq(name, known[i].name)) {
            to[0] = known[i].means;
            return 1;
        }
    }
    return 0;
}

/* s2.11: each line ends with a line feed; s3.3.3: and in a value with a space. Never longer than it was. */
static bool
decode(struct arena *arena, str raw, bool is_value, str *ret)
{
    char *to = arena_alloc(arena, MAX(raw.n, (size_t)4));
    size_t n = 0;

    if (to == NULL) {
        return false;
    }
    while (raw.n > 0) {
        char c = raw.p[0];
        if (c == '&') {
            size_t wrote = take_reference(&raw, to + n);
            if (wrote == 0) {
                return false;
            }
            n += wrote;
            continue;
        }
        raw = str_skip(raw, c == '\r' && raw.n > 1 && raw.p[1] == '\n' ? 2 : 1);
        c = c == '\r' ? '\n' : c;
        to[n++] = is_value && is_space(c) ? ' ' : c;
    }
    *ret = (str){to, n};
    return true;
}

static bool
needs_decoding(str raw, bool is_value)
{
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '&' || c == '\r' || (is_value && (c == '\t' || c == '\n'))) {
            return true;
        }
    }
    return false;
}

static bool
decoded(struct arena *arena, str raw, bool is_value, str *ret)
{
    *ret = raw;
    return !needs_decoding(raw, is_value) || decode(arena, raw, is_value, ret);
}

/* ---- tags ---- */

/* [41] Attribute, behind the white space. */
static bool
take_attribute(struct reader *r, struct xml_attribute **ret)
{
    struct xml_attribute *a = ARENA_NEW(r->arena, struct xml_attribute);
    char quote;
    size_t n;

    if (a == NULL || !take_name(&r->in, &a->name)) {
        return false;
    }
    (void)skip_space(&r->in);
    if (!take(&r->in, S("="))) {
        return false;
    }
    (void)skip_space(&r->in);
    if (r->in.n == 0 || (r->in.p[0] != '"' && r->in.p[0] != '\'')) {
        return false;
    }
    quote = r->in.p[0];
    r->in = str_skip(r->in, 1);
    n = str_find(r->in, quote);
    if (n == r->in.n || str_find(str_head(r->in, n), '<') < n
        || !decoded(r->arena, str_head(r->in, n), true, &a->value)) {
        return false;
    }
    r->in = str_skip(r->in, n + 1);
    *ret = a;
    return true;
}

static bool
take_attributes(struct reader *r, struct xml_attribute **ret)
{
    struct xml_attribute *last = NULL, *a;

    *ret = NULL;
    for (size_t count = 0; skip_space(&r->in) && r->in.n && is_name_start(r->in.p[0]); count++) {
        if (count == XML_MAX_ATTRIBUTES || !take_attribute(r, &a)) {
            return false;
        }
        if (last == NULL) {
            *ret = a;
        } else {
            last->next = a;
        }
        last = a;
    }
    return true;
}

static struct xml *
add_node(struct reader *r)
{
    struct open *top = r->depth ? &r->stack[r->depth - 1] : NULL;
    struct xml *node = r->nodes < XML_MAX_NODES ? ARENA_NEW(r->arena, struct xml) : NULL;

    if (node == NULL || (top == NULL && r->root != NULL)) {
        return NULL;
    }
    r->nodes++;
    if (top == NULL) {
        r->root = node;
        return node;
    }
    node->scope = top->node->scope;
    if (top->last == NULL) {
        top->node->first = node;
    } else {
        top->last->next = node;
    }
    top->last = node;
    return node;
}

/* [40] STag, [44] EmptyElemTag, behind the <. */
static bool
take_start(struct reader *r)
{
    size_t scope_count = r->depth ? r->stack[r->depth - 1].scope_count : 0;
    struct xml *node = add_node(r);
    struct xml_attribute *all;
    bool is_empty;

    if (node == NULL || !take_name(&r->in, &node->name) || !take_attributes(r, &all)
        || !xml_scope_enter(r->arena, node, all, &scope_count)) {
        return false;
    }
    is_empty = take(&r->in, S("/"));
    if (!take(&r->in, S(">")) || (!is_empty && r->depth == XML_MAX_DEPTH)) {
        return false;
    }
    if (!is_empty) {
        r->stack[r->depth++] = (struct open){node, NULL, scope_count};
    }
    return true;
}

/* [42] ETag, behind the </. */
static bool
take_end(struct reader *r)
{
    struct xml_name name;
    const struct xml_name *open;

    if (r->depth == 0 || !take_name(&r->in, &name)) {
        return false;
    }
    (void)skip_space(&r->in);
    open = &r->stack[--r->depth].node->name;
    return take(&r->in, S(">")) && str_eq(open->prefix, name.prefix)
           && str_eq(open->local, name.local);
}

/* [14] CharData with references; only white space around the root. */
static bool
take_text(struct reader *r)
{
    size_t n = str_find(r->in, '<');
    str raw = str_head(r->in, n);
    struct xml *node;

    r->in = str_skip(r->in, n);
    if (r->depth == 0) {
        (void)skip_space(&raw);
        return raw.n == 0;
    }
    node = add_node(r);
    return node != NULL && str_find_str(raw, S("]]>")) == raw.n
           && decoded(r->arena, raw, false, &node->text);
}

/* ---- the document ---- */

/* S name Eq "value" of the declaration. */
static bool
take_pseudo(str *in, str name, str *ret)
{
    str at = *in;
    size_t n;
    char quote;

    if (!skip_space(&at) || !take(&at, name)) {
        return false;
    }
    (void)skip_space(&at);
    if (!take(&at, S("="))) {
        return false;
    }
    (void)skip_space(&at);
    quote = at.n ? at.p[0] : '\0';
    at = str_skip(at, 1);
    n = str_find(at, quote);
    if ((quote != '"' && quote != '\'') || n == at.n) {
        return false;
    }
    *ret = str_head(at, n);
    *in = str_skip(at, n + 1);
    return true;
}

/* [23] XMLDecl; true when there is none. */
static bool
take_declaration(str *in)
{
    str value;

    if (!take(in, S("<?xml"))) {
        return true;
    }
    if (!take_pseudo(in, S("version"), &value) || !str_eq(value, S("1.0"))) {
        return false;
    }
    if (take_pseudo(in, S("encoding"), &value) && !str_ieq(value, S("UTF-8"))) {
        return false;
    }
    if (take_pseudo(in, S("standalone"), &value) && !str_eq(value, S("yes"))
        && !str_eq(value, S("no"))) {
        return false;
    }
    (void)skip_space(in);
    return take(in, S("?>"));
}

static bool
take_any(struct reader *r)
{
    if (take(&r->in, S("</"))) {
        return take_end(r);
    }
    /* Neither <! nor <? is the beginning of a name: take_start refuses them. */
    return take(&r->in, S("<")) ? take_start(r) : take_text(r);
}

bool
xml_parse(struct arena *arena, str text, const struct xml **ret)
{
    struct reader *r = ARENA_NEW(arena, struct reader);

    if (r == NULL || !has_only_chars(text) || !take_declaration(&text)) {
        return false;
    }
    r->arena = arena;
    r->in = text;
    while (r->in.n > 0) {
        if (!take_any(r)) {
            return false;
        }
    }
    if (r->root == NULL || r->depth > 0) {
        return false;
    }
    *ret = r->root;
    return true;
}

/* ---- looking at it ---- */

bool
xml_is_text(const struct xml *node)
{
    return node->name.local.n == 0;
}

bool
xml_is(const struct xml *node, str space, str local)
{
    return node != NULL && local.n && str_eq(node->name.local, local)
           && str_eq(node->name.space, space);
}

const struct xml *
xml_child(const struct xml *node, str space, str local)
{
    for (const struct xml *m = node ? node->first : NULL; m != NULL; m = m->next) {
        if (xml_is(m, space, local)) {
            return m;
        }
    }
    return NULL;
}

size_t
xml_count(const struct xml *node, str space, str local)
{
    size_t count = 0;

    for (const struct xml *m = node ? node->first : NULL; m != NULL; m = m->next) {
        count += xml_is(m, space, local);
    }
    return count;
}

bool
xml_attribute(const struct xml *node, str local, str *ret)
{
    for (const struct xml_attribute *a = node ? node->attributes : NULL; a != NULL; a = a->next) {
        if (a->name.space.n == 0 && str_eq(a->name.local, local)) {
            *ret = a->value;
            return true;
        }
    }
    return false;
}

/* A text stands alone: nothing that could come between two of them is accepted. */
bool
xml_text(const struct xml *node, str *ret)
{
    const struct xml *only = node ? node->first : NULL;

    if (node == NULL || (only != NULL && (!xml_is_text(only) || only->next != NULL))) {
        return false;
    }
    *ret = only ? only->text : NO_STR;
    return true;
}
