/* SPDX-License-Identifier: Apache-2.0 */
/* What configuration files hold (cardea apply, cardea export): kinds of things as a table over the administration API,
 * and things of these kinds, of a file or of the server. */
#pragma once
#include "codec/json.h"
#include "model/field/field.h"

enum {                           /* flags */
    MANAGED_PAGES = 1 << 0,      /* its list is read page by page, from /search */
    MANAGED_IN_TENANT = 1 << 1,  /* made in the tenant of "tenantId", which the header names */
    MANAGED_FOR_TENANT = 1 << 2, /* may be made for the tenant of "tenantId" */
    MANAGED_SINGLE = 1 << 3,     /* the house has one */
    MANAGED_MERGED = 1 << 4,     /* what a file does not say stays as it is */
    MANAGED_RESTS = 1 << 5,      /* may be out of use ("active": false), and be taken back */
};
enum { MANAGED_MAX = 32 };

struct kickstart_text;
struct managed {
    const char *name;    /* in files: "applications"; of a part: the member of what it is part of */
    const char *path;    /* "/api/application"; of a part "/api/application/%s/role" */
    const char *wrapper; /* of one in a body */
    const char *list;    /* of many in an answer */
    const char *label;   /* the member that names it to people */
    unsigned flags;
    const struct field_table *table; /* NULL: by record and type */
    const struct record_kind *record;
    const char *part_of; /* name of the kind it is part of; NULL: none */
};
/* In the order in which they can be made. */
extern const struct managed managed[];
extern const size_t managed_count;

/* The kind a file calls so at its top; NULL: none. */
const struct managed *managed_find(str name);
const struct managed *managed_part(str name); /* a kind of parts */
size_t managed_index(const struct managed *kind);
bool managed_is(const struct managed *kind, const char *name);

struct thing {
    const struct managed *kind;
    const struct field_table *table;
    str id, tenant, name; /* id: a UUID, or the type of a provider; tenant: empty for the house's */
    const struct thing *parent;        /* of a part */
    const struct json *item;           /* as it was read */
    const struct json *value;          /* the object itself: without id, instants and parts */
    const void *object;                /* value, read by the table */
    struct thing *other;               /* the same one, on the server or in the files */
    struct kickstart_text *text;       /* of a file: what its texts are replaced with */
    const struct json *changes;        /* [{"path", "old", "new"}] */
    str place;                         /* in the files: "x.yaml, document 1: applications[0]" */
    unsigned rank;                     /* things of a lower rank are made first */
    bool is_out;                       /* out of use */
    bool is_own;                       /* the signing key that its tenant signs with by itself */
    bool is_to_person;                 /* a grant */
    bool is_left;                      /* left out: the person is not there */
    bool is_placed;                    /* things_place_parents */
    uint32_t parts;                    /* bits of the kinds of its parts that its item names */
    struct thing *next_id, *next_name; /* things.c */
};
struct things {
    struct arena *arena;
    struct thing **items;
    size_t count, room;
    struct thing **by_id, **by_name; /* of those that were noted */
    size_t chains, noted;
};

/* Adds a thing; NULL when memory is short. */
MUST_USE struct thing *things_add(struct things *things, const struct managed *kind,
    const struct thing *parent, const struct json *item);
/* Makes a thing found by the three below, once its id, name, tenant and parent are settled; false when memory is short. */
MUST_USE bool things_note(struct things *things, struct thing *thing);
/* By kind and id; NULL: none. */
struct thing *things_by_id(const struct things *things, const struct managed *kind, str id);
/* The first one by kind, name, and tenant or parent (given by their ids). */
struct thing *things_by_name(const struct things *things, const struct thing *like);
/* Of the first of its name: there are more. */
bool things_has_namesake(const struct thing *thing);
/* For a terminal: what would speak to it, begin another line or turn text around is written as \u escapes. */
str managed_shown(struct arena *arena, str text);
/* "applications/Shop", of a part "applications/Shop/roles/admin": to be shown. */
str thing_label(struct arena *arena, const struct thing *thing);
/* What its item says of itself: id, tenant, name. */
void thing_read_head(struct thing *thing);
/* A grant is known by its entity and the one who has it: once both ids are. */
void thing_settle_id(struct arena *arena, struct thing *thing);
/* Whether it is in use is beside the object: no member of it that a client sets. */
bool thing_is_out_beside(const struct thing *thing);
/* Sets value and table from the item; false when memory is short. */
MUST_USE bool thing_read_value(struct arena *arena, struct thing *thing);
/* Adds the item's parts of one kind; false when memory is short. */
MUST_USE bool things_add_parts(struct things *things, struct thing *of,
    bool (*add)(void *ctx, struct thing *part, size_t at), void *ctx);
/* Makes equal what is said in two ways in a read object. */
void thing_tidy(const struct managed *kind, void *object);
/* In the order in which they can be made; those of one rank stay as they are. */
void things_sort(struct things *things);
/* Entities behind their parents; values are read. */
void things_place_parents(struct things *things);
