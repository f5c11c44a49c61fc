/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "codec/json.h"
#include "model/field/field_decimal.h"

enum field_store { /* how a kind lives in memory */
    FIELD_AS_STR,
    FIELD_AS_UUID,
    FIELD_AS_BOOL,
    FIELD_AS_I64,
    FIELD_AS_ENUM,
    FIELD_AS_TEXTS,
    FIELD_AS_OBJECT,
    FIELD_AS_OBJECTS,
    FIELD_AS_MAP,
    FIELD_AS_NOTHING,
};
struct field_facts {
    enum field_store store;
    size_t size;        /* of the member; 0: the nested table's, or none */
    int64_t max;        /* what max 0 in a row means */
    const char *shape;  /* "Write user.email as <shape>." */
    const char *type;   /* JSON Schema's word; of the items for lists; NULL: none */
    const char *format; /* JSON Schema's format, or NULL */
};
extern const struct field_facts field_facts[FIELD_KIND_COUNT];

/* Where a value stands: links on the stack, made text only for faults and rules. */
struct field_at {
    const struct field_at *up;
    str name;     /* empty for an item; the root's is the caller's path */
    size_t index; /* of an item */
    bool is_item;
};
struct field_job { /* one call of field_read */
    struct field_reader *reader;
    bool is_full; /* no more faults are kept */
};
struct field_in { /* one value on its way into a member */
    struct field_job *job;
    enum field_mode mode;
    const struct field *field;
    const struct json *value;
    const struct field_at *at;
};

/* "user.roles[2].name", at most FIELD_MAX_PATH bytes of it. A name from the request shows its first
 * 60 bytes, what is not printable ASCII as '?'. */
str field_at_text(struct arena *arena, const struct field_at *at);
/* Reports a fault: the message is before, the path, after. Returns false for the caller to return. */
bool field_complain(
    struct field_job *job, const struct field_at *at, const char *code, str before, str after);
/* [invalidJSON]: Write <path> as <the kind's shape>. */
bool field_complain_shape(const struct field_in *in, const struct field_at *at);
/* Calls a rule unless it is NULL; false when it found a fault. */
bool field_judge(struct field_job *job, const struct field_table *table, const struct field *field,
    const void *object, const struct field_at *at);

size_t field_size(const struct field *f);
/* Its value is made of another table's. */
bool field_has_table(const struct field *f);
int64_t field_max(const struct field *f);
static inline void *
field_of(const struct field *f, void *object)
{
    return (char *)object + f->offset;
}
static inline const void *
field_in_const(const struct field *f, const void *object)
{
    return (const char *)object + f->offset;
}
static inline bool
field_is_patch(enum field_mode mode)
{
    return mode == FIELD_PATCH || mode == FIELD_PATCH_APPEND;
}

/* The row called name, looked for from *hint on, which then moves behind it; NULL if none. */
const struct field *field_find(const struct field_table *table, str name, size_t *hint);
/* Gives one member its default. */
void field_reset(struct arena *arena, const struct field *f, void *member);
/* Gives all members without a flag of keep their defaults, nested objects likewise. */
void field_reset_all(
    struct arena *arena, const struct field_table *table, unsigned keep, void *object);
bool field_is_empty(const struct field *f, const void *member);
/* READ_ONLY rows are columns of their own, or made; with KEEP_ON_PUT they are stored: the house sets them. */
bool field_is_stored(const struct field *f);
bool field_is_default(const struct field *f, const void *member);
/* Same value; secrets are compared in constant time. */
bool field_same(const struct field *f, const void *a, const void *b);
bool field_same_object(const struct field_table *table, const void *a, const void *b);

/* Checks a text by the syntax of the row's kind; NULL if it is right, else a fault code. */
const char *field_text_fault(enum field_kind kind, str text);

/* Reads the members of in->value into object; what is absent gets what the mode says. in->field is
 * the row that holds the object, NULL for the outermost. */
bool field_read_members(const struct field_in *in, const struct field_table *table, void *object);
/* Reads in->value, which is there and not null, into a member by the kind of its row. */
bool field_read_value(const struct field_in *in, void *member);
bool field_read_text(const struct field_in *in, void *member);
bool field_read_texts(const struct field_in *in, void *member);
bool field_read_objects(const struct field_in *in, void *member);
bool field_read_map(const struct field_in *in, void *member);
bool field_read_json(const struct field_in *in, void *member);
/* [tooShort], [tooLong] or a syntax fault of a text that is not empty. */
bool field_text_ok(const struct field_in *in, const struct field_at *at, str text);

/* Says [tooMany] when there are more than max. */
bool field_is_long(const struct field_in *in, size_t count, size_t max);

/* The key of a map's item; text holds it where it is none in memory. */
str field_map_key(const struct field *f, const void *item, char text[static UUID_TEXT]);
bool field_map_same(const struct field *f, const struct field_list *a, const struct field_list *b);

/* True if audit differences may only name the member. */
bool field_is_hidden(const struct field *f);
/* Writes a value alone, for any audience; is_hidden (audit only) shows it as "***". */
void field_write_value(const struct field *f, enum field_audience audience, bool is_hidden,
    const void *member, struct json_out *out);
