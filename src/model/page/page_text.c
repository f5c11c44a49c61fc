/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogues of texts: web/pages/messages/<lang>.properties, one "key = text" a line, # comments.
 *
 * Invariants, checked once at the start: 1 every language has every key; 2 a text has the same {0}, {1} ...
 * in every language; 3 a text is one line of UTF-8 without "{{". Afterwards only read. */
#include "model/page/page_internal.h"

#include <stdlib.h>

#include "base/arena.h"
#include "codec/utf8.h"

enum { MAX_HOLES = 10 };

struct message {
    str key, text;
    unsigned holes; /* bit i: {i} is in the text */
};

static struct catalogue {
    struct message *messages; /* by key */
    size_t count;
} catalogues[PAGE_LANGUAGES];

const str page_languages[PAGE_LANGUAGES] = {S_INIT("en"), S_INIT("ar")};

size_t
page_language(str lang)
{
    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        if (str_eq(page_languages[i], lang)) {
            return i;
        }
    }
    return 0;
}

/* hole = "{" DIGIT "}" */
static bool
is_hole(str text, size_t at)
{
    return at + 2 < text.n && text.p[at] == '{' && text.p[at + 1] >= '0' && text.p[at + 1] <= '9'
           && text.p[at + 2] == '}';
}

static unsigned
holes_of(str text)
{
    unsigned holes = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (is_hole(text, i)) {
            holes |= 1u << (text.p[i + 1] - '0');
        }
    }
    return holes;
}

/* key = 1*( %x61-7A / DIGIT / "." / "_" ) */
static bool
is_key(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool is_word = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9');
        if (!is_word && s.p[i] != '.' && s.p[i] != '_') {
            return false;
        }
    }
    return s.n > 0;
}

/* line = key *WSP "=" *WSP text */
static bool
read_line(str line, struct message *ret)
{
    size_t at = str_find(line, '=');
    str key = str_trim(str_head(line, at)), text = str_trim(str_skip(line, at + 1));

    if (at == line.n || !is_key(key) || text.n == 0 || !utf8_is_valid(text)
        || str_find_str(text, S("{{")) != text.n) {
        return false;
    }
    *ret = (struct message){key, text, holes_of(text)};
    return true;
}

static int
by_key(const void *a, const void *b)
{
    return str_cmp(((const struct message *)a)->key, ((const struct message *)b)->key);
}

static bool
refuse(struct arena *arena, str lang, const char *why, str what, const char **ret_why)
{
    *ret_why = str_z(arena,
        str_fmt(arena, "messages/" STRF ".properties: %s: " STRF, STRV(lang), why, STRV(what)));
    *ret_why = *ret_why ? *ret_why : why;
    return false;
}

static size_t
count_lines(str text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '\n';
    }
    return n;
}

static bool
read_catalogue(struct arena *arena, str lang, struct catalogue *c, const char **ret_why)
{
    str rest = page_file(str_fmt(arena, "messages/" STRF ".properties", STRV(lang))), line;

    c->count = 0;
    c->messages = ARENA_ARRAY(arena, count_lines(rest), struct message);
    if (c->messages == NULL) {
        return refuse(arena, lang, "no memory for it", NO_STR, ret_why);
    }
    while (str_cut(&rest, '\n', &line)) {
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        if (!read_line(line, &c->messages[c->count])) {
            return refuse(arena, lang, "not a \"key = text\"", line, ret_why);
        }
        c->count++;
    }
    qsort(c->messages, c->count, sizeof c->messages[0], by_key);
    return true;
}

/* Compares a catalogue with that of the first language. */
static bool
check_catalogue(struct arena *arena, size_t language, const char **ret_why)
{
    const struct catalogue *first = &catalogues[0], *c = &catalogues[language];
    str lang = page_languages[language];

    for (size_t i = 0; i < MAX(first->count, c->count); i++) {
        const struct message *want = &first->messages[i], *have = &c->messages[i];
        int order = i >= first->count ? 1 : i >= c->count ? -1 : str_cmp(want->key, have->key);
        if (order < 0) {
            return refuse(arena, lang, "the key is missing", want->key, ret_why);
        }
        if (order > 0) {
            return refuse(arena, lang, "the key is in no other language", have->key, ret_why);
        }
        if (i && str_eq(have->key, have[-1].key)) {
            return refuse(arena, lang, "the key is there twice", have->key, ret_why);
        }
        if (want->holes != have->holes) {
            return refuse(arena, lang, "has other placeholders", have->key, ret_why);
        }
    }
    return true;
}

bool
page_text_init(struct arena *arena, const char **ret_why)
{
    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        if (!read_catalogue(arena, page_languages[i], &catalogues[i], ret_why)) {
            return false;
        }
    }
    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        if (!check_catalogue(arena, i, ret_why)) {
            return false;
        }
    }
    return true;
}

bool
page_text_find(size_t language, str key, str *ret)
{
    const struct catalogue *c = &catalogues[language];
    size_t from = 0, to = c->count;

    while (from < to) {
        size_t middle = (from + to) / 2;
        int order = str_cmp(key, c->messages[middle].key);
        if (order == 0) {
            *ret = c->messages[middle].text;
            return true;
        }
        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    return false;
}

str
page_text(str lang, str key)
{
    str text;

    return page_text_find(page_language(lang), key, &text) ? text : key;
}

str
page_text_fmt(struct arena *arena, str lang, str key, const str *args, size_t count)
{
    str text = page_text(lang, key), out;
    struct buf buf;
    size_t from = 0;

    buf_init(&buf, arena, KB(16));
    for (size_t i = 0; i < text.n; i++) {
        size_t hole = is_hole(text, i) ? (size_t)(text.p[i + 1] - '0') : MAX_HOLES;
        if (hole < count) {
            buf_str(&buf, (str){text.p + from, i - from});
            buf_str(&buf, args[hole]);
            from = i + 3;
            i += 2;
        }
    }
    buf_str(&buf, str_skip(text, from));
    return buf_done(&buf, &out) ? out : NO_STR;
}

str
page_messages(void)
{
    return page_file(S("messages/en.properties"));
}
