/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any JSON, read into a table with every kind. What is accepted survives storage, is
 * accepted back as the API writes it, and a PATCH done twice is a PATCH done once; what is refused has
 * faults that write as JSON. An array is a JSON Patch on a fixed document. */
#include "base/arena.h"
#include "codec/json.h"
#include "model/field/field.h"

struct item {
    struct uuid id;
    str name, secret;
    int64_t at;
};
struct entry {
    struct uuid key;
    str name, secret;
    struct field_texts tags;
};
struct word {
    str key;
    int64_t at;
};
struct thing {
    struct uuid id, owner;
    str name, secret, hidden, url, email, date, locale, data, labels, fixed;
    bool active;
    int64_t size, expiry;
    int color;
    struct field_texts tags, urls, grants, people, locales;
    struct item first;
    struct field_list items, entries, words;
};

static const char *const colors[] = {"Red", "Green", NULL};
static const char *const grants[] = {"code", "refresh", NULL};

/* clang-format off */
static const struct field item_rows[] = {
    {"id",     FIELD_UUID,    FIELD_AT(struct item, id)},
    {"name",   FIELD_TEXT,    FIELD_AT(struct item, name), FIELD_REQUIRED, 1, 20},
    {"secret", FIELD_SECRET,  FIELD_AT(struct item, secret), FIELD_KEEP_ON_PUT},
    {"at",     FIELD_INSTANT, FIELD_AT(struct item, at)},
};
static const struct field_table item_table = FIELD_TABLE("Item", item_rows, struct item, NULL);
static const struct field entry_rows[] = {
    {"name",   FIELD_TEXT,    FIELD_AT(struct entry, name), 0, 1, 20},
    {"secret", FIELD_SECRET,  FIELD_AT(struct entry, secret), FIELD_KEEP_ON_PUT},
    {"tags",   FIELD_TEXTS,   FIELD_AT(struct entry, tags)},
};
static const struct field_table entry_table = FIELD_TABLE("Entry", entry_rows, struct entry, NULL);
static const struct field word_rows[] = {
    {"at",     FIELD_INSTANT, FIELD_AT(struct word, at)},
};
static const struct field_table word_table = FIELD_TABLE("Word", word_rows, struct word, NULL);
static const struct field thing_rows[] = {
    {"id",      FIELD_UUID,     FIELD_AT(struct thing, id), FIELD_READ_ONLY},
    {"owner",   FIELD_UUID,     FIELD_AT(struct thing, owner)},
    {"name",    FIELD_TEXT,     FIELD_AT(struct thing, name), 0, 2, 30, .default_text = "none"},
    {"secret",  FIELD_SECRET,   FIELD_AT(struct thing, secret), FIELD_SHOWN | FIELD_KEEP_ON_PUT},
    {"hidden",  FIELD_SECRET,   FIELD_AT(struct thing, hidden)},
    {"url",     FIELD_URI,      FIELD_AT(struct thing, url)},
    {"email",   FIELD_EMAIL,    FIELD_AT(struct thing, email), FIELD_PERSONAL},
    {"date",    FIELD_DATE,     FIELD_AT(struct thing, date)},
    {"locale",  FIELD_LOCALE,   FIELD_AT(struct thing, locale)},
    {"active",  FIELD_BOOL,     FIELD_AT(struct thing, active), .default_int = 1},
    {"size",    FIELD_INT,      FIELD_AT(struct thing, size), 0, -5, 100, .default_int = 7},
    {"expiry",  FIELD_INSTANT,  FIELD_AT(struct thing, expiry)},
    {"color",   FIELD_ENUM,     FIELD_AT(struct thing, color), .default_int = -1, .more.names = colors},
    {"tags",    FIELD_TEXTS,    FIELD_AT(struct thing, tags), 0, 0, 10},
    {"urls",    FIELD_URIS,     FIELD_AT(struct thing, urls)},
    {"grants",  FIELD_ENUMS,    FIELD_AT(struct thing, grants), .default_text = "code", .more.names = grants},
    {"people",  FIELD_UUIDS,    FIELD_AT(struct thing, people)},
    {"locales", FIELD_LOCALES,  FIELD_AT(struct thing, locales)},
    {"first",   FIELD_OBJECT,   FIELD_AT(struct thing, first), .more.table = &item_table},
    {"items",   FIELD_OBJECTS,  FIELD_AT(struct thing, items), 0, 0, 50, .more.table = &item_table},
    {"entries", FIELD_UUID_MAP, FIELD_AT(struct thing, entries), 0, 0, 50, .more.table = &entry_table},
    {"words",   FIELD_MAP,      FIELD_AT(struct thing, words), .more.table = &word_table},
    {"data",    FIELD_JSON,     FIELD_AT(struct thing, data)},
    {"labels",  FIELD_TEXT_MAP, FIELD_AT(struct thing, labels)},
    {"fixed",   FIELD_TEXT,     FIELD_AT(struct thing, fixed), FIELD_IMMUTABLE},
    {"later",   FIELD_LATER},
};
static const struct field_table thing_table = FIELD_TABLE("Thing", thing_rows, struct thing, NULL);
/* clang-format on */

static str
written(struct arena *a, enum field_audience audience, const struct thing *thing)
{
    struct json_out out;
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, MB(4));
    json_out_init(&out, &buf);
    field_write(&thing_table, audience, thing, &out);
    CHECK(buf_done(&buf, &text));
    return text;
}

static bool
read_text(struct arena *a, enum field_mode mode, str text, struct thing *thing)
{
    struct field_faults faults = {0};
    struct field_reader reader = {a, &faults};
    const struct json *v;

    CHECK(json_parse(a, text, &v, NULL));
    return field_read(&reader, &thing_table, mode, v, S("it"), thing);
}

static void
check_faults(struct arena *a, const struct field_faults *faults)
{
    const struct json *v;
    struct json_out out;
    struct buf buf;
    str text;

    CHECK(faults->count > 0 || arena_failed(a));
    buf_init(&buf, a, MB(1));
    json_out_init(&out, &buf);
    field_faults_json(faults, &out);
    CHECK(!buf_done(&buf, &text) || json_parse(a, text, &v, NULL) || arena_failed(a));
}

static void
check_storage(struct arena *a, const struct thing *thing)
{
    str stored = written(a, FIELD_FOR_STORE, thing);
    struct thing back;

    CHECK(read_text(a, FIELD_STORED, stored, &back));
    CHECK(str_eq(written(a, FIELD_FOR_STORE, &back), stored));
}

static void
check_put_back(struct arena *a, const struct thing *thing)
{
    str shown = written(a, FIELD_FOR_API, thing);
    struct thing again = *thing;

    CHECK(read_text(a, FIELD_REPLACE, shown, &again));
    CHECK(str_eq(written(a, FIELD_FOR_API, &again), shown));
}

static void
check_patch_twice(struct arena *a, enum field_mode mode, const struct thing *thing, str body)
{
    struct thing again = *thing;
    str once;

    if (!read_text(a, mode, body, &again)) { /* a merge may refuse what a list or a map may hold */
        return;
    }
    once = written(a, FIELD_FOR_STORE, &again);
    CHECK(read_text(a, mode, body, &again));
    CHECK(str_eq(written(a, FIELD_FOR_STORE, &again), once));
}

static void
check_json_patch(struct arena *a, const struct json *patch)
{
    static const str document = S_INIT("{\"a\":[1,{\"b\":null}],\"c\":{\"d\":\"e\"}}");
    struct field_faults faults = {0};
    struct field_reader reader = {a, &faults};
    const struct json *v, *result;

    CHECK(json_parse(a, document, &v, NULL));
    if (!field_json_patch(&reader, v, patch, S("it"), &result)) {
        check_faults(a, &faults);
    } else {
        CHECK(json_parse(a, result->raw, &v, NULL) && json_same(v, result));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(256));
    str body = {(const char *)data, n};
    struct field_faults faults = {0};
    struct field_reader reader = {a, &faults};
    struct thing thing;
    const struct json *v;

    if (n > KB(16) || !json_parse(a, body, &v, NULL)) {
        return 0;
    }
    if (v->type == JSON_ARRAY) {
        check_json_patch(a, v);
        return 0;
    }
    if (!field_read(&reader, &thing_table, FIELD_CREATE, v, S("it"), &thing)) {
        check_faults(a, &faults);
        return 0;
    }
    check_storage(a, &thing);
    check_put_back(a, &thing);
    check_patch_twice(a, FIELD_PATCH, &thing, body);
    check_patch_twice(a, FIELD_PATCH_APPEND, &thing, body);
    return 0;
}
