/* SPDX-License-Identifier: Apache-2.0 */
/* A resource with a row of every kind and flag, and the words that read and write it. */
#pragma once
#include "test/unit.h"

#include "base/arena.h"
#include "codec/json.h"
#include "model/field/field.h"

enum color { RED, GREEN, BLUE };

struct sample_key {
    struct uuid id;
    str name, secret;
    int64_t added;
};
struct sample_limits {
    bool enabled;
    int64_t count;
    str note, token;
    struct sample_key main_key;
};
struct sample {
    struct uuid id, owner;
    str name, note, secret, hidden, password, url, email, birth, language, data, labels, code;
    bool active, debug;
    int64_t size, made, expiry;
    int color, shade;
    struct field_texts tags, urls, grants, people, languages;
    struct sample_limits limits;
    struct field_list keys;
    int rule_calls; /* no row describes it */
};

static const char *const sample_colors[] = {"Red", "Green", "Blue", NULL};
static const char *const sample_grants[] = {"code", "refresh", "device", NULL};

static inline void
sample_name_rule(struct field_check *check)
{
    const struct sample *s = check->object;

    if (str_eq(s->name, S("forbidden"))) {
        field_check_fault(check, NULL, "invalid", "Choose another name.");
    }
}

static inline void
sample_tags_rule(struct field_check *check)
{
    const struct sample *s = check->object;

    if (s->tags.count > 2) {
        field_check_fault(check, "[2]", "invalid", "Give two tags at most.");
    }
}

static inline void
sample_rule(struct field_check *check)
{
    const struct sample *s = check->object;

    if (s->limits.enabled && s->limits.count == 0) {
        field_check_fault(check, "limits.count", "missing", "Give a count.");
    }
}

/* clang-format off */
static const struct field sample_key_rows[] = {
    {"id",     FIELD_UUID,    FIELD_AT(struct sample_key, id)},
    {"name",   FIELD_TEXT,    FIELD_AT(struct sample_key, name), FIELD_REQUIRED | FIELD_IMMUTABLE, 0, 20},
    {"secret", FIELD_SECRET,  FIELD_AT(struct sample_key, secret), FIELD_KEEP_ON_PUT},
    {"added",  FIELD_INSTANT, FIELD_AT(struct sample_key, added)},
};
static const struct field_table sample_key_table = FIELD_TABLE("SampleKey", sample_key_rows, struct sample_key, NULL);

static const struct field sample_limits_rows[] = {
    {"enabled", FIELD_BOOL,   FIELD_AT(struct sample_limits, enabled)},
    {"count",   FIELD_INT,    FIELD_AT(struct sample_limits, count), 0, 0, 10},
    {"note",    FIELD_TEXT,   FIELD_AT(struct sample_limits, note), FIELD_REQUIRED, .default_text = "none"},
    {"token",   FIELD_SECRET, FIELD_AT(struct sample_limits, token), FIELD_KEEP_ON_PUT},
    {"mainKey", FIELD_OBJECT, FIELD_AT(struct sample_limits, main_key), .more.table = &sample_key_table},
};
static const struct field_table sample_limits_table = FIELD_TABLE("SampleLimits", sample_limits_rows, struct sample_limits, NULL);

static const struct field sample_rows[] = {
    {"id",        FIELD_UUID,     FIELD_AT(struct sample, id), FIELD_READ_ONLY},
    {"ownerId",   FIELD_UUID,     FIELD_AT(struct sample, owner)},
    {"name",      FIELD_TEXT,     FIELD_AT(struct sample, name), FIELD_REQUIRED, 2, 30, .rule = sample_name_rule},
    {"note",      FIELD_TEXT,     FIELD_AT(struct sample, note), .default_text = "empty note"},
    {"code",      FIELD_TEXT,     FIELD_AT(struct sample, code), FIELD_IMMUTABLE},
    {"secret",    FIELD_SECRET,   FIELD_AT(struct sample, secret), FIELD_SHOWN | FIELD_KEEP_ON_PUT},
    {"hidden",    FIELD_SECRET,   FIELD_AT(struct sample, hidden)},
    {"password",  FIELD_TEXT,     FIELD_AT(struct sample, password), FIELD_WRITE_ONLY | FIELD_NOT_STORED},
    {"url",       FIELD_URI,      FIELD_AT(struct sample, url)},
    {"email",     FIELD_EMAIL,    FIELD_AT(struct sample, email), FIELD_PERSONAL},
    {"birthDate", FIELD_DATE,     FIELD_AT(struct sample, birth), FIELD_PERSONAL},
    {"language",  FIELD_LOCALE,   FIELD_AT(struct sample, language)},
    {"active",    FIELD_BOOL,     FIELD_AT(struct sample, active), .default_int = 1},
    {"debug",     FIELD_BOOL,     FIELD_AT(struct sample, debug)},
    {"size",      FIELD_INT,      FIELD_AT(struct sample, size), 0, 1, 100, .default_int = 7},
    {"insertInstant", FIELD_INSTANT, FIELD_AT(struct sample, made), FIELD_READ_ONLY},
    {"expiry",    FIELD_INSTANT,  FIELD_AT(struct sample, expiry)},
    {"color",     FIELD_ENUM,     FIELD_AT(struct sample, color), .default_int = GREEN, .more.names = sample_colors},
    {"shade",     FIELD_ENUM,     FIELD_AT(struct sample, shade), .default_int = -1, .more.names = sample_colors},
    {"tags",      FIELD_TEXTS,    FIELD_AT(struct sample, tags), 0, 1, 10, .rule = sample_tags_rule},
    {"urls",      FIELD_URIS,     FIELD_AT(struct sample, urls)},
    {"grants",    FIELD_ENUMS,    FIELD_AT(struct sample, grants), .default_text = "code refresh", .more.names = sample_grants},
    {"people",    FIELD_UUIDS,    FIELD_AT(struct sample, people)},
    {"languages", FIELD_LOCALES,  FIELD_AT(struct sample, languages)},
    {"limits",    FIELD_OBJECT,   FIELD_AT(struct sample, limits), .more.table = &sample_limits_table},
    {"keys",      FIELD_OBJECTS,  FIELD_AT(struct sample, keys), 0, 0, 4, .more.table = &sample_key_table},
    {"data",      FIELD_JSON,     FIELD_AT(struct sample, data), 0, 0, 200},
    {"labels",    FIELD_TEXT_MAP, FIELD_AT(struct sample, labels)},
    {"theme",     FIELD_LATER},
};
static const struct field_table sample_table = FIELD_TABLE("Sample", sample_rows, struct sample, sample_rule);
/* clang-format on */

struct bench { /* one test's arena, faults and reader */
    struct arena *arena;
    struct field_faults faults;
    struct field_reader reader;
};

static inline struct bench *
bench_new(void)
{
    static struct bench bench;

    bench = (struct bench){.arena = arena_new(MB(16))};
    bench.reader = (struct field_reader){bench.arena, &bench.faults};
    cr_assert(bench.arena != NULL);
    return &bench;
}

static inline void
bench_end(struct bench *b)
{
    arena_free(b->arena);
}

static inline const struct json *
parse(struct bench *b, str text)
{
    const struct json *v = NULL;

    cr_assert(json_parse(b->arena, text, &v, NULL), "not JSON: " STRF, STRV(text));
    return v;
}

/* Reads text into s; faults of the call before are forgotten. */
static inline bool
read_sample(struct bench *b, enum field_mode mode, str text, struct sample *s)
{
    b->faults = (struct field_faults){0};
    return field_read(&b->reader, &sample_table, mode, parse(b, text), S("it"), s);
}

static inline str
written(struct bench *b, const struct field_table *table, enum field_audience audience,
    const void *object)
{
    struct json_out out;
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, b->arena, MB(1));
    json_out_init(&out, &buf);
    field_write(table, audience, object, &out);
    cr_assert(buf_done(&buf, &text));
    return text;
}

/* The faults as "[code]path [code]path". */
static inline str
fault_list(struct bench *b)
{
    str all = NO_STR;

    for (const struct field_fault *f = b->faults.first; f != NULL; f = f->next) {
        all = str_fmt(b->arena, STRF "%s[" STRF "]" STRF, STRV(all), all.n ? " " : "",
            STRV(f->code), STRV(f->path));
    }
    return all;
}

static inline bool
has(str text, const char *part)
{
    return str_find_str(text, str_from(part)) < text.n;
}
