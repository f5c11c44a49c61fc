/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the XML of an answer, for one who opens encrypted assertions and one who does not. Nobody has the key of the answers in the corpus any more, and they all say the same:
 * so whatever is believed says just that, or something was believed that nobody signed. */
#include "base/arena.h"
#include "codec/base64.h"
#include "crypto/hash.h"
#include "model/saml/saml_internal.h"
#include "model/saml/saml_sample.h"

/* Whether somebody signed it is up to the corpus; the same words in another place are nobody's. */
static void
check_answer(const struct saml_answer *answer)
{
    CHECK(str_eq(answer->id, S("_a")));
    CHECK(str_eq(answer->issuer, S("urn:them")));
    CHECK(str_eq(answer->request, S("_q")));
    CHECK(str_eq(answer->name_id, S("ada")));
    CHECK(str_eq(answer->attributes_text, S(SAML_SAMPLE_ATTRIBUTES)));
    CHECK(answer->address == 1 && answer->ends_ms > SAML_SAMPLE_NOW);
}

/* No document is too much for the memory it may take. */
static void
check(struct arena *arena, const struct saml_rules *rules, bytes xml)
{
    struct saml_answer answer;
    enum saml_fault fault = saml_read(arena, rules, base64_text(arena, xml), &answer);

    CHECK(fault != SAML_FAILED);
    if (fault == SAML_FINE) {
        check_answer(&answer);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct sign_key *key, *opener;
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    struct saml_rules rules;
    int64_t instant;

    if (key == NULL) {
        CHECK(crypto_init());
        key = saml_sample_key();
        opener = saml_sample_opener();
    }
    CHECK(arena != NULL && key != NULL && opener != NULL);
    rules = saml_sample_rules(&key);
    check(arena, &rules, (bytes){data, n});
    rules.decrypts = opener;
    check(arena, &rules, (bytes){data, n});
    if (saml_instant((str){(const char *)data, n}, &instant)) {
        CHECK(instant >= 0 && n >= sizeof "1970-01-01T00:00:00Z" - 1);
    }
    return 0;
}
