/* SPDX-License-Identifier: Apache-2.0 */
/* What end-to-end tests may ask of a process that was started for them, and of no other. */
#include "flow/ops/ops_clock.h"

#include <stdlib.h>

static enum err
check_allowed(struct rq *rq)
{
    const char *value = getenv("CARDEA_TEST_CLOCK");

    return value && str_eq(str_from(value), S("1")) ? ERR_OK
                                                    : FAIL(rq, ERR_NOT_FOUND, NULL, "is not there");
}

enum err
ops_clock(struct rq *rq)
{
    const struct json *body;
    int64_t shift_ms;
    enum err e = check_allowed(rq);

    e = e ? e : rq_json(rq, &body);
    if (e != ERR_OK) {
        return e;
    }
    if (!json_i64(json_get(body, S("shiftMs")), &shift_ms)) {
        return FAIL(rq, ERR_INVALID_REQUEST, "shiftMs", "must be a number of milliseconds");
    }
    clock_shift(shift_ms);
    return rq_answer_empty(rq, 200);
}

enum err
ops_counts(struct rq *rq)
{
    struct db_counts counts;
    struct json_out out;
    struct buf buf;
    enum err e = check_allowed(rq);

    if (e != ERR_OK) {
        return e;
    }
    counts = db_count(rq->db);
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_i64(&out, S("sets"), (int64_t)counts.sets);
    json_put_i64(&out, S("writes"), (int64_t)counts.writes);
    json_put_i64(&out, S("misses"), (int64_t)counts.misses);
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}
