/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens (RFC 6749 s6, rotation as in RFC 9700 s4.14.2).
 *
 * The text is base64url(id 16 | step 4, big endian | secret 32); the row holds SHA-256(secret). The
 * next secret is HMAC(tenant's refresh key, id | step + 1 | secret): so a retry within the grace time
 * gets the same successor (a lost answer costs nothing, and there never is a second branch), and an
 * older token of the family can be told from a guess: stepping it forward gives the current digest.
 *
 *   presented step = current        digest fits: GOOD
 *   presented step < current        steps forward to the digest: GRACE if one behind and in time,
 *                                   else REUSED
 *   anything else                   UNKNOWN */
#include "codec/base64.h"
#include "model/statements.h"
#include "model/token/token_internal.h"

enum {
    STEP_BYTES = 4,
    RAW_BYTES = 16 + STEP_BYTES + TOKEN_SECRET_BYTES,
    TEXT_BYTES = 70,  /* of base64url without padding */
    FOREIGN_MIN = 16, /* characters of a text that another server made */
    FOREIGN_MAX = 2048,
    MAX_BEHIND = 10000, /* bounds what a guess costs; older ones are UNKNOWN */
    SLIDE_AT_LEAST_MS = MINUTE_MS,
};

void
token_secret_wipe(struct token_secret *secret)
{
    secret_wipe(secret, sizeof *secret);
}

struct digest
token_secret_digest(const struct token_secret *secret)
{
    return sha256(BYTES_OF(secret->secret));
}

struct token_secret
token_secret_new(struct rq *rq, struct uuid id)
{
    struct token_secret secret = {.id = id};

    rng_fill(rq->rng, secret.secret, sizeof secret.secret);
    return secret;
}

static void
put_step(uint8_t to[static STEP_BYTES], uint32_t step)
{
    for (int i = 0; i < STEP_BYTES; i++) {
        to[i] = (uint8_t)(step >> (24 - 8 * i));
    }
}

str
token_secret_text(struct rq *rq, const struct token_secret *secret)
{
    uint8_t raw[RAW_BYTES];
    str text;

    arena_keep_secret(rq->arena);
    memcpy(raw, secret->id.b, 16);
    put_step(raw + 16, secret->step);
    memcpy(raw + 16 + STEP_BYTES, secret->secret, TOKEN_SECRET_BYTES);
    text = base64url_text(rq->arena, BYTES_OF(raw));
    secret_wipe(raw, sizeof raw);
    return text;
}

static bool
read_text(struct rq *rq, str text, struct token_secret *ret)
{
    bytes raw;

    arena_keep_secret(rq->arena);
    if (text.n != TEXT_BYTES || !base64url_decode(rq->arena, text, &raw) || raw.n != RAW_BYTES) {
        return false;
    }
    ret->id = uuid_from((bytes){raw.p, 16});
    ret->step = 0;
    for (int i = 0; i < STEP_BYTES; i++) {
        ret->step = ret->step << 8 | raw.p[16 + i];
    }
    memcpy(ret->secret, raw.p + 16 + STEP_BYTES, TOKEN_SECRET_BYTES);
    return true;
}

/* A text of another server (an import): id and first secret are digests of it under the tenant's refresh key, so nothing
 * of it is stored, and all that holds of our own texts holds of it. Such ids are of no time: their first byte is
 * beyond any version 7 id's. */
bool
token_secret_of_foreign(
    struct rq *rq, const struct tenant *tenant, str text, struct token_secret *ret)
{
    struct digest id, secret;

    arena_keep_secret(rq->arena);
    if (text.n < FOREIGN_MIN || text.n > FOREIGN_MAX || read_text(rq, text, ret)) {
        return false;
    }
    id = hmac_sha256_parts(key32_bytes(&tenant->refresh_key),
        (const bytes[]){str_bytes(S("foreign id")), str_bytes(text)}, 2);
    secret = hmac_sha256_parts(key32_bytes(&tenant->refresh_key),
        (const bytes[]){str_bytes(S("foreign secret")), str_bytes(text)}, 2);
    memcpy(ret->id.b, id.b, sizeof ret->id.b);
    ret->id.b[0] = 0xff;
    ret->id.b[6] = (uint8_t)(0x80 | (ret->id.b[6] & 0x0f)); /* version 8: RFC 9562 s5.8 */
    ret->id.b[8] = (uint8_t)(0x80 | (ret->id.b[8] & 0x3f));
    ret->step = 0;
    memcpy(ret->secret, secret.b, sizeof ret->secret);
    secret_wipe(&secret, sizeof secret);
    return true;
}

static bool
read_any(struct rq *rq, const struct tenant *tenant, str text, struct token_secret *ret)
{
    return read_text(rq, text, ret) || token_secret_of_foreign(rq, tenant, text, ret);
}

static void
step_forward(const struct tenant *tenant, struct token_secret *secret)
{
    uint8_t step[STEP_BYTES];
    struct digest next;

    secret->step++;
    put_step(step, secret->step);
    next = hmac_sha256_parts(key32_bytes(&tenant->refresh_key),
        (const bytes[]){uuid_bytes(&secret->id), BYTES_OF(step), BYTES_OF(secret->secret)}, 3);
    memcpy(secret->secret, next.b, sizeof secret->secret);
    secret_wipe(&next, sizeof next);
}

static bool
is_current(const struct token_secret *secret, bytes stored)
{
    struct digest digest = token_secret_digest(secret);

    return ct_eq(digest_bytes(&digest), stored);
}

static enum token_verdict
judge(struct rq *rq, const struct tenant *tenant, const struct jwt_config *config,
    const struct token_secret *presented, const struct db_row *row)
{
    AUTO(token_secret_wipe) struct token_secret secret = *presented;
    int64_t behind = db_i64(row, TOKEN_STEP) - presented->step;
    int64_t age_ms = rq->now - db_i64(row, TOKEN_ROTATED);
    int64_t grace_ms = config->one_time.grace_s * SECOND_MS;

    if (db_i64(row, TOKEN_EXPIRES) <= rq->now
        || db_i64(row, TOKEN_INSERTED) > rq->now + CLOCK_SKEW_MS || behind < 0
        || behind > MAX_BEHIND) {
        return TOKEN_UNKNOWN;
    }
    for (int64_t i = 0; i < behind; i++) {
        step_forward(tenant, &secret);
    }
    if (!is_current(&secret, db_bytes(row, TOKEN_DIGEST))) {
        return TOKEN_UNKNOWN;
    }
    if (behind == 0) {
        return TOKEN_GOOD;
    }
    /* Another node's clock may be ahead, by less than the grace: a clock set back by hours must not
     * make it last for hours. */
    return behind == 1 && age_ms < grace_ms && age_ms > -grace_ms ? TOKEN_GRACE : TOKEN_REUSED;
}

enum err
token_find_refresh(struct rq *rq, const struct tenant *tenant, const struct jwt_config *config,
    str text, enum token_verdict *ret_verdict, struct token **ret)
{
    AUTO(token_secret_wipe) struct token_secret secret = {{{0}}, 0, {0}};
    enum token_verdict verdict;
    struct db_row *row;
    enum err e;

    *ret_verdict = TOKEN_UNKNOWN;
    *ret = NULL;
    if (!read_any(rq, tenant, text, &secret)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    e = rq_read(rq, TOKEN_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&secret.id)));
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    verdict = judge(rq, tenant, config, &secret, row);
    if (verdict == TOKEN_UNKNOWN) {
        return ERR_OK;
    }
    e = token_from_row(rq, tenant, row, ret);
    if (e == ERR_OK && *ret != NULL) {
        (*ret)->verdict = *ret_verdict = verdict;
    }
    return e;
}

/* When the grant ends if used now. The longest life counts from its first token, and no use ends a
 * grant earlier than it would have ended anyway. */
static int64_t
slid_expiry(struct rq *rq, const struct jwt_config *config, const struct token *token)
{
    int64_t idle_end = rq->now + config->refresh_ttl_min * MINUTE_MS;
    int64_t last_end = token->insert_instant + config->sliding.max_min * MINUTE_MS;

    switch ((enum refresh_expiration)config->refresh_expiration) {
    case REFRESH_FIXED:
        break;
    case REFRESH_SLIDING:
        return MAX(token->expires_at, idle_end);
    case REFRESH_SLIDING_MAX:
        return MAX(token->expires_at, MIN(idle_end, last_end));
    }
    return token->expires_at;
}

static void
slide(struct rq *rq, const struct jwt_config *config, struct token *token)
{
    int64_t end = slid_expiry(rq, config, token);

    if (end > token->expires_at) {
        token->expires_at = end;
        token->start_instant = rq->now;
    }
}

/* A reusable token stays as it is; its expiry is written at most once a minute. */
static void
use_again(struct rq *rq, const struct tenant *tenant, const struct jwt_config *config,
    struct token *token, const struct token_secret *secret)
{
    struct digest digest = token_secret_digest(secret);

    if (slid_expiry(rq, config, token) - token->expires_at < SLIDE_AT_LEAST_MS) {
        return;
    }
    slide(rq, config, token);
    rq_write(rq, TOKEN_SLIDE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&token->id), DB_I64(token->step),
            DB_BYTES(digest_bytes(&digest)), DB_I64(token->start_instant),
            DB_I64(token->expires_at)));
}

/* Step and digest in WHERE: of two that race, one rotates and the other looks again (OA-34). */
static void
write_rotation(struct rq *rq, const struct tenant *tenant, struct token *token,
    const struct token_secret *old, const struct token_secret *new)
{
    struct digest before = token_secret_digest(old);
    struct digest after = token_secret_digest(new);

    rq_write(rq, TOKEN_ROTATE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&token->id), DB_I64(old->step),
            DB_BYTES(digest_bytes(&before)), DB_BYTES(digest_bytes(&after)), DB_I64(new->step),
            DB_I64(rq->now), DB_I64(token->start_instant), DB_I64(token->expires_at)));
    token->step = new->step;
    token->rotated_at = rq->now;
}

enum err
token_rotate(struct rq *rq, const struct tenant *tenant, const struct jwt_config *config,
    struct token *token, str text, str *ret_text)
{
    AUTO(token_secret_wipe) struct token_secret old = {{{0}}, 0, {0}};
    AUTO(token_secret_wipe) struct token_secret new = {{{0}}, 0, {0}};

    CHECK(token->verdict == TOKEN_GOOD || token->verdict == TOKEN_GRACE);
    if (!read_any(rq, tenant, text, &old) || old.step == UINT32_MAX) {
        return FAIL_SERVER(rq);
    }
    if (token->verdict == TOKEN_GOOD && config->refresh_usage == REFRESH_REUSABLE) {
        use_again(rq, tenant, config, token, &old);
        *ret_text = text;
        return ERR_OK;
    }
    new = old;
    step_forward(tenant, &new);
    if (token->verdict == TOKEN_GOOD) {
        slide(rq, config, token);
        write_rotation(rq, tenant, token, &old, &new);
    }
    *ret_text = token_secret_text(rq, &new);
    rq_count(rq, RQ_REFRESH_TOKEN);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}
