/* SPDX-License-Identifier: Apache-2.0 */
/* /api/system/reindex. What is searched is written with what it finds, so there is never anything to rebuild: a
 * request for it is right at once, although it answers as one that begins (202), and none is ever under way (404). */
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_tables.h"

struct reindex {
    int index;
};
/* clang-format off */
static const char *const indexes[] = {"fusionauth_user", "fusionauth_entity", NULL};
static const struct field fields[] = {
    {.name = "index", .kind = FIELD_ENUM, .offset = FIELD_AT(struct reindex, index), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = indexes},
};
const struct field_table api_reindex_table = FIELD_TABLE("ReindexRequest", fields, struct reindex, NULL);
/* clang-format on */

enum err
api_reindex(struct rq *rq)
{
    struct reindex reindex;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_reindex_table, &reindex, &body);

    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "index", "blank", "Name the index.");
    }
    e = e ? e : api_faults(rq);
    return e ? e : rq_answer_empty(rq, 202);
}

enum err
api_reindex_status(struct rq *rq)
{
    return api_not_found(rq);
}
