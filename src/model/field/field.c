/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and members: what each kind is in memory, looking rows up, defaults, emptiness, sameness. */
#include "model/field/field.h"

#include "base/arena.h"
#include "model/field/field_internal.h"

enum { MAX_TABLES = 256 };

/* The last millisecond of the year 9999, the last that ISO 8601 writes with four digits. */
#define LAST_INSTANT INT64_C(253402300799999)

/* clang-format off */
const struct field_facts field_facts[FIELD_KIND_COUNT] = {
/*                     in memory         size                        max              shape in messages                type       format */
    [FIELD_TEXT]     = {FIELD_AS_STR,     sizeof(str),                255,             "a text in quotes",              "string",  NULL},
    [FIELD_SECRET]   = {FIELD_AS_STR,     sizeof(str),                1024,            "a text in quotes",              "string",  "password"},
    [FIELD_URI]      = {FIELD_AS_STR,     sizeof(str),                2048,            "an absolute URI in quotes",     "string",  "uri"},
    [FIELD_EMAIL]    = {FIELD_AS_STR,     sizeof(str),                254,             "an email address in quotes",    "string",  "email"},
    [FIELD_DATE]     = {FIELD_AS_STR,     sizeof(str),                10,              "a day in quotes, such as 2001-12-31", "string", "date"},
    [FIELD_LOCALE]   = {FIELD_AS_STR,     sizeof(str),                35,              "a locale in quotes, such as en or zh_Hant_TW", "string", NULL},
    [FIELD_UUID]     = {FIELD_AS_UUID,    sizeof(struct uuid),        UUID_TEXT,       "a UUID in quotes, such as 25a872da-bb44-4af8-a43d-e7bcb5351ebc", "string", "uuid"},
    [FIELD_BOOL]     = {FIELD_AS_BOOL,    sizeof(bool),               1,               "true or false",                 "boolean", NULL},
    [FIELD_INT]      = {FIELD_AS_I64,     sizeof(int64_t),            INT64_MAX,       "a whole number",                "integer", "int64"},
    [FIELD_DECIMAL]  = {FIELD_AS_I64,     sizeof(int64_t),            INT64_MAX / 1000, "a number",                     "number",  "double"},
    [FIELD_INSTANT]  = {FIELD_AS_I64,     sizeof(int64_t),            LAST_INSTANT,    "a whole number of milliseconds since 1970", "integer", "int64"},
    [FIELD_ENUM]     = {FIELD_AS_ENUM,    sizeof(int),                0,               "one of its names in quotes",    "string",  NULL},
    [FIELD_TEXTS]    = {FIELD_AS_TEXTS,   sizeof(struct field_texts), 255,             "a list of texts in brackets",   "string",  NULL},
    [FIELD_URIS]     = {FIELD_AS_TEXTS,   sizeof(struct field_texts), 2048,            "a list of URIs in brackets",    "string",  "uri"},
    [FIELD_ENUMS]    = {FIELD_AS_TEXTS,   sizeof(struct field_texts), 255,             "a list of names in brackets",   "string",  NULL},
    [FIELD_UUIDS]    = {FIELD_AS_TEXTS,   sizeof(struct field_texts), UUID_TEXT,       "a list of UUIDs in brackets",   "string",  "uuid"},
    [FIELD_LOCALES]  = {FIELD_AS_TEXTS,   sizeof(struct field_texts), 35,              "a list of locales in brackets", "string",  NULL},
    [FIELD_OBJECT]   = {FIELD_AS_OBJECT,  0,                          0,               "an object in braces",           "object",  NULL},
    [FIELD_OBJECTS]  = {FIELD_AS_OBJECTS, sizeof(struct field_list),  FIELD_MAX_ITEMS, "a list of objects in brackets", "object",  NULL},
    [FIELD_MAP]      = {FIELD_AS_MAP,     sizeof(struct field_list),  FIELD_MAX_ITEMS, "an object of objects in braces", "object",  NULL},
    [FIELD_UUID_MAP] = {FIELD_AS_MAP,     sizeof(struct field_list),  FIELD_MAX_ITEMS, "an object of objects, named by UUIDs, in braces", "object",  NULL},
    [FIELD_JSON]     = {FIELD_AS_STR,     sizeof(str),                KB(64),          "an object in braces",           "object",  NULL},
    [FIELD_TEXT_MAP] = {FIELD_AS_STR,     sizeof(str),                KB(64),          "an object of texts in braces",  "object",  NULL},
    [FIELD_LATER]    = {FIELD_AS_NOTHING, 0,                          0,               "nothing",                       NULL,      NULL},
};
/* clang-format on */

size_t
field_size(const struct field *f)
{
    return f->kind == FIELD_OBJECT ? f->more.table->size : field_facts[f->kind].size;
}

bool
field_has_table(const struct field *f)
{
    enum field_store store = field_facts[f->kind].store;

    return store == FIELD_AS_OBJECT || store == FIELD_AS_OBJECTS || store == FIELD_AS_MAP;
}

int64_t
field_max(const struct field *f)
{
    return f->max ? f->max : field_facts[f->kind].max;
}

/* Names come without their length; a name from a request may hold a NUL. */
static bool
is_called(const struct field *f, str name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (f->name[i] != name.p[i] || f->name[i] == '\0') {
            return false;
        }
    }
    return f->name[name.n] == '\0';
}

/* Members mostly come in the order of the rows, because we wrote them. */
const struct field *
field_find(const struct field_table *table, str name, size_t *hint)
{
    for (size_t n = table->count, i = *hint; n > 0; n--, i++) {
        i = i < table->count ? i : 0;
        if (is_called(&table->fields[i], name)) {
            *hint = i + 1;
            return &table->fields[i];
        }
    }
    return NULL;
}

static void
reset_texts(struct arena *arena, const char *words, struct field_texts *texts)
{
    str rest = str_from(words), word;
    size_t max = 1;

    *texts = (struct field_texts){0};
    if (rest.n == 0) {
        return;
    }
    for (size_t i = 0; i < rest.n; i++) {
        max += rest.p[i] == ' ';
    }
    texts->items = ARENA_ARRAY(arena, max, str);
    while (texts->items != NULL && str_cut(&rest, ' ', &word)) {
        texts->items[texts->count++] = word;
    }
}

void
field_reset(struct arena *arena, const struct field *f, void *member)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        *(str *)member = str_from(f->default_text);
        break;
    case FIELD_AS_UUID:
        *(struct uuid *)member = (struct uuid){0};
        break;
    case FIELD_AS_BOOL:
        *(bool *)member = f->default_int != 0;
        break;
    case FIELD_AS_I64:
        *(int64_t *)member = f->default_int;
        break;
    case FIELD_AS_ENUM:
        *(int *)member = (int)f->default_int;
        break;
    case FIELD_AS_TEXTS:
        reset_texts(arena, f->default_text, member);
        break;
    case FIELD_AS_OBJECT:
        field_reset_all(arena, f->more.table, 0, member);
        break;
    case FIELD_AS_OBJECTS:
    case FIELD_AS_MAP:
        *(struct field_list *)member = (struct field_list){0};
        break;
    case FIELD_AS_NOTHING:
        break;
    }
}

void
field_reset_all(struct arena *arena, const struct field_table *table, unsigned keep, void *object)
{
    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        if (f->flags & keep) {
            continue;
        }
        if (f->kind == FIELD_OBJECT) {
            field_reset_all(arena, f->more.table, keep, field_of(f, object));
        } else {
            field_reset(arena, f, field_of(f, object));
        }
    }
}

void
field_defaults(struct arena *arena, const struct field_table *table, void *object)
{
    memset(object, 0, table->size); /* also what no row describes */
    field_reset_all(arena, table, 0, object);
}

static bool
texts_same(const struct field_texts *a, const struct field_texts *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!str_eq(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

static bool
texts_are(const struct field_texts *texts, const char *words)
{
    str rest = str_from(words), word;
    size_t n = 0;

    while (rest.n && str_cut(&rest, ' ', &word)) {
        if (n == texts->count || !str_eq(texts->items[n++], word)) {
            return false;
        }
    }
    return n == texts->count;
}

static bool
all_default(const struct field_table *table, const void *object)
{
    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        if (!field_is_default(f, field_in_const(f, object))) {
            return false;
        }
    }
    return true;
}

bool
field_is_default(const struct field *f, const void *member)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        return str_eq(*(const str *)member, str_from(f->default_text));
    case FIELD_AS_BOOL:
        return *(const bool *)member == (f->default_int != 0);
    case FIELD_AS_I64:
        return *(const int64_t *)member == f->default_int;
    case FIELD_AS_ENUM:
        return *(const int *)member == f->default_int;
    case FIELD_AS_TEXTS:
        return texts_are(member, f->default_text);
    case FIELD_AS_OBJECT:
        return all_default(f->more.table, member);
    default:
        return field_is_empty(f, member);
    }
}

bool
field_is_stored(const struct field *f)
{
    bool is_made = (f->flags & FIELD_READ_ONLY) && !(f->flags & FIELD_KEEP_ON_PUT);

    return !is_made && !(f->flags & FIELD_NOT_STORED);
}

bool
field_is_empty(const struct field *f, const void *member)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        return ((const str *)member)->n == 0;
    case FIELD_AS_UUID:
        return uuid_is_nil(*(const struct uuid *)member);
    case FIELD_AS_I64:
        return f->kind == FIELD_INSTANT && *(const int64_t *)member == 0;
    case FIELD_AS_ENUM:
        return *(const int *)member < 0;
    case FIELD_AS_TEXTS:
        return ((const struct field_texts *)member)->count == 0;
    case FIELD_AS_OBJECTS:
    case FIELD_AS_MAP:
        return ((const struct field_list *)member)->count == 0;
    case FIELD_AS_BOOL:
    case FIELD_AS_OBJECT:
        return false;
    case FIELD_AS_NOTHING:
        break;
    }
    return true;
}

/* The lengths may show, as they do on the wire; the bytes may not. */
static bool
secret_same(str a, str b)
{
    volatile unsigned char differs = 0;

    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        differs = (unsigned char)(differs | (a.p[i] ^ b.p[i]));
    }
    return differs == 0;
}

static bool
lists_same(const struct field_table *table, const struct field_list *a, const struct field_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        size_t offset = i * table->size;
        if (!field_same_object(
                table, (const char *)a->items + offset, (const char *)b->items + offset)) {
            return false;
        }
    }
    return true;
}

bool
field_same_object(const struct field_table *table, const void *a, const void *b)
{
    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        if (!field_same(f, field_in_const(f, a), field_in_const(f, b))) {
            return false;
        }
    }
    return true;
}

bool
field_same(const struct field *f, const void *a, const void *b)
{
    switch (field_facts[f->kind].store) {
    case FIELD_AS_STR:
        return f->kind == FIELD_SECRET ? secret_same(*(const str *)a, *(const str *)b)
                                       : str_eq(*(const str *)a, *(const str *)b);
    case FIELD_AS_UUID:
        return uuid_eq(*(const struct uuid *)a, *(const struct uuid *)b);
    case FIELD_AS_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case FIELD_AS_I64:
        return *(const int64_t *)a == *(const int64_t *)b;
    case FIELD_AS_ENUM:
        return *(const int *)a == *(const int *)b;
    case FIELD_AS_TEXTS:
        return texts_same(a, b);
    case FIELD_AS_OBJECT:
        return field_same_object(f->more.table, a, b);
    case FIELD_AS_OBJECTS:
        return lists_same(f->more.table, a, b);
    case FIELD_AS_MAP:
        return field_map_same(f, a, b);
    case FIELD_AS_NOTHING:
        break;
    }
    return true;
}

static void
collect(const struct field_table *table, const struct field_table **found, size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        if (found[i] == table) {
            return;
        }
    }
    CHECK(*count < MAX_TABLES);
    found[(*count)++] = table;
    for (const struct field *f = table->fields; f < table->fields + table->count; f++) {
        if (field_has_table(f)) {
            collect(f->more.table, found, count);
        }
    }
}

void
field_each_table(const struct field_table *table,
    void (*visit)(void *ctx, const struct field_table *table), void *ctx)
{
    const struct field_table *found[MAX_TABLES];
    size_t count = 0;

    collect(table, found, &count);
    for (size_t i = 0; i < count; i++) {
        visit(ctx, found[i]);
    }
}
