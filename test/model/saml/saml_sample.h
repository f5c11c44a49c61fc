/* SPDX-License-Identifier: Apache-2.0 */
/* The provider whose answers are in test/corpus/saml: its key (the private part was thrown away), and what a service
 * provider called urn:us believes of it at the time they were made. */
#pragma once
#include "crypto/sign.h"
#include "model/saml/saml.h"

#define SAML_SAMPLE_NOW 1700000000000
#define SAML_SAMPLE_ATTRIBUTES "{\"email\":\"ada@x.test\",\"group\":[\"a\",\"b\"]}"

static inline struct sign_key *
saml_sample_key(void)
{
    return sign_key_from_pem(
        SIGN_ES256, S("-----BEGIN PUBLIC KEY-----\n"
                      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEndJptYBNrlleaaj1IXrV4idCsTeq\n"
                      "1HzGqHvcqN34WYZUPfjngNzDRi1Bw3AVLWpJDB9MVtFg8D7b/GmnY3RNxA==\n"
                      "-----END PUBLIC KEY-----\n"));
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
