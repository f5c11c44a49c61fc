/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any text, read as a certificate. What is read has a DER that reads the same again, names that are ASCII
 * without controls, and digests of their length. */
#include "crypto/cert.h"

#include "base/arena.h"
#include "codec/base64.h"

static void
check_name(str name)
{
    CHECK(name.n <= CERT_NAME_MAX);
    for (size_t i = 0; i < name.n; i++) {
        CHECK(name.p[i] >= ' ' && name.p[i] < 0x7f);
    }
}

static void
check_again(struct arena *arena, const struct cert *cert)
{
    struct cert again;
    str base64 = base64_text(arena, cert->der);
    str pem = str_fmt(
        arena, "-----BEGIN CERTIFICATE-----\n" STRF "\n-----END CERTIFICATE-----\n", STRV(base64));

    if (pem.n > CERT_PEM_MAX || !cert_read(arena, pem, &again)) {
        return; /* an armour of one line has a bound of OpenSSL's own */
    }
    CHECK(str_eq(again.sha256, cert->sha256) && str_eq(again.serial, cert->serial));
    CHECK(again.valid_from == cert->valid_from && again.valid_to == cert->valid_to);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    struct cert cert;

    if (arena == NULL || !cert_read(arena, (str){(const char *)data, n}, &cert)) {
        return 0;
    }
    CHECK(cert.der.n > 0 && cert.md5.n == 47 && cert.sha1.n == 59 && cert.sha256.n == 95);
    CHECK(cert.sha1_thumb.n == 27 && cert.sha256_thumb.n == 43);
    check_name(cert.issuer);
    check_name(cert.subject);
    check_again(arena, &cert);
    return 0;
}
