/* SPDX-License-Identifier: Apache-2.0 */
/* An authenticator and its browser (WebAuthn Level 3 s6, s5.8.1), honest unless a lie says otherwise. What it gives is
 * on the arena it was made with. */
#pragma once
#include "../fixture.h"

#include "codec/base64.h"
#include "codec/jwk.h"
#include "crypto/sign_internal.h"
#include "model/passkey/passkey_judge.h"
#include "test/codec/cbor_make.h"

enum { FLAG_UP = 1, FLAG_UV = 4, FLAG_BE = 8, FLAG_BS = 16, FLAG_AT = 64 };

struct authenticator {
    struct arena *arena;
    struct sign_key *key;
    int64_t alg;
    uint8_t id[20], aaguid[16];
    uint32_t counter;
    unsigned flags;
};
struct lie {                                      /* empty, or zero: the truth */
    const char *type, *challenge, *origin, *more; /* of the client data */
    const char *rp_id, *format;
    unsigned flags, counter; /* of the authenticator data; counter UINT32_MAX: 0 */
    bool is_signed_wrongly;
};

static inline struct authenticator
authenticator_new(struct arena *arena, struct rng *rng, int64_t alg)
{
    static const struct {
        int64_t alg;
        enum sign_alg sign;
    } algs[] = {{-7, SIGN_ES256}, {-35, SIGN_ES384}, {-36, SIGN_ES512}, {-8, SIGN_EdDSA},
        {-257, SIGN_RS256}, {-258, SIGN_RS384}, {-259, SIGN_RS512}, {-37, SIGN_PS256},
        {-38, SIGN_PS384}, {-39, SIGN_PS512}};
    struct authenticator a = {.arena = arena, .alg = alg, .flags = FLAG_UP | FLAG_UV};

    for (size_t i = 0; i < COUNT(algs); i++) {
        if (algs[i].alg == alg) {
            a.key = sign_key_generate(algs[i].sign, 0, rng);
        }
    }
    REQUIRE(a.key != NULL);
    rng_fill(rng, a.id, sizeof a.id);
    rng_fill(rng, a.aaguid, sizeof a.aaguid);
    return a;
}

static inline str
authenticator_id(const struct authenticator *a)
{
    return base64url_text(a->arena, BYTES_OF(a->id));
}

static inline bytes
authenticator_client(const struct authenticator *a, const char *type,
    const struct passkey_ceremony *ceremony, const struct lie *lie)
{
    return str_bytes(
        str_fmt(a->arena, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%.*s\"%s}",
            lie->type ? lie->type : type,
            STRV(lie->challenge ? str_from(lie->challenge) : ceremony->challenge),
            STRV(lie->origin ? str_from(lie->origin) : ceremony->origins[0]),
            lie->more ? lie->more : ""));
}

static inline void
authenticator_put_key(const struct authenticator *a, struct buf *buf)
{
    struct jwk jwk;

    REQUIRE(sign_key_to_jwk(a->arena, a->key, &jwk));
    cbor_put_map(buf, jwk.type == JWK_EC ? 5 : 4);
    cbor_put_int(buf, 1), cbor_put_int(buf, jwk.type == JWK_EC ? 2 : jwk.type == JWK_OKP ? 1 : 3);
    cbor_put_int(buf, 3), cbor_put_int(buf, a->alg);
    if (jwk.type == JWK_RSA) {
        cbor_put_int(buf, -1), cbor_put_bytes(buf, jwk.n);
        cbor_put_int(buf, -2), cbor_put_bytes(buf, jwk.e);
        return;
    }
    cbor_put_int(buf, -1);
    cbor_put_int(buf, jwk.type == JWK_OKP ? 6 : a->alg == -7 ? 1 : a->alg == -35 ? 2 : 3);
    cbor_put_int(buf, -2), cbor_put_bytes(buf, jwk.x);
    if (jwk.type == JWK_EC) {
        cbor_put_int(buf, -3), cbor_put_bytes(buf, jwk.y);
    }
}

static inline bytes
authenticator_data(struct authenticator *a, const struct passkey_ceremony *ceremony, bool is_new,
    const struct lie *lie)
{
    struct digest digest = sha256(str_bytes(lie->rp_id ? str_from(lie->rp_id) : ceremony->rp_id));
    uint32_t counter = lie->counter == 0            ? ++a->counter
                       : lie->counter == UINT32_MAX ? 0
                                                    : lie->counter;
    struct buf buf;
    str text;

    buf_init(&buf, a->arena, KB(8));
    buf_str(&buf, bytes_str(digest_bytes(&digest)));
    buf_char(&buf, (char)((lie->flags ? lie->flags : a->flags) | (is_new ? FLAG_AT : 0)));
    for (int i = 3; i >= 0; i--) {
        buf_char(&buf, (char)(counter >> (8 * i) & 255));
    }
    if (is_new) {
        buf_str(&buf, bytes_str(BYTES_OF(a->aaguid)));
        buf_char(&buf, 0);
        buf_char(&buf, sizeof a->id);
        buf_str(&buf, bytes_str(BYTES_OF(a->id)));
        authenticator_put_key(a, &buf);
    }
    REQUIRE(buf_done(&buf, &text));
    return str_bytes(text);
}

/* The signature over data and the digest of the client data, ECDSA's in DER. */
static inline bytes
authenticator_sign(const struct authenticator *a, bytes data, bytes client, bool is_wrong)
{
    const struct sign_curve *curve = sign_rule_of(sign_key_alg(a->key))->curve;
    struct digest digest = sha256(client);
    const str parts[] = {
        bytes_str(data), bytes_str(digest_bytes(&digest)), is_wrong ? S("x") : S("")};
    uint8_t der[SIGN_DER_MAX_BYTES];
    bytes raw;

    REQUIRE(sign_make(a->arena, a->key, str_bytes(str_join(a->arena, parts, 3, S(""))), &raw));
    if (sign_rule_of(sign_key_alg(a->key))->kind != SIGN_KIND_EC) {
        return raw;
    }
    return bytes_dup(a->arena, (bytes){der, sign_ecdsa_to_der(curve, raw, der)});
}

/* navigator.credentials.create() */
static inline struct passkey_registration
authenticator_create(
    struct authenticator *a, const struct passkey_ceremony *ceremony, const struct lie *lie)
{
    struct passkey_registration made = {.id = authenticator_id(a)};
    bytes data = authenticator_data(a, ceremony, true, lie);
    bool is_packed = lie->format != NULL && strcmp(lie->format, "packed") == 0;
    struct buf buf;
    str text;

    made.client_data = authenticator_client(a, "webauthn.create", ceremony, lie);
    buf_init(&buf, a->arena, KB(16));
    cbor_put_map(&buf, 3);
    cbor_put_text(&buf, S("fmt")),
        cbor_put_text(&buf, lie->format ? str_from(lie->format) : S("none"));
    cbor_put_text(&buf, S("attStmt")), cbor_put_map(&buf, is_packed ? 2 : 0);
    if (is_packed) {
        cbor_put_text(&buf, S("alg")), cbor_put_int(&buf, a->alg);
        cbor_put_text(&buf, S("sig"));
        cbor_put_bytes(&buf, authenticator_sign(a, data, made.client_data, lie->is_signed_wrongly));
    }
    cbor_put_text(&buf, S("authData")), cbor_put_bytes(&buf, data);
    REQUIRE(buf_done(&buf, &text));
    made.attestation = str_bytes(text);
    return made;
}

/* navigator.credentials.get() */
static inline struct passkey_assertion
authenticator_get(
    struct authenticator *a, const struct passkey_ceremony *ceremony, const struct lie *lie)
{
    struct passkey_assertion made = {.id = authenticator_id(a)};

    made.client_data = authenticator_client(a, "webauthn.get", ceremony, lie);
    made.data = authenticator_data(a, ceremony, false, lie);
    made.signature = authenticator_sign(a, made.data, made.client_data, lie->is_signed_wrongly);
    return made;
}
