/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5280 by OpenSSL. Bounds: a text of CERT_PEM_MAX bytes, names of CERT_NAME_MAX, years that OpenSSL takes. */
#include "crypto/cert.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/rng.h"
#include "codec/base64.h"
#include "codec/utf8.h"
#include "crypto/sign_internal.h"

enum { SERIAL_BYTES = 16, COMMON_NAME_MAX = 64, DAY_S = 86400 };

static X509 *
parse(str pem)
{
    str label = S("-----BEGIN CERTIFICATE-----");
    size_t at = str_find_str(pem, label);
    BIO *bio =
        pem.n <= CERT_PEM_MAX && at < pem.n ? BIO_new_mem_buf(pem.p + at, (int)(pem.n - at)) : NULL;
    X509 *x509 = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error();
    return x509;
}

/* What was written to a BIO, on the arena; empty when it is more than max. */
static str
text_of(struct arena *arena, BIO *bio, size_t max)
{
    char *p = NULL;
    long n = BIO_get_mem_data(bio, &p);

    return n > 0 && (size_t)n <= max ? str_dup(arena, (str){p, (size_t)n}) : NO_STR;
}

static str
name_text(struct arena *arena, const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    str text = NO_STR;

    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0) {
        text = text_of(arena, bio, CERT_NAME_MAX);
    }
    BIO_free(bio);
    return text;
}

static str
serial_text(struct arena *arena, const X509 *x509)
{
    static const char digits[] = "0123456789abcdef";
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    int n = ASN1_STRING_length(serial);
    const uint8_t *p = ASN1_STRING_get0_data(serial);
    char *text = n > 0 && n <= CERT_NAME_MAX / 2 ? arena_alloc(arena, 2 * (size_t)n) : NULL;

    for (int i = 0; text != NULL && i < n; i++) {
        text[2 * i] = digits[p[i] >> 4];
        text[2 * i + 1] = digits[p[i] & 15];
    }
    return text ? (str){text, 2 * (size_t)n} : NO_STR;
}

static bool
instant_of(const ASN1_TIME *time, int64_t *ret)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    bool ok = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

    ASN1_TIME_free(epoch);
    *ret = ((int64_t)days * DAY_S + seconds) * 1000;
    return ok;
}

/* The digest of the DER, as "AB:CD:..." and, where it is asked for, base64url. */
static bool
fingerprint(struct arena *arena, const X509 *x509, const EVP_MD *md, str *ret_print, str *ret_thumb)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char *text;

    if (X509_digest(x509, md, digest, &n) != 1) {
        return false;
    }
    text = arena_alloc(arena, 3 * (size_t)n);
    for (size_t i = 0; text != NULL && i < n; i++) {
        text[3 * i] = digits[digest[i] >> 4];
        text[3 * i + 1] = digits[digest[i] & 15];
        text[3 * i + 2] = ':';
    }
    *ret_print = text ? (str){text, 3 * (size_t)n - 1} : NO_STR;
    if (ret_thumb != NULL) {
        *ret_thumb = base64url_text(arena, (bytes){digest, n});
    }
    return text != NULL;
}

static bool
copy_der(struct arena *arena, X509 *x509, bytes *ret)
{
    uint8_t *der = NULL;
    int n = i2d_X509(x509, &der);

    *ret =
        n > 0 && n <= CERT_PEM_MAX ? bytes_dup(arena, (bytes){der, (size_t)n}) : (bytes){NULL, 0};
    OPENSSL_free(der);
    return ret->n > 0;
}

static bool
describe(struct arena *arena, X509 *x509, struct cert *ret)
{
    *ret = (struct cert){.issuer = name_text(arena, X509_get_issuer_name(x509)),
        .subject = name_text(arena, X509_get_subject_name(x509)),
        .serial = serial_text(arena, x509)};
    return copy_der(arena, x509, &ret->der)
           && instant_of(X509_get0_notBefore(x509), &ret->valid_from)
           && instant_of(X509_get0_notAfter(x509), &ret->valid_to)
           && fingerprint(arena, x509, EVP_md5(), &ret->md5, NULL)
           && fingerprint(arena, x509, EVP_sha1(), &ret->sha1, &ret->sha1_thumb)
           && fingerprint(arena, x509, EVP_sha256(), &ret->sha256, &ret->sha256_thumb)
           && !arena_failed(arena);
}

bool
cert_read(struct arena *arena, str pem, struct cert *ret)
{
    struct cert cert;
    X509 *x509 = parse(pem);
    bool ok = x509 != NULL && describe(arena, x509, &cert);

    X509_free(x509);
    ERR_clear_error();
    if (ok) {
        *ret = cert;
    }
    return ok;
}

/* Random, and positive in DER (RFC 5280 s4.1.2.2). */
static bool
set_serial(X509 *x509, struct rng *rng)
{
    uint8_t serial[SERIAL_BYTES];
    BIGNUM *number;
    bool ok;

    rng_fill(rng, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
    number = BN_bin2bn(serial, sizeof serial, NULL);
    ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;
    BN_free(number);
    return ok;
}

/* At a character's end. */
static str
cut_name(str name)
{
    size_t n = MIN(name.n, (size_t)COMMON_NAME_MAX);

    while (n > 0 && n < name.n && ((uint8_t)name.p[n] & 0xc0) == 0x80) {
        n--;
    }
    return str_head(name, n);
}

static bool
fill(X509 *x509, EVP_PKEY *pkey, struct rng *rng, const struct cert_order *order)
{
    X509_NAME *subject = X509_get_subject_name(x509);
    str cn = cut_name(order->name);

    return X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509, rng)
           && ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)(order->from_ms / 1000)) != NULL
           && ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)(order->to_ms / 1000)) != NULL
           && X509_NAME_add_entry_by_NID(
                  subject, NID_commonName, MBSTRING_UTF8, (const uint8_t *)cn.p, (int)cn.n, -1, 0)
                  == 1
           && X509_set_issuer_name(x509, subject) == 1 && X509_set_pubkey(x509, pkey) == 1;
}

static bool
write_pem(struct arena *arena, X509 *x509, str *ret)
{
    BIO *bio = BIO_new(BIO_s_mem());
    str text = NO_STR;

    if (bio != NULL && PEM_write_bio_X509(bio, x509) == 1) {
        text = text_of(arena, bio, CERT_PEM_MAX);
    }
    BIO_free(bio);
    if (text.n > 0) {
        *ret = text;
    }
    return text.n > 0;
}

bool
cert_make(struct arena *arena, const struct sign_key *key, struct rng *rng,
    const struct cert_order *order, str *ret)
{
    X509 *x509;
    bool ok;

    if (key->pkey == NULL || !key->has_private || order->name.n == 0
        || !utf8_is_valid(order->name)) {
        return false;
    }
    x509 = X509_new();
    ok = x509 != NULL && fill(x509, key->pkey, rng, order)
         && X509_sign(x509, key->pkey, EVP_sha256()) > 0 && write_pem(arena, x509, ret);
    X509_free(x509);
    ERR_clear_error();
    return ok;
}
