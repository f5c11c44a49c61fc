/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "crypto/hash.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/token/token.h"

/* clang-format off */
enum token_column {                     /* of TOKEN_COLUMNS */
    TOKEN_ID, TOKEN_APPLICATION, TOKEN_USER, TOKEN_SESSION, TOKEN_DIGEST, TOKEN_STEP, TOKEN_ROTATED, TOKEN_INSERTED,
    TOKEN_STARTED, TOKEN_AUTHENTICATED, TOKEN_EXPIRES, TOKEN_DETAIL,
};
/* clang-format on */
enum { TOKEN_SECRET_BYTES = 32 };

struct token_secret { /* a refresh token taken apart: wipe it */
    struct uuid id;
    uint32_t step;
    uint8_t secret[TOKEN_SECRET_BYTES];
};
void token_secret_wipe(struct token_secret *secret); /* for AUTO */
struct digest token_secret_digest(const struct token_secret *secret);
/* The first secret of a grant, and its text. */
struct token_secret token_secret_new(struct rq *rq, struct uuid id);
/* What stands for a text that another server made; false for one that is too short, too long, or looks like ours. */
bool token_secret_of_foreign(
    struct rq *rq, const struct tenant *tenant, str text, struct token_secret *ret);
str token_secret_text(struct rq *rq, const struct token_secret *secret);

/* Makes the struct from a row; *ret NULL when what sealed it is gone. */
MUST_USE enum err token_from_row(
    struct rq *rq, const struct tenant *tenant, const struct db_row *row, struct token **ret);
