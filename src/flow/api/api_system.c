/* SPDX-License-Identifier: Apache-2.0 */
/* /api/status, /api/health, /api/system/version: is the house in order, and what does it speak? Clients
 * read "version" to know which calls there are, so it is FusionAuth's; ours stands beside it. Deviation:
 * a storage that cannot be read is 500 in all cases, where FusionAuth has 452 to 454, too. */
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"

#define SPOKEN S("1.69.0")

/* One row of the database: what every request needs first. */
static enum err
read_something(struct rq *rq)
{
    struct uuid id;
    enum err e = tenant_default_id(rq, &id);

    return e == ERR_OK && uuid_is_nil(id) ? FAIL_SERVER(rq) : e;
}

static enum err
answer_versions(struct rq *rq)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("cardeaVersion"), S(CARDEA_VERSION));
    json_put_str(&answer.out, S("version"), SPOKEN);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_health(struct rq *rq)
{
    enum err e = read_something(rq);

    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_status(struct rq *rq)
{
    enum err e = read_something(rq);

    if (e != ERR_OK) {
        return e;
    }
    return rq->api_key || api_is_local(rq) ? answer_versions(rq) : rq_answer_empty(rq, 200);
}

enum err
api_version(struct rq *rq)
{
    return answer_versions(rq);
}
