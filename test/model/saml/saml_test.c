/* SPDX-License-Identifier: Apache-2.0 */
/* What is believed of an answer, over the answers of test/corpus/saml; every rule is broken once in test/e2e/saml_test.mjs,
 * where there is somebody who can sign. */
#define UNIT saml
#include "test/unit.h"

#include <stdio.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "model/saml/saml_internal.h"
#include "saml_sample.h"

static str
read_sample(struct arena *arena, const char *name)
{
    char path[512], *to = arena_alloc(arena, KB(16));
    size_t n;
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    file = fopen(path, "rb");
    REQUIRE(file != NULL && to != NULL);
    n = fread(to, 1, KB(16), file);
    (void)fclose(file);
    return base64_text(arena, (bytes){(const uint8_t *)to, n});
}

struct house {
    struct arena *arena;
    struct sign_key *key;
    struct saml_rules rules;
};

static struct house *
open_house(void)
{
    static struct house house;

    REQUIRE(crypto_init());
    house.arena = arena_new(MB(16));
    house.key = saml_sample_key();
    house.rules = saml_sample_rules(&house.key);
    REQUIRE(house.arena != NULL && house.key != NULL);
    return &house;
}

static void
close_house(struct house *house)
{
    arena_free(house->arena);
    sign_key_unref(house->key);
}

TEST(saml_core_5_4_signed_is_what_is_read_and_nothing_else)
{
    static const struct {
        int line;
        const char *name;
        enum saml_fault want;
    } cases[] = {
        {__LINE__, "assertion_signed", SAML_FINE},
        {__LINE__, "response_signed", SAML_FINE},
        {__LINE__, "both_signed", SAML_FINE},
        {__LINE__, "prefix_list", SAML_FINE},
        {__LINE__, "unsigned", SAML_UNSIGNED},
        {__LINE__, "changed", SAML_BAD_DIGEST},
        {__LINE__, "forged_before", SAML_MISSHAPEN},
        {__LINE__, "forged_around", SAML_MISSHAPEN},
        {__LINE__, "forged_in_extensions", SAML_MISSHAPEN},
        {__LINE__, "in_object", SAML_MISSHAPEN},
        {__LINE__, "failed", SAML_UNSUCCESSFUL},
        {__LINE__, "doctype", SAML_UNREADABLE},
        {__LINE__, "encrypted_gcm", SAML_ENCRYPTED},
    };
    struct house *h = open_house();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct saml_answer answer = {.id = S("unchanged")};
        enum saml_fault got =
            saml_read(h->arena, &h->rules, read_sample(h->arena, cases[i].name), &answer);
        CHECK_AT(cases[i].line, got == cases[i].want);
        CHECK_AT(cases[i].line, str_eq(answer.id, got == SAML_FINE ? S("_a") : S("unchanged")));
        CHECK_AT(cases[i].line, (saml_fault_text(got).n > 0) == (got != SAML_FINE));
    }
    close_house(h);
}

TEST(sa_24_whoever_opens_assertions_takes_no_others_and_cbc_of_signed_responses_only)
{
    static const struct {
        int line;
        const char *name;
        enum saml_fault want;
    } cases[] = {
        {__LINE__, "encrypted_gcm", SAML_FINE},
        {__LINE__, "encrypted_beside", SAML_FINE},
        {__LINE__, "encrypted_cbc", SAML_FINE},
        {__LINE__, "encrypted_cbc_unsigned", SAML_SEALED},
        {__LINE__, "both_signed", SAML_UNENCRYPTED},
        {__LINE__, "failed", SAML_UNSUCCESSFUL},
    };
    struct house *h = open_house();
    struct sign_key *opener = saml_sample_opener();

    h->rules.decrypts = opener;
    REQUIRE(opener != NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct saml_answer answer;
        enum saml_fault got =
            saml_read(h->arena, &h->rules, read_sample(h->arena, cases[i].name), &answer);
        CHECK_AT(cases[i].line, got == cases[i].want);
        CHECK_AT(cases[i].line, got != SAML_FINE || str_eq(answer.name_id, S("ada")));
    }
    sign_key_unref(opener);
    close_house(h);
}

TEST(an_answer_is_taken_whole)
{
    struct house *h = open_house();
    struct saml_answer answer;

    REQUIRE(
        saml_read(h->arena, &h->rules, read_sample(h->arena, "both_signed"), &answer) == SAML_FINE);
    EXPECT_STR(answer.issuer, S("urn:them"));
    EXPECT_STR(answer.request, S("_q"));
    EXPECT_STR(answer.name_id, S("ada"));
    EXPECT_STR(answer.name_id_format, S("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"));
    EXPECT_STR(answer.attributes_text, S(SAML_SAMPLE_ATTRIBUTES));
    EXPECT(answer.attributes != NULL && answer.attributes->count == 2);
    EXPECT(answer.address == 1);
    EXPECT(answer.ends_ms == SAML_SAMPLE_NOW + 60000 + 120000);
    close_house(h);
}

struct change { /* of the rules */
    int line;
    int64_t later_ms;
    str audience, issuer;
    size_t addresses, keys;
    enum saml_fault want;
};

TEST(sa_19_sa_20_sa_23_rules_are_the_services_own)
{
    /* clang-format off */
    static const struct change cases[] = {
        { __LINE__, 0,      S_INIT("urn:us"), S_INIT("urn:them"), 2, 1, SAML_FINE },
        { __LINE__, 0,      S_INIT("urn:us"), S_INIT(""),         0, 1, SAML_FINE },
        { __LINE__, 119999, S_INIT("urn:us"), S_INIT(""),         2, 1, SAML_FINE },
        { __LINE__, 120000, S_INIT("urn:us"), S_INIT(""),         2, 1, SAML_BAD_TIME },
        { __LINE__, -65000, S_INIT("urn:us"), S_INIT(""),         2, 1, SAML_FINE },
        { __LINE__, -65001, S_INIT("urn:us"), S_INIT(""),         2, 1, SAML_BAD_TIME },
        { __LINE__, 0,      S_INIT("urn:US"), S_INIT(""),         2, 1, SAML_BAD_AUDIENCE },
        { __LINE__, 0,      S_INIT(""),       S_INIT(""),         2, 1, SAML_BAD_AUDIENCE },
        { __LINE__, 0,      S_INIT("urn:us"), S_INIT("urn:the"),  2, 1, SAML_BAD_ISSUER },
        { __LINE__, 0,      S_INIT("urn:us"), S_INIT(""),         1, 1, SAML_BAD_ADDRESS },
        { __LINE__, 0,      S_INIT("urn:us"), S_INIT(""),         2, 0, SAML_BAD_KEY },
    };
    /* clang-format on */
    struct house *h = open_house();
    str text = read_sample(h->arena, "both_signed");

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct saml_rules rules = h->rules;
        struct saml_answer answer;
        rules.now_ms += cases[i].later_ms;
        rules.audience = cases[i].audience;
        rules.issuer = cases[i].issuer;
        rules.address_count = cases[i].addresses;
        rules.key_count = cases[i].keys;
        CHECK_AT(cases[i].line, saml_read(h->arena, &rules, text, &answer) == cases[i].want);
    }
    close_house(h);
}

#define CONFIRMED(until)                                                                           \
    "<SubjectConfirmation Method='urn:oasis:names:tc:SAML:2.0:cm:bearer'><SubjectConfirmationData" \
    " NotOnOrAfter='2023-11-14T" until "Z' Recipient='u:here'/></SubjectConfirmation>"

TEST(sa_21_an_assertion_is_remembered_until_its_last_confirmation_ends)
{
    static const str text =
        S_INIT("<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion' ID='a'><Issuer>i</Issuer>"
               "<Subject>" CONFIRMED("22:13:30") CONFIRMED("23:13:20")
                   CONFIRMED("22:13:40") "</Subject><Conditions><AudienceRestriction><Audience>us</"
                                         "Audience></AudienceRestriction>"
                                         "</Conditions><AuthnStatement/></Assertion>");
    struct house *h = open_house();
    const struct saml_rules rules = {.audience = S("us"), .now_ms = 1700000000000};
    struct saml_answer answer = {.ends_ms = 0};
    const struct xml *root;

    REQUIRE(xml_parse(h->arena, text, &root));
    REQUIRE(saml_read_assertion(h->arena, &rules, root, &answer) == SAML_FINE);
    EXPECT(answer.ends_ms == 1700000000000 + 3600000 + 120000);
    close_house(h);
}

TEST(saml_core_1_3_3_instants_are_in_utc)
{
    /* clang-format off */
    static const struct { int line; str text; int64_t want; } cases[] = {
        { __LINE__, S_INIT("1970-01-01T00:00:00Z"), 0 },                  { __LINE__, S_INIT("2023-11-14T22:13:20Z"), 1700000000000 },
        { __LINE__, S_INIT("2023-11-14T22:13:20.5Z"), 1700000000500 },    { __LINE__, S_INIT("2023-11-14T22:13:20.123456789Z"), 1700000000123 },
        { __LINE__, S_INIT("2024-02-29T23:59:59Z"), 1709251199000 },      { __LINE__, S_INIT("2000-02-29T00:00:00Z"), 951782400000 },
        { __LINE__, S_INIT("9999-12-31T23:59:59.999Z"), 253402300799999 }, { __LINE__, S_INIT("2023-02-29T00:00:00Z"), -1 },
        { __LINE__, S_INIT("2100-02-29T00:00:00Z"), -1 },                 { __LINE__, S_INIT("2023-13-01T00:00:00Z"), -1 },
        { __LINE__, S_INIT("2023-00-01T00:00:00Z"), -1 },                 { __LINE__, S_INIT("2023-01-00T00:00:00Z"), -1 },
        { __LINE__, S_INIT("2023-01-01T24:00:00Z"), -1 },                 { __LINE__, S_INIT("2023-01-01T00:60:00Z"), -1 },
        { __LINE__, S_INIT("2023-01-01T00:00:60Z"), -1 },                 { __LINE__, S_INIT("1969-12-31T23:59:59Z"), -1 },
        { __LINE__, S_INIT("2023-01-01T00:00:00"), -1 },                  { __LINE__, S_INIT("2023-01-01T00:00:00+00:00"), -1 },
        { __LINE__, S_INIT("2023-01-01T00:00:00.Z"), -1 },                { __LINE__, S_INIT("2023-01-01 00:00:00Z"), -1 },
        { __LINE__, S_INIT("2023-1-1T00:00:00Z"), -1 },                   { __LINE__, S_INIT("12023-01-01T00:00:00Z"), -1 },
        { __LINE__, S_INIT("2023-01-01T00:00:00ZZ"), -1 },                { __LINE__, S_INIT(""), -1 },
        { __LINE__, S_INIT("-2023-01-01T00:00:00Z"), -1 },                { __LINE__, S_INIT("2023-01-01T00:00:0"), -1 },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t got = -1;
        CHECK_AT(cases[i].line, saml_instant(cases[i].text, &got) == (cases[i].want >= 0));
        CHECK_AT(cases[i].line, got == cases[i].want);
    }
}

TEST(no_memory_lets_nobody_in)
{
    struct house *h = open_house();
    str text = read_sample(h->arena, "both_signed");
    struct saml_answer answer;
    bool is_done = false;

    for (long n = 0; n < 4000 && !is_done; n++) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(8));
        arena_fail_after(n);
        is_done = saml_read(arena, &h->rules, text, &answer) == SAML_FINE;
        arena_fail_after(-1);
        EXPECT(n > 5 || !is_done);
    }
    EXPECT(is_done);
    close_house(h);
}
