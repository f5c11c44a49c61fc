/* SPDX-License-Identifier: Apache-2.0 */
/* Bearer secrets that stand for a row. */
#include "model/bearer/bearer.h"

#include "codec/base64.h"
#include "model/rq/rq.h"

enum { ID_BYTES = 16, SECRET_BYTES = 32, RAW_BYTES = ID_BYTES + SECRET_BYTES, TEXT_BYTES = 64 };

str
bearer_make(struct rq *rq, struct uuid id, struct digest *ret_digest)
{
    uint8_t raw[RAW_BYTES];
    str text;

    arena_keep_secret(rq->arena);
    memcpy(raw, id.b, ID_BYTES);
    rng_fill(rq->rng, raw + ID_BYTES, SECRET_BYTES);
    *ret_digest = sha256((bytes){raw + ID_BYTES, SECRET_BYTES});
    text = base64url_text(rq->arena, BYTES_OF(raw));
    secret_wipe(raw, sizeof raw);
    return text;
}

bool
bearer_read(struct rq *rq, str text, struct uuid *ret_id, struct digest *ret_digest)
{
    bytes raw;

    arena_keep_secret(rq->arena);
    if (text.n != TEXT_BYTES || !base64url_decode(rq->arena, text, &raw) || raw.n != RAW_BYTES) {
        return false;
    }
    *ret_id = uuid_from((bytes){raw.p, ID_BYTES});
    *ret_digest = sha256((bytes){raw.p + ID_BYTES, SECRET_BYTES});
    return true;
}

bool
bearer_is(const struct digest *digest, bytes stored)
{
    return ct_eq(digest_bytes(digest), stored);
}
