/* SPDX-License-Identifier: Apache-2.0 */
/* What the audit room's files share: the digests of a chain, and its head. */
#pragma once
#include "crypto/hash.h"
#include "model/audit/audit.h"

struct audit_link {
    int64_t seq, place;
    struct uuid tenant_id, event_id, user_id;
    bytes content;
};
/* Of an event as it is stored; of a link, behind the link with digest before. */
struct digest audit_content(const struct tenant *tenant, const struct event_row *event);
struct digest audit_chain(
    const struct tenant *tenant, struct digest before, const struct audit_link *link);

struct audit_head {
    int64_t place;              /* of the newest link */
    struct digest digest, base; /* of the newest; of the one before the oldest kept */
    bool is_proven;             /* it is as this program wrote it */
};
/* The head of the tenant as stored, all zero when there is none yet. */
MUST_USE enum err audit_head_load(
    struct rq *rq, const struct tenant *tenant, struct audit_head *ret);
/* Declares it. */
void audit_head_put(struct rq *rq, const struct tenant *tenant, const struct audit_head *head);
