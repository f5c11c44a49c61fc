/* SPDX-License-Identifier: Apache-2.0 */
/* References between records, and from tenants and applications to records. Who adds one touches the record
 * that is referred to, and who deletes that looks for references in the same statement: so none is left
 * pointing at nothing, on READ COMMITTED too (decision 0017). */
#include "model/record/record.h"
#include "base/arena.h"
#include "model/rq/rq.h"
#include "model/statements.h"

struct record_refs {
    struct rq *rq;
    struct field_reader *reader; /* set: judge */
    struct uuid tenant_id;       /* who may use what is referred to */
    struct uuid by_id;           /* else: store */
    enum record_number by;
    enum err e;
};

/* One that is of somebody else's tenant does not exist for this one. */
static void
judge(struct record_refs *refs, const struct record_kind *to, struct uuid id, const char *path)
{
    struct rq *rq = refs->rq;
    struct db_row *row;
    struct uuid owner;

    refs->e = rq_read(rq, RECORD_BY_ID, &row, DB_VALUES(DB_I64(to->number), DB_ID(&id)));
    if (refs->e != ERR_OK) {
        return;
    }
    owner = row ? uuid_from(db_bytes(row, 0)) : (struct uuid){{0}};
    if (row == NULL || (!uuid_is_nil(owner) && !uuid_eq(owner, refs->tenant_id))) {
        field_fault(refs->reader, path, "invalid",
            "There is nothing with this id: it must exist before it is referred to.");
    }
}

void
record_refer(
    struct record_refs *refs, const struct record_kind *to, struct uuid id, const char *path)
{
    if (uuid_is_nil(id) || refs->e != ERR_OK || record_is_built_in(to, id)) {
        return;
    }
    if (refs->reader != NULL) {
        judge(refs, to, id, path);
        return;
    }
    record_hold(refs->rq, to, id);
    rq_write(refs->rq, RECORD_USE_ADD, DB_ANY, ERR_OK,
        DB_VALUES(DB_I64(to->number), DB_ID(&id), DB_I64(refs->by), DB_ID(&refs->by_id)));
}

static void walk(
    struct record_refs *refs, const struct field_table *table, const void *thing, str path);

static void
walk_items(struct record_refs *refs, const struct field *f, const struct field_list *list, str path)
{
    for (size_t i = 0; i < list->count; i++) {
        walk(refs, f->more.table, (const char *)list->items + i * f->more.table->size, path);
    }
}

static void
walk_row(struct record_refs *refs, const struct field *f, const void *member, str path)
{
    struct uuid id;

    switch (f->kind) {
    case FIELD_UUID:
        if (f->more.kind != NULL) {
            const char *at = str_z(refs->rq->arena, path);
            memcpy(&id, member, sizeof id);
            record_refer(refs, f->more.kind, id, at ? at : f->name);
        }
        break;
    case FIELD_OBJECT:
        walk(refs, f->more.table, member, path);
        break;
    case FIELD_OBJECTS:
    case FIELD_MAP:
    case FIELD_UUID_MAP:
        walk_items(refs, f, member, path);
        break;
    default:
        break;
    }
}

/* As deep as tables are nested. Paths are only wanted by who judges. */
static void
walk(struct record_refs *refs, const struct field_table *table, const void *thing, str path)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->fields[i];
        str at = refs->reader ? str_fmt(refs->rq->arena, STRF ".%s", STRV(path), f->name) : path;
        walk_row(refs, f, (const char *)thing + f->offset, at);
    }
}

enum err
record_check_rows(struct rq *rq, struct field_reader *reader, const struct field_table *table,
    const void *thing, str path, struct uuid tenant_id)
{
    struct record_refs refs = {.rq = rq, .reader = reader, .tenant_id = tenant_id};

    walk(&refs, table, thing, path);
    return refs.e;
}

void
record_keep_rows(struct rq *rq, enum record_number number, struct uuid id,
    const struct field_table *table, const void *thing)
{
    struct record_refs refs = {.rq = rq, .by_id = id, .by = number};

    rq_write(rq, RECORD_USE_REMOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(number), DB_ID(&id)));
    walk(&refs, table, thing, NO_STR);
}

/* Of the many that end with a tenant most need nothing: no write for those. */
enum err
record_drop_refs(struct rq *rq, enum record_number number, struct uuid id)
{
    struct db_row *row;
    enum err e = rq_read(rq, RECORD_USES, &row, DB_VALUES(DB_I64(number), DB_ID(&id)));

    if (e == ERR_OK && row != NULL) {
        rq_write(rq, RECORD_USE_REMOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(number), DB_ID(&id)));
    }
    return e;
}

enum err
record_check_refs(struct rq *rq, struct field_reader *reader,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing,
    struct uuid tenant_id)
{
    struct record_refs refs = {.rq = rq, .reader = reader, .tenant_id = tenant_id};

    if (refer != NULL) {
        refer(thing, &refs);
    }
    return refs.e;
}

void
record_add_refs(struct rq *rq, enum record_number number, struct uuid id,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing)
{
    struct record_refs refs = {.rq = rq, .by_id = id, .by = number};

    refer(thing, &refs);
}

void
record_keep_refs(struct rq *rq, enum record_number number, struct uuid id,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing)
{
    rq_write(rq, RECORD_USE_REMOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(number), DB_ID(&id)));
    if (refer != NULL && thing != NULL) {
        record_add_refs(rq, number, id, refer, thing);
    }
}
