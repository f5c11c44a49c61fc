/* SPDX-License-Identifier: Apache-2.0 */
/* A provider from JSON, stored or not. */
#pragma once
#include "../fixture.h"

#include "codec/json.h"
#include "model/idp/idp.h"

static inline struct idp *
idp_sample(struct rq *rq, const char *text, const char *want_faults)
{
    struct field_reader reader = {rq->arena, &rq->faults};
    const struct json *json;
    struct idp *idp = ARENA_NEW(rq->arena, struct idp);
    str faults = NO_STR;
    bool is_read;

    cr_assert(json_parse(rq->arena, str_from(text), &json, NULL));
    rq->faults = (struct field_faults){0};
    is_read =
        field_read(&reader, record_table_of(&idp_kind, json), FIELD_CREATE, json, S("idp"), idp);
    for (const struct field_fault *f = rq->faults.first; f != NULL; f = f->next) {
        faults = str_fmt(rq->arena, STRF "%s[" STRF "]" STRF, STRV(faults), faults.n ? " " : "",
            STRV(f->code), STRV(f->path));
    }
    EXPECT_STR(faults, str_from(want_faults));
    EXPECT(is_read == (faults.n == 0));
    idp_normalize(rq->arena, idp);
    return idp;
}

/* Stored; of a tenant unless it is NULL. */
static inline struct idp *
idp_stored(struct fixture *fx, const struct tenant *tenant, const char *text)
{
    struct rq *rq = fixture_rq(fx);
    struct idp *idp = idp_sample(rq, text, ""), *kept = ARENA_NEW(fx->arena, struct idp);

    idp->head.id = fixture_id(fx);
    REQUIRE(record_create(rq, &idp_kind, tenant, idp) == ERR_OK);
    idp_keep_domains(rq, NULL, idp);
    *kept = *idp;
    fixture_finish(rq);
    kept->domains = (struct field_texts){0};
    return kept;
}
