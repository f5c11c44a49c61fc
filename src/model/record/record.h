/* SPDX-License-Identifier: Apache-2.0 */
/* Plain configuration (themes, templates, lambdas, webhooks, groups, ...): one table for all kinds, a field
 * table for each. A kind is a struct that begins with struct record, its field table and a struct record_kind;
 * storage, sealing, unique names and references come from here. Its id and instants are FIELD_NOT_STORED. */
#pragma once
#include "model/field/field.h"

struct arena;
struct rq;
struct tenant;

/* Numbers are in storage and in events: they are never used twice. Those below zero are no records, but refer to some. */
enum record_number {
    RECORD_BY_API_KEY = -3,
    RECORD_BY_TENANT = -1,
    RECORD_BY_APPLICATION = -2,
    RECORD_THEME = 1,
    RECORD_EMAIL_TEMPLATE = 2,
    RECORD_MESSAGE_TEMPLATE = 3,
    RECORD_MESSENGER = 4,
    RECORD_CONNECTOR = 5,
    RECORD_LAMBDA = 6,
    RECORD_WEBHOOK = 7,
    RECORD_IP_ACL = 8,
    RECORD_CONSENT = 9,
    RECORD_FORM = 10,
    RECORD_FORM_FIELD = 11,
    RECORD_USER_ACTION = 12,
    RECORD_USER_ACTION_REASON = 13,
    RECORD_IDENTITY_PROVIDER = 14,
    RECORD_GROUP = 15,
    RECORD_ENTITY_TYPE = 16,
    RECORD_ENTITY = 17,
    RECORD_SYSTEM_CONFIGURATION = 18,
    RECORD_INTEGRATION = 19,
    RECORD_TENANT_MANAGER = 20,
    RECORD_TENANT_MANAGER_PROVIDER = 21,
    RECORD_ADMIN_ROLE = 22,
};

struct record {                /* the first member of every kind's struct */
    struct uuid id, tenant_id; /* tenant_id nil: of the whole house */
    int64_t insert_instant, last_update_instant;
};
/* Its rows in a kind's table: columns of their own, which bodies do not set. */
/* clang-format off */
#define RECORD_ID_FIELD \
    {.name = "id", .kind = FIELD_UUID, .offset = FIELD_AT(struct record, id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED}
#define RECORD_INSTANT_FIELDS \
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = FIELD_AT(struct record, insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED}, \
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = FIELD_AT(struct record, last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED}
/* clang-format on */

struct record_refs;
struct record_kind {
    enum record_number number;
    const char *name; /* "theme": what its seal is bound to */
    const struct field_table
        *table;          /* of kinds with variants: what all variants have, the type among it */
    size_t name_at;      /* offset of the str that is its name; 0: none */
    bool is_name_unique; /* within its tenant, or the house */
    bool is_of_tenant;   /* else of the house */
    bool
        may_be_of_tenant; /* of the house, or of the tenant that its "tenantId" named when it was made */
    /* Kinds whose members depend on a type (connectors, identity providers): the enum's offset and names, and
     * a table for each name, all over the same struct. NULL: one table. */
    size_t type_at;
    const char *const *types;
    const struct field_table *const *variants;
    /* A thing of the house that is always there and never changes (the default theme): its id, and what it has
     * beyond the defaults. It has no row; NULL: none. */
    const struct uuid *built_in;
    void (*fill)(struct arena *arena, void *thing);
    /* Calls record_refer for each other record that it needs and its table does not say; NULL: none. */
    void (*refer)(const void *thing, struct record_refs *refs);
};

/* The table that fits a thing, or the wire form of one: kind->table unless its type has one of its own. */
const struct field_table *record_table(const struct record_kind *kind, const void *thing);
const struct field_table *record_table_of(const struct record_kind *kind, const struct json *value);

/* It is the kind's own, which nobody changes or deletes. */
bool record_is_built_in(const struct record_kind *kind, struct uuid id);

/* The thing on the request's arena; *ret NULL when there is none. Its tenant_id says whose it is: the caller
 * judges that. */
MUST_USE enum err record_load(
    struct rq *rq, const struct record_kind *kind, struct uuid id, void **ret);
/* The id of the thing of that name; nil when there is none. Only where names are unique. */
MUST_USE enum err record_find(struct rq *rq, const struct record_kind *kind, struct uuid tenant_id,
    str name, struct uuid *ret);

struct record_name { /* what a list shows without opening anything */
    struct uuid id, tenant_id;
    str name;
    int64_t insert_instant, last_update_instant;
};
/* At most max, by id; of one tenant, or with a nil tenant_id of all (the house's, too). */
MUST_USE enum err record_names(struct rq *rq, const struct record_kind *kind, struct uuid tenant_id,
    size_t max, struct record_name **ret, size_t *ret_count);

/* Ids of a tenant's things, page by page, for searches. */
enum record_narrow {
    RECORD_OF_TENANT, /* all of them */
    RECORD_MARKED,    /* all of them, those marked that refer to used_id */
    RECORD_USING,     /* those that refer to used_id: for what one tenant's things alone refer to */
};
struct record_page {
    struct uuid tenant_id, after;
    enum record_narrow narrow;
    const struct record_kind *uses;
    struct uuid used_id;
    size_t max;
};
struct db_row;
struct record_hit {
    struct uuid id;
    bool is_marked; /* true where nothing is asked of it */
    const struct db_row
        *row; /* what it holds, but for RECORD_MARKED; of the arena it was read on */
};
/* At most page->max into ret, in order of ids, behind page->after. */
MUST_USE enum err record_ids(struct rq *rq, const struct record_kind *kind,
    const struct record_page *page, struct record_hit *ret, size_t *ret_count);
/* The thing of a hit of that tenant, as record_load does. */
MUST_USE enum err record_load_hit(struct rq *rq, const struct record_kind *kind,
    struct uuid tenant_id, const struct record_hit *hit, void **ret);
/* How many, counting to page->max. */
MUST_USE enum err record_count(
    struct rq *rq, const struct record_kind *kind, const struct record_page *page, int64_t *ret);

/* Declare rows. create sets the instants; update expects the thing to be as it was loaded (ERR_AGAIN); delete
 * is ERR_AGAIN when something began to need it meanwhile, so ask record_is_used first. tenant: whose thing
 * it is, NULL for the house's. The records it refers to must be there at the commit (ERR_AGAIN). */
MUST_USE enum err record_create(
    struct rq *rq, const struct record_kind *kind, const struct tenant *tenant, void *thing);
MUST_USE enum err record_update(
    struct rq *rq, const struct record_kind *kind, const struct tenant *tenant, void *thing);
void record_delete(struct rq *rq, const struct record_kind *kind, const void *thing);
/* Declares that the thing must be there at the commit (ERR_AGAIN). */
void record_hold(struct rq *rq, const struct record_kind *kind, struct uuid id);
/* Something refers to it. */
MUST_USE enum err record_is_used(
    struct rq *rq, const struct record_kind *kind, struct uuid id, bool *ret);

/* References: rows of a table that say what kind they name (struct field's more.kind). check adds [invalid] for
 * each whose record is not there, or not one that tenant_id may use (its own or the house's); keep declares that
 * the thing of that number and id (a tenant, an application) needs from now on what its rows name, and nothing
 * else; drop that it needs nothing any more. */
MUST_USE enum err record_check_rows(struct rq *rq, struct field_reader *reader,
    const struct field_table *table, const void *thing, str path, struct uuid tenant_id);
void record_keep_rows(struct rq *rq, enum record_number number, struct uuid id,
    const struct field_table *table, const void *thing);
MUST_USE enum err record_drop_refs(struct rq *rq, enum record_number number, struct uuid id);

/* What no row says is named by a function of who has it, so that one text serves the check and the storage. */
void record_refer(struct record_refs *refs, const struct record_kind *to, struct uuid id,
    const char *path); /* nil ids are none */
/* Adds [invalid] at each path whose record is not there, or not one that tenant_id may use (its own or the
 * house's). */
MUST_USE enum err record_check_refs(struct rq *rq, struct field_reader *reader,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing,
    struct uuid tenant_id);
/* Declares that the thing of that number and id refers to these, too; that it refers to these and nothing else
 * (thing NULL: to nothing). */
void record_add_refs(struct rq *rq, enum record_number number, struct uuid id,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing);
void record_keep_refs(struct rq *rq, enum record_number number, struct uuid id,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing);
