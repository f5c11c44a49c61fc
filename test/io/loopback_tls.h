/* SPDX-License-Identifier: Apache-2.0 */
/* TLS for loopback servers: a certificate for "localhost" that signs itself, made for the run. */
#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "../unit.h"

static inline void
loopback_tls_extend(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    REQUIRE(extension != NULL && X509_add_ext(cert, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* Makes a context with key and certificate and writes the certificate to path. */
static inline SSL_CTX *
loopback_tls_new(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    FILE *file = fopen(path, "w");

    REQUIRE(key != NULL && cert != NULL && ctx != NULL && file != NULL);
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_NAME_add_entry_by_txt(
        name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(cert, name);
    X509_set_pubkey(cert, key);
    loopback_tls_extend(cert, NID_subject_alt_name, "DNS:localhost");
    loopback_tls_extend(cert, NID_basic_constraints, "critical,CA:TRUE");
    REQUIRE(X509_sign(cert, key, EVP_sha256()) > 0);
    REQUIRE(PEM_write_X509(file, cert) == 1 && fclose(file) == 0);
    REQUIRE(SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}
