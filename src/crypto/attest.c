/* SPDX-License-Identifier: Apache-2.0 */
/* WebAuthn Level 3 s8.2.1, packed attestation statement certificate requirements. Times of validity belong to the
 * judgement of the chain and are not looked at. */
#include "crypto/attest.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto/sign_internal.h"

enum { CERTIFICATE_MAX_BYTES = 16 * 1024, AAGUID_BYTES = 16 };

#define AAGUID_OID "1.3.6.1.4.1.45724.1.1.4" /* id-fido-gen-ce-aaguid */

static X509 *
read_certificate(bytes der)
{
    const uint8_t *at = der.p;
    X509 *cert;

    if (der.n > CERTIFICATE_MAX_BYTES) {
        return NULL;
    }
    cert = d2i_X509(NULL, &at, (long)der.n);
    if (cert != NULL && at != der.p + der.n) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

/* The subject's only entry of that kind; empty when there is none, or two. */
static str
subject_entry(const X509 *cert, int nid)
{
    const X509_NAME *name = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    const ASN1_STRING *value;

    if (at < 0 || X509_NAME_get_index_by_NID(name, nid, at) >= 0) {
        return NO_STR;
    }
    value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    return (str){(const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)};
}

static bool
has_subject(const X509 *cert)
{
    return subject_entry(cert, NID_countryName).n == 2
           && subject_entry(cert, NID_organizationName).n != 0
           && str_eq(
               subject_entry(cert, NID_organizationalUnitName), S("Authenticator Attestation"))
           && subject_entry(cert, NID_commonName).n != 0;
}

/* The basic constraints must be there and say that this is nobody's issuer. */
static bool
is_end_entity(const X509 *cert)
{
    BASIC_CONSTRAINTS *constraints = X509_get_ext_d2i(cert, NID_basic_constraints, NULL, NULL);
    bool ok = constraints != NULL && constraints->ca == 0;

    BASIC_CONSTRAINTS_free(constraints);
    return ok;
}

/* If the extension is there it is not critical, and holds this authenticator's AAGUID as an OCTET STRING. */
static bool
is_of_model(const X509 *cert, bytes aaguid)
{
    ASN1_OBJECT *oid = OBJ_txt2obj(AAGUID_OID, 1);
    int at = oid ? X509_get_ext_by_OBJ(cert, oid, -1) : -1;
    X509_EXTENSION *extension = at < 0 ? NULL : X509_get_ext(cert, at);
    const ASN1_OCTET_STRING *value = extension ? X509_EXTENSION_get_data(extension) : NULL;
    const uint8_t *p = value ? ASN1_STRING_get0_data(value) : NULL;
    bool is_known = oid != NULL;

    ASN1_OBJECT_free(oid);
    if (value == NULL) {
        return is_known;
    }
    return !X509_EXTENSION_get_critical(extension) && ASN1_STRING_length(value) == 2 + AAGUID_BYTES
           && p[0] == V_ASN1_OCTET_STRING && p[1] == AAGUID_BYTES
           && str_eq(bytes_str((bytes){p + 2, AAGUID_BYTES}), bytes_str(aaguid));
}

struct sign_key *
attest_key(enum sign_alg alg, bytes certificate, bytes aaguid)
{
    X509 *cert = read_certificate(certificate);
    struct sign_key *key = NULL;
    EVP_PKEY *pkey;

    if (cert != NULL && X509_get_version(cert) == X509_VERSION_3 && has_subject(cert)
        && is_end_entity(cert) && is_of_model(cert, aaguid)) {
        pkey = X509_get_pubkey(cert);
        key = pkey ? sign_key_adopt(alg, pkey, false) : NULL;
    }
    X509_free(cert);
    ERR_clear_error();
    return key;
}
