/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and numbers that are proven before there is an account (FusionAuth's pre-verification). One ticket goes all the way:
 *
 *   OPEN -proof_verify-> PROVEN -use, with the account that is made-> gone;  both -time-> over
 *
 * Nobody has a key yet, so the tenant's seals it; it is swept when it is over. */
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"

static const enum ticket_kind kinds[PROOF_IDENTITY_COUNT] = {
    [PROOF_EMAIL] = TICKET_AHEAD_EMAIL, [PROOF_PHONE] = TICKET_AHEAD_PHONE};

bool
proof_is_ahead(enum ticket_kind kind)
{
    return kind == TICKET_AHEAD_EMAIL || kind == TICKET_AHEAD_PHONE;
}

struct user *
proof_nobody(struct rq *rq, enum ticket_kind kind, str value)
{
    struct user *user = ARENA_NEW(rq->arena, struct user);

    if (user != NULL) {
        field_defaults(rq->arena, &user_table, user);
        *(kind == TICKET_AHEAD_EMAIL ? &user->email : &user->phone_number) = value;
    }
    return user;
}

enum err
proof_start_ahead(struct rq *rq, const struct tenant *tenant, enum proof_identity identity,
    const struct proof_order *given, struct proof_made *ret)
{
    struct proof_order order = *given;

    order.kind = kinds[identity];
    order.user = proof_nobody(rq, order.kind, order.value);
    return order.user ? proof_start(rq, tenant, &order, ret) : FAIL_SERVER(rq);
}

/* Of what was proven only that is kept. */
enum err
proof_verify_ahead(struct rq *rq, const struct tenant *tenant, const struct proof *proof)
{
    struct json_out out;
    struct buf buf;
    str detail;

    if (proof->is_proven) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "was proven before");
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("value"), proof->value);
    json_put_bool(&out, S("proven"), true);
    json_out_object_end(&out);
    return buf_done(&buf, &detail) ? ticket_change(rq, tenant, proof->ticket, detail, NULL, NULL)
                                   : FAIL_SERVER(rq);
}

enum err
proof_find_proven(struct rq *rq, const struct tenant *tenant, str text,
    enum proof_identity *ret_identity, struct proof **ret)
{
    enum err e = ERR_OK;

    *ret = NULL;
    for (int i = 0; e == ERR_OK && *ret == NULL && i < PROOF_IDENTITY_COUNT; i++) {
        e = proof_find(rq, tenant, kinds[i], text, ret);
        *ret_identity = (enum proof_identity)i;
    }
    if (e == ERR_OK && *ret != NULL && !(*ret)->is_proven) {
        *ret = NULL;
    }
    return e;
}
