/* SPDX-License-Identifier: Apache-2.0 */
/* New signing keys: generated here or brought along (RFC 7517 s4.5: kid is an opaque name). */
#include "codec/base64.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "model/cache/cache.h"
#include "model/key/key_internal.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"

#define CERTIFICATE_MS (10 * 365 * DAY_MS)

static bool
fill_stored(struct rq *rq, const struct key *key, struct stored_key *ret)
{
    str material;

    ret->algorithm = key->algorithm;
    ret->issuer = key->issuer;
    ret->certificate = key->certificate;
    if (!sign_key_has_private(key->sign)) {
        return sign_key_export_public(rq->arena, key->sign, &ret->public_pem);
    }
    if (!sign_key_export_private(rq->arena, key->sign, &material)) {
        return false;
    }
    if (sign_alg_is_symmetric(sign_key_alg(key->sign))) {
        ret->secret64 = base64url_text(rq->arena, str_bytes(material));
    } else {
        ret->private_pem = material;
    }
    return true;
}

static bytes
seal_stored(struct rq *rq, const struct key *key, const struct key32 *wrap)
{
    struct seal_place place = {"signing_key", "config", key->tenant_id, key->id};
    struct stored_key stored = {.algorithm = NO_STR};
    struct buf buf;
    struct json_out out;
    str text;

    if (!fill_stored(rq, key, &stored)) {
        return (bytes){NULL, 0};
    }
    rq_json_out(rq, &buf, &out);
    field_write(&stored_key_table, FIELD_FOR_STORE, &stored, &out);
    return buf_done(&buf, &text) ? seal_put(rq, wrap, place, str_bytes(text)) : (bytes){NULL, 0};
}

/* A kid of our own: 128 bits of a digest over the id, so that it says nothing about the key. */
static str
make_kid(struct rq *rq, const struct key *key)
{
    struct digest d = sha256(uuid_bytes(&key->id));

    return base64url_text(rq->arena, (bytes){d.b, 16});
}

enum err
key_declare(struct rq *rq, struct key *key)
{
    AUTO(key32_wipe) struct key32 wrap;
    bytes wrapped, config;

    rng_fill(rq->rng, wrap.b, sizeof wrap.b);
    if (key->kid.n == 0) {
        key->kid = make_kid(rq, key);
    }
    key->insert_instant = key->last_update_instant = rq->now;
    wrapped = keyring_wrap(
        rq->house->keyring, rq->arena, rq->rng, S("signing key"), uuid_bytes(&key->id), &wrap);
    config = seal_stored(rq, key, &wrap);
    sign_key_unref(key->sign);
    key->sign = NULL;
    if (wrapped.n == 0 || config.n == 0) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, KEY_ADD, DB_NEW, ERR_CONFLICT,
        DB_VALUES(DB_ID(&key->id), DB_ID(&key->tenant_id), DB_STR(key->name), DB_STR(key->kid),
            DB_I64(key->is_default), DB_I64(key->insert_instant), DB_I64(key->last_update_instant),
            DB_I64(key->expiration_instant), DB_BYTES(wrapped), DB_BYTES(config)));
    cache_drop_on_commit(rq, CACHE_SIGNING_KEY, key->id);
    return ERR_OK;
}

str
key_material(const struct key *key)
{
    if (key->private_key.n) {
        return key->private_key;
    }
    return key->public_key.n ? key->public_key : key->certificate;
}

static str
type_of(enum sign_alg alg)
{
    if (alg == SIGN_EdDSA) {
        return S("OKP");
    }
    if (sign_alg_is_symmetric(alg)) {
        return S("HMAC");
    }
    return alg >= SIGN_ES256 && alg <= SIGN_ES512 ? S("EC") : S("RSA");
}

void
key_describe(struct arena *arena, struct key *key)
{
    key->type = type_of(sign_key_alg(key->sign));
    key->length = sign_key_bits(key->sign);
    key->has_private = sign_key_has_private(key->sign);
    if (!sign_alg_is_symmetric(sign_key_alg(key->sign))
        && !sign_key_export_public(arena, key->sign, &key->public_key)) {
        key->public_key = NO_STR;
    }
}

/* What stands beside the key says how long it is meant to be used. */
static bool
take_certificate(struct rq *rq, struct key *key, str pem)
{
    if (!cert_read(rq->arena, pem, &key->cert)) {
        return false;
    }
    key->certificate = pem;
    key->expiration_instant = key->cert.valid_to;
    return true;
}

/* For those who want to see a certificate beside a key (SAML, x5c): its maker is the key itself. */
static enum err
certify(struct rq *rq, struct key *key)
{
    const struct cert_order order = {
        key->issuer.n ? key->issuer : rq->house->base_url, rq->now, rq->now + CERTIFICATE_MS};
    str pem = NO_STR;
    bool is_made = cert_make(rq->arena, key->sign, rq->rng, &order, &pem);

    return !is_made || take_certificate(rq, key, pem) ? ERR_OK : FAIL_SERVER(rq);
}

enum err
key_generate(struct rq *rq, struct key *key)
{
    enum sign_alg alg = sign_alg_by_name(key->algorithm);

    if (alg == SIGN_NONE) {
        return FAIL(rq, ERR_FIELDS, "key.algorithm", "is not known");
    }
    key->sign = sign_key_generate(alg, (int)key->length, rq->rng);
    if (key->sign == NULL) {
        return FAIL(rq, ERR_FIELDS, "key.length", "is not possible for this algorithm");
    }
    key_describe(rq->arena, key);
    if (!key->is_default && certify(rq, key) != ERR_OK) {
        sign_key_unref(key->sign);
        return FAIL_SERVER(rq);
    }
    return key_declare(rq, key);
}

static enum err
refuse_certificate(struct field_reader *reader, struct rq *rq, struct key *key)
{
    field_fault(reader, "key.certificate", "invalid",
        "Give one PEM certificate of this very key, or leave it out.");
    sign_key_unref(key->sign);
    key->sign = NULL;
    return FAIL(rq, ERR_FIELDS, "key.certificate", "cannot be used");
}

/* The certificate must be about the key. */
static bool
is_about(struct rq *rq, enum sign_alg alg, const struct key *key)
{
    struct sign_key *named = sign_key_from_pem(alg, key->certificate);
    str pem = NO_STR;
    bool ok = named != NULL && sign_key_export_public(rq->arena, named, &pem)
              && str_eq(pem, key->public_key);

    sign_key_unref(named);
    return ok;
}

enum err
key_import(struct rq *rq, struct key *key, struct field_reader *reader)
{
    enum sign_alg alg = sign_alg_by_name(key->algorithm);

    if (alg == SIGN_NONE) {
        field_fault(reader, "key.algorithm", "invalid", "Name the key's algorithm, such as RS256.");
    } else if (sign_alg_is_symmetric(alg)) {
        key->sign = sign_key_from_secret(alg, str_bytes(key->secret));
    } else {
        key->sign = sign_key_from_pem(alg, key_material(key));
    }
    if (key->sign == NULL) {
        if (alg != SIGN_NONE) {
            field_fault(reader, sign_alg_is_symmetric(alg) ? "key.secret" : "key.publicKey",
                "invalid",
                "Give a PEM key or a secret that fits the algorithm and is strong enough for it.");
        }
        return FAIL(rq, ERR_FIELDS, "key", "cannot be used");
    }
    key_describe(rq->arena, key);
    if (key->certificate.n
        && (!is_about(rq, alg, key) || !take_certificate(rq, key, key->certificate))) {
        return refuse_certificate(reader, rq, key);
    }
    return key_declare(rq, key);
}
