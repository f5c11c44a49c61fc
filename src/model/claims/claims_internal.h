/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of model/claims share. */
#pragma once
#include "crypto/hash.h"
#include "model/claims/claims.h"

/* The claims and scope of a token believed before, copied to the arena; false when not
 * remembered or too old. */
MUST_USE bool verdicts_get(struct verdicts *verdicts, const struct digest *token, int64_t now,
    struct arena *arena, struct access *ret);
void verdicts_put(struct verdicts *verdicts, const struct digest *token, int64_t now,
    const struct access *access);

/* Writes FusionAuth's claims about the person's membership: applicationId, roles,
 * authenticationType, tid. */
void claims_membership(const struct claims_subject *subject, struct json_out *out);
/* The claim called name as an id; false when it is none. */
MUST_USE bool claims_id(const struct json *claims, str name, struct uuid *ret);
struct key;

/* A list of a JWT configuration has the key's id. */
bool claims_lists_key(const struct field_texts *ids, const struct key *key);
