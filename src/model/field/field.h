/* SPDX-License-Identifier: Apache-2.0 */
/* Resources as tables (DESIGN section 5): what one looks like is written once, as an array of rows; parsing, validation,
 * defaults, PATCH, storage, audit difference and the OpenAPI schema come from it. A row says where a member of the wire
 * object lives in the C struct and what it may hold. Texts of a read object are copies on the reader's arena. Faults
 * are collected; the README lists them. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"

struct arena;
struct json;
struct json_out;

/* clang-format off */
enum field_kind {           /* C type at the offset; an empty text counts as absent */
    FIELD_TEXT,             /* str: no control characters but tab, LF and CR LF; min, max count bytes */
    FIELD_SECRET,           /* str: as text, any control refused; not in logs, diffs; shown only if FIELD_SHOWN */
    FIELD_URI,              /* str: absolute URI (codec/url), no javascript:, vbscript:, data: */
    FIELD_EMAIL,            /* str: one plain mailbox, something@domain; kept as written */
    FIELD_DATE,             /* str: YYYY-MM-DD, a real day */
    FIELD_LOCALE,           /* str: en, en_US, zh_Hant_TW (Java's form; '-' accepted and kept) */
    FIELD_UUID,             /* struct uuid: nil when absent */
    FIELD_BOOL,             /* bool; read from "true" and "false", too, as FusionAuth does */
    FIELD_INT,              /* int64_t within min..max; read from its digits as a text, too */
    FIELD_DECIMAL,          /* int64_t: thousandths, as are min, max and the default; more is cut off */
    FIELD_INSTANT,          /* int64_t: milliseconds since 1970, 0 when absent */
    FIELD_ENUM,             /* int: index into more.names; default_int when absent, -1: no value */
    FIELD_TEXTS,            /* struct field_texts: texts of min..max bytes, up to FIELD_MAX_ITEMS */
    FIELD_URIS,             /* struct field_texts: absolute URIs */
    FIELD_ENUMS,            /* struct field_texts: names from more.names, no name twice */
    FIELD_UUIDS,            /* struct field_texts: UUIDs, kept in lower case */
    FIELD_LOCALES,          /* struct field_texts: locales */
    FIELD_OBJECT,           /* a nested struct in place, described by more.table */
    FIELD_OBJECTS,          /* struct field_list: min..max items of more.table, each its own struct */
    FIELD_MAP,              /* struct field_list: an object of objects of more.table, at most max; their
                               struct begins with its key, a str; in the order of their keys */
    FIELD_UUID_MAP,         /* the same, the key a struct uuid */
    FIELD_JSON,             /* str: any JSON object as compact text of at most max bytes; {} and none are empty */
    FIELD_TEXT_MAP,         /* str: as FIELD_JSON, but all members are texts */
    FIELD_LATER,            /* no C member: known to the contract, without effect here yet. Accepted
                               only when it asks for nothing: null, false, 0, "", [], {} or an object
                               whose members all ask for nothing, or whose "enabled" is false; else
                               [notSupported]. Not stored. */
    FIELD_KIND_COUNT
};

enum {                          /* flags */
    FIELD_REQUIRED = 1 << 0,    /* must be there and not empty */
    FIELD_IMMUTABLE = 1 << 1,   /* cannot change once set: a differing value is [immutable] */
    FIELD_READ_ONLY = 1 << 2,   /* written out, ignored when read; stored only with KEEP_ON_PUT */
    FIELD_WRITE_ONLY = 1 << 3,  /* read, never written to the API (passwords) */
    FIELD_PERSONAL = 1 << 4,    /* about a person: audit differences name it, never show it */
    FIELD_SHOWN = 1 << 5,       /* a secret the API gives back (client secrets) */
    FIELD_NOT_STORED = 1 << 6,  /* lives in a column of its own or nowhere: not in FIELD_FOR_STORE */
    FIELD_KEEP_ON_PUT = 1 << 7, /* absent from a PUT it keeps its value, not the default (secrets) */
    FIELD_FIXED = 1 << 9,       /* read when a thing is made, read over afterwards: the path names it */
    FIELD_WILD = 1 << 8,        /* URIs that may have asterisks (codec/url_wild): a rule judges those */
    FIELD_NULLABLE = 1 << 10,   /* JSON that is left out when it is empty, where others are {} */
    FIELD_LOCAL = 1 << 11 };    /* a URI that may leave out the scheme, or the host too: "//host/path", "/path" */
/* clang-format on */

enum { FIELD_MAX_ITEMS = 1000, FIELD_MAX_PATH = 200, FIELD_MAX_ROWS = 256 };

struct field_texts {
    str *items;
    size_t count;
};
struct field_list {
    void *items; /* array of the nested table's struct */
    size_t count;
};

struct field_check; /* what a rule is given, below */
struct field_table;
struct record_kind;
typedef void field_rule(struct field_check *check);
struct field {
    const char *name; /* on the wire */
    enum field_kind kind;
    size_t offset;
    unsigned flags;
    int64_t min, max;         /* by kind; max 0: the kind's own (texts 255, lists 1000, ...) */
    int64_t default_int;      /* bool, int, enum */
    const char *default_text; /* texts, JSON; for lists: space-separated; NULL: empty */
    union {
        const char *const *names;        /* FIELD_ENUM, FIELD_ENUMS: NULL-terminated */
        const struct field_table *table; /* FIELD_OBJECT, FIELD_OBJECTS, maps */
        const struct record_kind *kind;  /* FIELD_UUID: of what it names (model/record), or NULL */
        const char *like; /* FIELD_LATER: of its schema: a type, uuid, uuid[] ...; NULL: object */
    } more;
    field_rule *rule; /* judges a value that is not empty, after its kind did */
};
struct field_table {
    const char *type;           /* the contract's type name: "Tenant" */
    const struct field *fields; /* at most FIELD_MAX_ROWS */
    size_t count;
    size_t size;      /* of the C struct */
    field_rule *rule; /* judges the whole object once its members are sound; may be NULL */
};

#define FIELD_AT(struct_type, member) offsetof(struct_type, member)
#define FIELD_TABLE(type_name, rows, struct_type, rule)                                            \
    {                                                                                              \
        (type_name), (rows), COUNT(rows), sizeof(struct_type), (rule)                              \
    }

struct field_reader { /* one body being read */
    struct arena *arena;
    struct field_faults *faults;
};
struct field_check {
    struct field_reader *reader;
    const struct field_table *table;
    const struct field *field; /* NULL in a table's rule */
    const void *object;        /* the struct the member lives in */
    str path;                  /* "application.oauthConfiguration.clientSecret" */
    bool has_fault;            /* set by field_check_fault */
};
str field_check_text(const struct field_check *check); /* what stands at a FIELD_TEXT or its like */
/* Reports a fault at check->path, or at a member of it when name is not NULL ("[2]": an item). */
void field_check_fault(
    struct field_check *check, const char *name, const char *code, const char *message);
/* Reports a fault from a handler: field_fault(&reader, "user.email", "duplicate", "..."). */
void field_fault(
    struct field_reader *reader, const char *path, const char *code, const char *message);
/* Writes FusionAuth's Errors object: {"fieldErrors":{"user.email":[{"code":"[blank]user.email",
 * "message":"..."}]},"generalErrors":[...]}; a fault with an empty path is a general one. */
void field_faults_json(const struct field_faults *faults, struct json_out *out);

/* clang-format off */
enum field_mode {
    FIELD_CREATE,           /* absent members get their defaults, required ones are asked for */
    FIELD_REPLACE,          /* PUT: the same, but read-only, immutable and KEEP_ON_PUT members stay as
                               they are in object; null counts as absent */
    FIELD_PATCH,            /* RFC 7396: only members present change; null resets to the default;
                               objects merge; lists are replaced */
    FIELD_PATCH_APPEND,     /* FusionAuth's application/json PATCH: as PATCH, but lists grow by what
                               they do not hold yet; items with a known "id" merge */
    FIELD_STORED,           /* from our own storage: unknown members and enum names are ignored (two
                               versions run on one database), bounds and rules not asked */
};
/* clang-format on */

/* Fills object (all table->size bytes) with the defaults of the table. */
void field_defaults(struct arena *arena, const struct field_table *table, void *object);

/* Reads value (the wire object, NULL counts as missing) into object. CREATE and STORED start with
 * field_defaults: set what is not in the body afterwards. For REPLACE and PATCH object holds the old
 * values and is changed in place: pass a copy. An item of a list whose "id" (UUID or text) is that
 * of an old item keeps the read-only, immutable and KEEP_ON_PUT members of that one. A nested object
 * that is absent, or holds nothing but defaults, is not asked for its required members and not shown
 * to its table's rule. True if this call found no fault and the arena is sound. */
MUST_USE bool field_read(struct field_reader *reader, const struct field_table *table,
    enum field_mode mode, const struct json *value, str path, void *object);

/* clang-format off */
enum field_audience {
    FIELD_FOR_API,          /* without write-only and unshown secrets; absent texts, nil UUIDs, zero
                               instants left out (unless the default is not empty); empty lists, maps,
                               JSON and nested objects are written, as FusionAuth does */
    FIELD_FOR_STORE,        /* all but read-only and NOT_STORED members (also those of list items);
                               only what differs from the default */
    FIELD_FOR_AUDIT,        /* as FOR_API, but all members; what is secret or personal is "***" */
    FIELD_FOR_OPERATOR,     /* as FOR_API, with every secret: for calls made inside the process only */
    FIELD_FOR_FILE,         /* what a client may set and differs from its default, every secret too */
};
/* clang-format on */
/* Writes object as one JSON object. */
void field_write(const struct field_table *table, enum field_audience audience, const void *object,
    struct json_out *out);
/* Only the members, inside an object the caller has opened (to add computed members). */
void field_write_members(const struct field_table *table, enum field_audience audience,
    const void *object, struct json_out *out);

/* Writes an array of {"path","old","new"} for what differs, as FIELD_FOR_AUDIT writes values; null
 * where there was none. True if anything differs. */
bool field_diff(const struct field_table *table, const void *before, const void *after,
    struct arena *arena, struct json_out *out);

/* What is said of a type's member in words, or of the type when name is NULL; empty: nothing. */
typedef str field_words(void *ctx, const char *type, const char *name);
/* Writes the table's OpenAPI 3.1 schema object; nested tables by $ref. words may be NULL. */
void field_schema(
    const struct field_table *table, field_words *words, void *ctx, struct json_out *out);
/* Calls visit for the table and every table nested in it (at most 256), each once per call. */
void field_each_table(const struct field_table *table,
    void (*visit)(void *ctx, const struct field_table *table), void *ctx);

/* Applies an RFC 6902 JSON Patch document to a JSON document, giving a new one to be read with
 * FIELD_REPLACE. False with a fault ([invalid] at path) when an operation is malformed, fails, or
 * its test does not hold. */
MUST_USE bool field_json_patch(struct field_reader *reader, const struct json *document,
    const struct json *patch, str path, const struct json **ret);
/* The item of a map with this key (a str or a struct uuid, as its items begin with); NULL: none. */
const void *field_map_find(const struct field *f, const struct field_list *map, const void *key);
/* As FIELD_EMAIL checks one. */
bool field_email_ok(str email);
bool field_date_ok(str date);
bool field_locale_ok(str text);
