/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: made, judged, shared and wiped.
 *
 * Refused: RSA below 2048 or above 8192 bits, an even or small public exponent, the ROCA family
 * (CVE-2017-15361), a curve other than the algorithm's, points off the curve, private parts that
 * do not fit the public ones, HMAC secrets shorter than the digest (RFC 7518 s3.2, s3.3).
 * Invariant: 1 a key never changes once handed out  2 its secrets are wiped with the last
 * reference. */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include "base/mem.h"
#include "base/rng.h"
#include "crypto/sign_internal.h"

struct sign_key *
sign_key_new(enum sign_alg alg)
{
    const struct sign_rule *rule = sign_rule_of(alg);
    struct sign_key *key = rule ? MEM_NEW(struct sign_key) : NULL;

    if (rule != NULL && key == NULL) {
        mem_note_short();
    }
    if (key != NULL) {
        atomic_init(&key->refs, 1);
        key->alg = alg;
        key->rule = rule;
        key->bits = rule->min_bits;
    }
    return key;
}

struct sign_key *
sign_key_ref(struct sign_key *key)
{
    atomic_fetch_add_explicit(&key->refs, 1, memory_order_relaxed);
    return key;
}

void
sign_key_unref(struct sign_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (size_t i = 0; i < COUNT(key->slots); i++) {
        EVP_PKEY_CTX_free(key->slots[i].sign);
        EVP_PKEY_CTX_free(key->slots[i].check);
    }
    EVP_PKEY_free(key->pkey); /* clears its private numbers */
    if (key->secret != NULL) {
        secret_wipe(key->secret, key->secret_n);
        mem_free(key->secret);
    }
    mem_free(key);
}

enum sign_alg
sign_key_alg(const struct sign_key *key)
{
    return key->alg;
}

int
sign_key_bits(const struct sign_key *key)
{
    return key->bits;
}

bool
sign_key_has_private(const struct sign_key *key)
{
    return key->has_private;
}

/* True if n has the fingerprint of the ROCA generator: modulo each of these primes it is a power of
 * 65537. A sound modulus has it with a chance below 2^-27. */
static bool
is_roca(const BIGNUM *n)
{
    static const uint8_t primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59,
        61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157,
        163, 167};

    for (size_t i = 0; i < COUNT(primes); i++) {
        unsigned p = primes[i], want = (unsigned)BN_mod_word(n, p), power = 1;

        while (power != want) {
            power = power * (65537 % p) % p;
            if (power == 1) {
                return false; /* went round without meeting it */
            }
        }
    }
    return true;
}

bool
sign_rsa_is_sound(EVP_PKEY *pkey)
{
    BIGNUM *n = NULL, *e = NULL;
    int bits = EVP_PKEY_get_bits(pkey);
    bool ok = bits >= 2048 && bits <= SIGN_RSA_MAX_BITS && EVP_PKEY_is_a(pkey, "RSA")
              && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1
              && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(n)
              && BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= 64 && !is_roca(n);

    BN_free(n);
    BN_free(e);
    return ok;
}

static bool
is_on_curve(EVP_PKEY *pkey, const struct sign_curve *curve)
{
    char group[32];
    size_t n = 0;
    int explicit_form = 0;
    EVP_PKEY_CTX *ctx;
    bool ok;

    if (!EVP_PKEY_is_a(pkey, "EC")
        || EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &n)
               != 1
        || !str_eq((str){group, n}, str_from(curve->group))) {
        return false;
    }
    /* A curve spelt out in parameters is how forged curves come in (CVE-2020-0601). */
    if (EVP_PKEY_get_int_param(
            pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_form)
            == 1
        && explicit_form != 0) {
        return false;
    }
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    ok = ctx != NULL
         && EVP_PKEY_public_check_quick(ctx) == 1; /* cofactor 1: on the curve is enough */
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static bool
signs_what_it_checks(const struct sign_key *key)
{
    bytes probe = str_bytes(S("probe"));
    uint8_t signature[SIGN_RSA_MAX_BYTES];
    size_t n = sign_raw(key, probe, signature);

    return n != 0 && sign_check(key, probe, (bytes){signature, n});
}

static bool
fits(const struct sign_rule *rule, EVP_PKEY *pkey)
{
    switch (rule->kind) {
    case SIGN_KIND_RSA:
    case SIGN_KIND_PSS:
        return sign_rsa_is_sound(pkey);
    case SIGN_KIND_EC:
        return is_on_curve(pkey, rule->curve);
    case SIGN_KIND_ED:
    case SIGN_KIND_HMAC:
        break;
    }
    return false;
}

static struct sign_key *
adopt_ed(enum sign_alg alg, EVP_PKEY *pkey, bool has_private)
{
    uint8_t raw[SIGN_ED_BYTES];
    size_t n = sizeof raw;
    struct sign_key *key = NULL;

    if (!EVP_PKEY_is_a(pkey, "ED25519")) {
        return NULL;
    }
    if (has_private && EVP_PKEY_get_raw_private_key(pkey, raw, &n) == 1 && n == sizeof raw) {
        key = sign_key_from_seed(alg, raw);
    } else if (!has_private && EVP_PKEY_get_raw_public_key(pkey, raw, &n) == 1 && n == sizeof raw) {
        key = sign_key_from_ed_public(alg, raw);
    }
    secret_wipe(raw, sizeof raw);
    return key;
}

static struct sign_key *
adopt(enum sign_alg alg, EVP_PKEY *pkey, bool has_private)
{
    const struct sign_rule *rule = sign_rule_of(alg);
    struct sign_key *key;

    if (rule == NULL || pkey == NULL) {
        return NULL;
    }
    if (rule->kind == SIGN_KIND_ED) {
        return adopt_ed(alg, pkey, has_private);
    }
    key = fits(rule, pkey) ? sign_key_new(alg) : NULL;
    if (key == NULL) {
        return NULL;
    }
    key->pkey = EVP_PKEY_up_ref(pkey) == 1 ? pkey : NULL;
    key->bits = EVP_PKEY_get_bits(pkey);
    key->has_private = has_private;
    if (key->pkey == NULL || (has_private && !signs_what_it_checks(key))) {
        sign_key_unref(key);
        return NULL;
    }
    return key;
}

struct sign_key *
sign_key_adopt(enum sign_alg alg, EVP_PKEY *pkey, bool has_private)
{
    struct sign_key *key = adopt(alg, pkey, has_private);

    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return key;
}

struct sign_key *
sign_key_under(struct sign_key *key, enum sign_alg alg)
{
    struct sign_key *other = NULL;

    if (alg == key->alg) {
        return sign_key_ref(key);
    }
    if (key->pkey != NULL) {
        other = adopt(alg, key->pkey, false);
        ERR_clear_error();
    }
    return other;
}

/* Gives the key room for n secret bytes; false when memory is short. */
static bool
take_secret(struct sign_key *key, size_t n)
{
    key->secret = key ? mem_new(n) : NULL;
    if (key->secret == NULL) {
        mem_note_short();
        return false;
    }
    key->secret_n = n;
    key->has_private = true;
    return true;
}

struct sign_key *
sign_key_from_seed(enum sign_alg alg, const uint8_t seed[static SIGN_ED_BYTES])
{
    struct sign_key *key = sign_key_new(alg);

    if (key == NULL || !take_secret(key, SIGN_ED_PRIVATE_BYTES)
        || crypto_sign_seed_keypair(key->ed_public, key->secret, seed) != 0) {
        sign_key_unref(key);
        return NULL;
    }
    return key;
}

struct sign_key *
sign_key_from_ed_public(enum sign_alg alg, const uint8_t public[static SIGN_ED_BYTES])
{
    struct sign_key *key;

    /* On the curve, in the prime-order group and canonical: small-order keys verify anything. */
    if (crypto_core_ed25519_is_valid_point(public) != 1) {
        return NULL;
    }
    key = sign_key_new(alg);
    if (key != NULL) {
        memcpy(key->ed_public, public, SIGN_ED_BYTES);
    }
    return key;
}

struct sign_key *
sign_key_from_secret(enum sign_alg alg, bytes secret)
{
    struct sign_key *key;

    if (!sign_alg_is_symmetric(alg) || secret.n > SIGN_SECRET_MAX_BYTES
        || secret.n * 8 < (size_t)sign_rule_of(alg)->min_bits) {
        return NULL;
    }
    key = sign_key_new(alg);
    if (key == NULL || !take_secret(key, secret.n)) {
        sign_key_unref(key);
        return NULL;
    }
    memcpy(key->secret, secret.p, secret.n);
    key->bits = (int)secret.n * 8;
    return key;
}

static struct sign_key *
generate_pkey(enum sign_alg alg, const struct sign_rule *rule, int bits)
{
    bool is_ec = rule->kind == SIGN_KIND_EC;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, is_ec ? "EC" : "RSA", NULL);
    EVP_PKEY *pkey = NULL;
    bool ok = ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1
              && (is_ec ? EVP_PKEY_CTX_set_group_name(ctx, rule->curve->group)
                        : EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits))
                     == 1
              && EVP_PKEY_generate(ctx, &pkey) == 1;

    EVP_PKEY_CTX_free(ctx);
    return sign_key_adopt(alg, ok ? pkey : NULL, true);
}

struct sign_key *
sign_key_generate(enum sign_alg alg, int bits, struct rng *rng)
{
    const struct sign_rule *rule = sign_rule_of(alg);
    uint8_t seed[CRYPTO_MD_BYTES];
    struct sign_key *key = NULL;

    if (rule == NULL) {
        return NULL;
    }
    bits = bits == 0 ? rule->min_bits : bits;
    switch (rule->kind) {
    case SIGN_KIND_RSA:
    case SIGN_KIND_PSS:
        return bits == 2048 || bits == 3072 || bits == 4096 ? generate_pkey(alg, rule, bits) : NULL;
    case SIGN_KIND_EC:
        return generate_pkey(alg, rule, bits);
    case SIGN_KIND_ED:
        rng_fill(rng, seed, SIGN_ED_BYTES);
        key = sign_key_from_seed(alg, seed);
        break;
    case SIGN_KIND_HMAC:
        rng_fill(rng, seed, crypto_md_bytes(rule->md));
        key = sign_key_from_secret(alg, (bytes){seed, crypto_md_bytes(rule->md)});
        break;
    }
    secret_wipe(seed, sizeof seed);
    return key;
}
