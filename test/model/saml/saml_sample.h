/* SPDX-License-Identifier: Apache-2.0 */
/* The provider whose answers are in test/corpus/saml: its key (the private part was thrown away), the key that it encrypts
 * for, and what a service provider called urn:us believes of it at the time they were made. */
#pragma once
#include "crypto/sign.h"
#include "../../crypto/sign_key_pem.h"
#include "model/saml/saml.h"

#define SAML_SAMPLE_NOW 1700000000000
#define SAML_SAMPLE_ATTRIBUTES "{\"email\":\"ada@x.test\",\"group\":[\"a\",\"b\"]}"

static inline struct sign_key *
saml_sample_key(void)
{
    return sign_key_from_pem(
        SIGN_ES256, S("-----BEGIN PUBLIC KEY-----\n"
                      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEwWuOMz6F4lmj5Xu22luV8A8YAiU\n"
                      "s6sgbsJhm8DHRwg25lnQtNyfkggmlCXmHBVJ13UdstsWqj4CR+N2u+6K4Q==\n"
                      "-----END PUBLIC KEY-----\n"));
}

static inline struct sign_key *
saml_sample_opener(void)
{
    return sign_key_from_pem(SIGN_RS256, str_from(pem_rsa_pkcs1));
}

static inline struct saml_rules
saml_sample_rules(struct sign_key *const *key)
{
    static const str addresses[] = {S_INIT("urn:elsewhere"), S_INIT("urn:acs")};

    return (struct saml_rules){.keys = key,
        .key_count = 1,
        .audience = S("urn:us"),
        .addresses = addresses,
        .address_count = COUNT(addresses),
        .now_ms = SAML_SAMPLE_NOW};
}
