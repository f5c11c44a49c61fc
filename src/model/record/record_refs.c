/* SPDX-License-Identifier: Apache-2.0 */
/* References between records, and from tenants and applications to records. Who adds one touches the record
 * that is referred to, and who deletes that looks for references in the same statement: so none is left
 * pointing at nothing, on READ COMMITTED too (decision 0017). */
#include "model/record/record.h"
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
record_keep_refs(struct rq *rq, enum record_number number, struct uuid id,
    void (*refer)(const void *thing, struct record_refs *refs), const void *thing)
{
    struct record_refs refs = {.rq = rq, .by_id = id, .by = number};

    rq_write(rq, RECORD_USE_REMOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(number), DB_ID(&id)));
    if (refer != NULL && thing != NULL) {
        refer(thing, &refs);
    }
}
