/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON (RFC 8259), compact, into a buf. Only what s7 demands is escaped: quote, backslash and
 * controls. Invariant: what is written is valid UTF-8 whatever the input. */
#include "codec/json_internal.h"
#include "codec/utf8.h"

static void
comma(struct json_out *out)
{
    if (out->needs_comma) {
        buf_char(out->buf, ',');
    }
    out->needs_comma = true;
}

static void
open_with(struct json_out *out, char c)
{
    comma(out);
    buf_char(out->buf, c);
    out->needs_comma = false;
}

static void
close_with(struct json_out *out, char c)
{
    buf_char(out->buf, c);
    out->needs_comma = true;
}

static void
escape_ascii(struct buf *buf, char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    static const char digits[] = "0123456789abcdef";
    char text[] = "\\u00XX";

    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if (c == shorts[i]) {
            text[1] = shorts[i + 1];
            buf_str(buf, (str){text, 2});
            return;
        }
    }
    text[4] = digits[(uint8_t)c >> 4];
    text[5] = digits[c & 15];
    buf_str(buf, (str){text, 6});
}

/* The inside of a string: runs that need no escape, and what stands between them. */
static void
escaped(struct buf *buf, str s)
{
    while (s.n) {
        size_t n = json_plain_run(s.p, s.p + s.n);
        if (n) {
            buf_str(buf, str_head(s, n));
            s = str_skip(s, n);
            continue;
        }
        n = utf8_char_bytes(s);
        if (n == 1) {
            escape_ascii(buf, s.p[0]);
        } else {
            buf_str(buf, n ? str_head(s, n) : S("\xEF\xBF\xBD"));
        }
        s = str_skip(s, MAX(n, (size_t)1));
    }
}

/* A string that is plain throughout, as nearly all are, with what stands around it: room is asked
 * for once. */
static void
plain(struct json_out *out, str s, bool is_name)
{
    size_t n = out->needs_comma + s.n + 2 + is_name;
    char *to = buf_reserve(out->buf, n);

    if (to == NULL) {
        return;
    }
    if (out->needs_comma) {
        *to++ = ',';
    }
    *to++ = '"';
    if (s.n) {
        memcpy(to, s.p, s.n);
    }
    to[s.n] = '"';
    if (is_name) {
        to[s.n + 1] = ':';
    }
    out->buf->n += n;
}

static void
string(struct json_out *out, str s, bool is_name)
{
    if (s.n == 0 || json_plain_run(s.p, s.p + s.n) == s.n) {
        plain(out, s, is_name);
    } else {
        comma(out);
        buf_char(out->buf, '"');
        escaped(out->buf, s);
        buf_str(out->buf, is_name ? S("\":") : S("\""));
    }
    out->needs_comma = !is_name;
}

void
json_out_init(struct json_out *out, struct buf *buf)
{
    *out = (struct json_out){.buf = buf};
}

void
json_out_object(struct json_out *out)
{
    open_with(out, '{');
}

void
json_out_object_end(struct json_out *out)
{
    close_with(out, '}');
}

void
json_out_array(struct json_out *out)
{
    open_with(out, '[');
}

void
json_out_array_end(struct json_out *out)
{
    close_with(out, ']');
}

void
json_out_name(struct json_out *out, str name)
{
    string(out, name, true);
}

void
json_out_str(struct json_out *out, str value)
{
    string(out, value, false);
}

void
json_out_i64(struct json_out *out, int64_t value)
{
    comma(out);
    buf_i64(out->buf, value);
}

void
json_out_bool(struct json_out *out, bool value)
{
    json_out_raw(out, value ? S("true") : S("false"));
}

void
json_out_null(struct json_out *out)
{
    json_out_raw(out, S("null"));
}

void
json_out_raw(struct json_out *out, str json)
{
    comma(out);
    buf_str(out->buf, json);
}

void
json_put_str(struct json_out *out, str name, str value)
{
    json_out_name(out, name);
    json_out_str(out, value);
}

void
json_put_id(struct json_out *out, str name, struct uuid id)
{
    char text[UUID_TEXT];

    uuid_write(id, text);
    json_put_str(out, name, (str){text, sizeof text});
}

void
json_put_given(struct json_out *out, str name, str value)
{
    if (value.n) {
        json_put_str(out, name, value);
    }
}

void
json_put_given_id(struct json_out *out, str name, struct uuid id)
{
    if (!uuid_is_nil(id)) {
        json_put_id(out, name, id);
    }
}

void
json_put_i64(struct json_out *out, str name, int64_t value)
{
    json_out_name(out, name);
    json_out_i64(out, value);
}

void
json_put_bool(struct json_out *out, str name, bool value)
{
    json_out_name(out, name);
    json_out_bool(out, value);
}

void
json_put_raw(struct json_out *out, str name, str json)
{
    json_out_name(out, name);
    json_out_raw(out, json);
}

static void
children(struct json_out *out, const struct json *v)
{
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        if (v->type == JSON_OBJECT) {
            json_out_name(out, m->name);
        }
        json_out_value(out, m);
    }
}

/* Recursion is bounded by JSON_MAX_DEPTH: the tree comes from json_parse. */
void
json_out_value(struct json_out *out, const struct json *v)
{
    switch (v->type) {
    case JSON_ARRAY:
        json_out_array(out);
        children(out, v);
        json_out_array_end(out);
        break;
    case JSON_OBJECT:
        json_out_object(out);
        children(out, v);
        json_out_object_end(out);
        break;
    case JSON_STRING:
        json_out_str(out, v->text);
        break;
    case JSON_NUMBER:
        json_out_raw(out, v->text);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_out_bool(out, v->type == JSON_TRUE);
        break;
    case JSON_NULL:
        json_out_null(out);
        break;
    }
}
