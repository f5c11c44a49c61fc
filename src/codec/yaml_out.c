/* SPDX-License-Identifier: Apache-2.0 */
/* YAML written: block style, in the order of the value. A text goes without quotes where no reader, old or new,
 * takes it for something else. */
#include "codec/yaml.h"

enum { NAME_MAX_BYTES = 500 /* libyaml takes shorter ones for names only */, UUID_CHARACTERS = 36 };

static bool
is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What YAML 1.1 or 1.2 reads as something else. */
static bool
is_word(str s)
{
    static const char *const words[] = {
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan"};

    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_ieq(s, str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool
is_uuid(str s)
{
    bool is_so = s.n == UUID_CHARACTERS;

    for (size_t i = 0; is_so && i < s.n; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        is_so = is_dash ? s.p[i] == '-' : is_letter(s.p[i]) || is_digit(s.p[i]);
    }
    return is_so;
}

static bool
is_plain(str s)
{
    if (s.n == 0 || is_word(s) || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == ':'
        || !(is_letter(s.p[0]) || s.p[0] == '/' || is_uuid(s))) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_mark = c != '\0' && memchr("_-./:@+%=~? ", c, 12) != NULL;
        if (!is_letter(c) && !is_digit(c) && !is_mark) {
            return false;
        }
        if (c == ':' && s.p[i + 1] == ' ') { /* the last is none: looked at above */
            return false;
        }
    }
    return true;
}

/* Characters that cannot stand in YAML as they are: controls, line separators, the byte order mark, noncharacters. */
static bool
needs_escape(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff
           || c == 0xfffe || c == 0xffff;
}

/* Takes one character; ret_raw is how it is written. Texts of a parsed value are UTF-8. */
static uint32_t
next_character(str *s, str *ret_raw)
{
    static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t n = MAX(utf8_char_bytes(*s), (size_t)1);
    uint32_t c = (uint8_t)s->p[0] & masks[n];

    for (size_t i = 1; i < n; i++) {
        c = c << 6 | ((uint8_t)s->p[i] & 0x3f);
    }
    *ret_raw = str_head(*s, n);
    *s = str_skip(*s, n);
    return c;
}

/* Several lines that say the same in a literal block. */
static bool
is_block(str s)
{
    bool has_line = false, has_text = false;
    str raw;

    if (s.n == 0 || s.p[0] == ' ' || s.p[0] == '\n' || s.p[0] == '\t') {
        return false; /* the first line shows the indentation */
    }
    while (s.n) {
        uint32_t c = next_character(&s, &raw);
        has_line = has_line || c == '\n';
        has_text = has_text || (c != '\n' && c != ' ' && c != '\t');
        if (c != '\n' && c != '\t' && needs_escape(c)) {
            return false;
        }
    }
    return has_line && has_text;
}

static void
put_quoted(struct buf *buf, str s)
{
    str raw;

    buf_char(buf, '"');
    while (s.n) {
        uint32_t c = next_character(&s, &raw);
        if (c == '\n') {
            buf_str(buf, S("\\n"));
        } else if (c == '\t') {
            buf_str(buf, S("\\t"));
        } else if (needs_escape(c)) {
            buf_fmt(buf, "\\u%04x", (unsigned)c);
        } else {
            if (c == '"' || c == '\\') {
                buf_char(buf, '\\');
            }
            buf_str(buf, raw);
        }
    }
    buf_char(buf, '"');
}

static void
put_text(struct buf *buf, str s)
{
    if (is_plain(s)) {
        buf_str(buf, s);
    } else {
        put_quoted(buf, s);
    }
}

static void
indent(struct buf *buf, size_t columns)
{
    while (columns--) {
        buf_char(buf, ' ');
    }
}

/* "|-" ends without a newline, "|" with one, "|+" with all there are. */
static void
put_block(struct buf *buf, str s, size_t column)
{
    bool ends = str_ends(s, S("\n"));
    str line, rest = ends ? str_head(s, s.n - 1) : s;

    buf_str(buf, !ends ? S(" |-\n") : str_ends(rest, S("\n")) ? S(" |+\n") : S(" |\n"));
    while (str_cut(&rest, '\n', &line)) {
        if (line.n) {
            indent(buf, column);
            buf_str(buf, line);
        }
        buf_char(buf, '\n');
    }
}

static void put_value(struct buf *buf, const struct json *value, size_t column);

/* The name and what stands behind it, at a column where a line has begun. */
static void
put_member(struct buf *buf, const struct json *member, size_t column)
{
    if (member->name.n <= NAME_MAX_BYTES) {
        put_text(buf, member->name);
    } else {
        buf_str(buf, S("? "));
        put_text(buf, member->name);
        buf_char(buf, '\n');
        indent(buf, column);
    }
    buf_char(buf, ':');
    put_value(buf, member, column + 2);
}

static void
put_items(struct buf *buf, const struct json *value, size_t column, bool has_begun)
{
    for (const struct json *m = value->first; m != NULL; m = m->next) {
        if (m != value->first || !has_begun) {
            indent(buf, column);
        }
        if (value->type == JSON_OBJECT) {
            put_member(buf, m, column);
            continue;
        }
        buf_char(buf, '-');
        if (m->type == JSON_OBJECT && m->first != NULL) { /* its first member on the same line */
            buf_char(buf, ' ');
            put_items(buf, m, column + 2, true);
        } else {
            put_value(buf, m, column + 2);
        }
    }
}

/* Behind a colon or a dash; column: where its own lines begin. */
static void
put_value(struct buf *buf, const struct json *value, size_t column)
{
    bool is_list = value->type == JSON_OBJECT || value->type == JSON_ARRAY;

    if (is_list && value->first != NULL) {
        buf_char(buf, '\n');
        put_items(buf, value, column, false);
        return;
    }
    if (value->type == JSON_STRING && is_block(value->text)) {
        put_block(buf, value->text, column);
        return;
    }
    buf_char(buf, ' ');
    if (value->type == JSON_STRING) {
        put_text(buf, value->text);
    } else if (is_list) {
        buf_str(buf, value->type == JSON_OBJECT ? S("{}") : S("[]"));
    } else {
        buf_str(buf, value->raw);
    }
    buf_char(buf, '\n');
}

void
yaml_write(struct buf *buf, const struct json *value)
{
    if (value->first != NULL) {
        put_items(buf, value, 0, false);
    } else if (value->type == JSON_STRING) {
        put_quoted(buf, value->text);
        buf_char(buf, '\n');
    } else {
        buf_str(buf, value->raw);
        buf_char(buf, '\n');
    }
}
