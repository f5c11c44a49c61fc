/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "model/factor/factor_challenge.h"

enum { FACTOR_CODE_MAX = 64 };

/* A code as people type it, without spaces and hyphens, in one case; empty for what cannot be a code. */
str factor_normal_code(struct arena *arena, str code);
/* What is stored of a code: keyed; letters of either case, spaces and hyphens ignored. Empty for what cannot
 * be a code. */
str factor_digest(struct rq *rq, const struct tenant *tenant, str code);
/* Takes these recovery codes in place of the old ones. */
MUST_USE enum err factor_set_codes(
    struct rq *rq, const struct tenant *tenant, struct user *user, const struct field_texts *codes);
/* Gives an id to each method that has none. */
MUST_USE enum err factor_name_new(struct rq *rq, struct user *user);
/* Declares the message with a code to the method's address or number. */
MUST_USE enum err factor_letter_send(
    struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter);
/* The secret of an authenticator as bytes; empty for none that is one. */
bytes factor_secret(struct rq *rq, const struct factor *factor);
