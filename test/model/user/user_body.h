/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies and faults as texts, for the tests of model/user. */
#pragma once
#include "../fixture.h"

/* "[blank]user.email [blank]user.username": the codes in their order. */
static inline str
body_faults(struct arena *arena, const struct field_faults *faults)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, arena, KB(4));
    for (const struct field_fault *f = faults->first; f != NULL; f = f->next) {
        buf_fmt(&buf, "%s[" STRF "]" STRF, buf.n ? " " : "", STRV(f->code), STRV(f->path));
    }
    REQUIRE(buf_done(&buf, &text));
    return text;
}

/* Reads the JSON as a user of the API; *ret_faults as body_faults gives them. */
static inline bool
body_read(struct rq *rq, enum field_mode mode, const char *json, struct user *user, str *ret_faults)
{
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    const struct json *value;
    bool ok;

    cr_assert(json_parse(rq->arena, str_from(json), &value, NULL), "not JSON: %s", json);
    ok = field_read(&reader, &user_table, mode, value, S("user"), user);
    *ret_faults = body_faults(rq->arena, &faults);
    return ok;
}

static inline str
body_written(struct rq *rq, const struct user *user)
{
    struct buf buf;
    struct json_out out;
    str text;

    buf_init(&buf, rq->arena, MB(1));
    json_out_init(&out, &buf);
    user_write(user, &out);
    REQUIRE(buf_done(&buf, &text));
    return text;
}
