/* SPDX-License-Identifier: Apache-2.0 */
/* One migration text for two engines: cut, open, collate. */
#include "io/db/db_migrate.h"

#include "base/mem.h"

static const struct mark {
    const char *engine, *open;
} marks[] = {
    {"sqlite", "/*sqlite:"},
    {"postgres", "/*postgres:"},
};

static const char collate[] = " COLLATE \"C\"";

static bool
is_for(const struct mark *mark, const char *engine)
{
    return str_eq(str_from(mark->engine), str_from(engine));
}

/* Cuts every comment with the mark out of text, its bytes and no other; false if one has no end. */
static bool
cut(char *text, const char *open)
{
    char *at = text;

    while ((at = strstr(at, open)) != NULL) {
        char *end = strstr(at, "*/");
        if (end == NULL) {
            return false;
        }
        memmove(at, end + 2, strlen(end + 2) + 1);
    }
    return true;
}

/* Spaces instead of the comment signs: an error's position stays what it is in the file. */
static bool
open_up(char *text, const char *open)
{
    char *at = text;

    while ((at = strstr(at, open)) != NULL) {
        char *end = strstr(at, "*/");
        if (end == NULL) {
            return false;
        }
        memset(at, 0x20, strlen(open));
        memset(end, 0x20, 2);
        at = end;
    }
    return true;
}

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The length of what stands at `at` as one piece: a quoted text, a word, or one character. */
static size_t
piece_at(const char *at)
{
    size_t n = 1;

    if (*at == '\'' || *at == '"') {
        while (at[n] && at[n] != *at) {
            n++;
        }
        return at[n] ? n + 1 : n;
    }
    if (is_word_char(*at)) {
        while (is_word_char(at[n])) {
            n++;
        }
    }
    return n;
}

/* Copies text to ret with the collation behind each word TEXT, and counts; ret NULL only counts. */
static size_t
collate_into(const char *text, char *ret)
{
    size_t total = 0;

    for (const char *at = text; *at;) {
        str piece = {at, piece_at(at)};
        bool is_text = str_eq(piece, S("TEXT"));

        if (ret != NULL) {
            memcpy(ret + total, piece.p, piece.n);
            memcpy(ret + total + piece.n, collate, is_text ? sizeof collate - 1 : 0);
        }
        total += piece.n + (is_text ? sizeof collate - 1 : 0);
        at += piece.n;
    }
    return total;
}

static char *
with_collation(char *text)
{
    char *ret = text ? mem_new(collate_into(text, NULL) + 1) : NULL;

    if (ret != NULL) {
        (void)collate_into(text, ret); /* mem_new's zero ends it */
    }
    mem_free(text);
    return ret;
}

/* A copy of text as one engine sees it, its own comments still closed. */
static char *
seen_by(const char *text, const char *engine)
{
    size_t n = strlen(text);
    char *copy = mem_new(n + 1);

    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, text, n);
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (!is_for(&marks[i], engine) && !cut(copy, marks[i].open)) {
            mem_free(copy);
            return NULL;
        }
    }
    return copy;
}

char *
db_migrate_text(const char *text, const char *engine)
{
    char *copy = seen_by(text, engine);

    for (size_t i = 0; copy != NULL && i < COUNT(marks); i++) {
        if (is_for(&marks[i], engine) && !open_up(copy, marks[i].open)) {
            mem_free(copy);
            return NULL;
        }
    }
    return str_eq(str_from(engine), S("postgres")) ? with_collation(copy) : copy;
}

bool
db_migrate_digest(const struct db_migration *migration, const char *engine, struct digest *ret)
{
    char *copy = seen_by(migration->text, engine);

    if (copy == NULL) {
        return false;
    }
    *ret = sha256(str_bytes(str_from(copy)));
    mem_free(copy);
    return true;
}
