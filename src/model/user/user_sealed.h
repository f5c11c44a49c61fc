/* SPDX-License-Identifier: Apache-2.0 */
/* Structs sealed under a person's key: how every room stores what says something about somebody.
 * A struct goes through its field table as JSON (FIELD_FOR_STORE), so two versions of the program
 * can read each other's rows. */
#pragma once
#include "model/field/field.h"
#include "model/seal/seal.h"

/* The key of a user, also of one this request has declared; of the tenant for a nil id. *ret_found is
 * false when the person was erased or is being erased. Wipe *ret: AUTO(key32_wipe). */
MUST_USE enum err user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct key32 *ret, bool *ret_found);
/* Seals object for a column. */
MUST_USE enum err user_seal(struct rq *rq, const struct key32 *key, struct seal_place place,
    const struct field_table *table, const void *object, bytes *ret);
/* Opens what user_seal made into object, all of it overwritten. */
MUST_USE enum err user_open(struct rq *rq, const struct key32 *key, struct seal_place place,
    bytes sealed, const struct field_table *table, void *object);
