/* SPDX-License-Identifier: Apache-2.0 */
/* WebAuthn Level 3 s7.1 and s7.2, a lie for each step. */
#define UNIT passkey_judge
#include "authenticator.h"

#include "codec/webauthn.h"
#include "webauthn_vectors.h"

static struct arena *arena;
static struct unit_rng rng;
static const str origins[] = {S_INIT("https://id.example.com"), S_INIT("http://localhost:9011")};
static const struct passkey_ceremony ceremony = {.rp_id = S_INIT("example.com"),
    .origins = origins,
    .origin_count = COUNT(origins),
    .challenge = S_INIT("Y2hhbGxlbmdl"),
    .needs_verification = true};
static const struct lie truth;

static void
start(void)
{
    REQUIRE(crypto_init());
    arena = arena_new(MB(16));
    rng = unit_rng_new(3);
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(passkey_judge, .init = start, .fini = end);

static const char *
step_of(const struct passkey_refusal *refusal)
{
    return refusal ? refusal->step : "";
}

static struct passkey
enrol(struct authenticator *a)
{
    struct passkey_registration response = authenticator_create(a, &ceremony, &truth);
    struct passkey passkey = {.name = S("kept")};
    const struct passkey_refusal *refusal =
        passkey_judge_registration(arena, &ceremony, &response, &passkey);

    cr_assert(refusal == NULL, "%s", step_of(refusal));
    return passkey;
}

TEST(every_algorithm_registers_and_asserts_and_no_flipped_bit_passes)
{
    static const int64_t algs[] = {-7, -8, -35, -36, -257, -37, -258, -38, -259, -39};

    for (size_t i = 0; i < COUNT(algs); i++) {
        struct authenticator a = authenticator_new(arena, &rng.rng, algs[i]);
        struct passkey passkey = enrol(&a), copy = passkey;
        struct passkey_assertion good = authenticator_get(&a, &ceremony, &truth);

        EXPECT(passkey.algorithm == algs[i] && passkey.sign_count == 1
               && passkey.supports_verification);
        EXPECT(passkey.backup == PASSKEY_OF_DEVICE && passkey.attestation == PASSKEY_NONE);
        EXPECT_STR(passkey.name, S("kept"));
        EXPECT_STR(passkey.credential_id, authenticator_id(&a));
        EXPECT(passkey_judge_assertion(arena, &ceremony, &good, &copy) == NULL
               && copy.sign_count == 2);
        for (size_t at = 0; at < good.data.n; at += algs[i] < -100 ? 9 : 1) {
            struct passkey_assertion bad = good;
            bad.data = bytes_dup(arena, good.data);
            ((uint8_t *)(uintptr_t)bad.data.p)[at] ^=
                0x20; /* of the flags a reserved bit: signed, too */
            copy = passkey;
            cr_expect(
                passkey_judge_assertion(arena, &ceremony, &bad, &copy) != NULL, "byte %zu", at);
            EXPECT(copy.sign_count == 1);
        }
        sign_key_unref(a.key);
    }
}

TEST(webauthn_7_1_each_step_of_a_registration)
{
    static const struct {
        int line;
        struct lie lie;
        const char *step;
    } cases[] = {
        {__LINE__, {.origin = "http://localhost:9011"}, ""},
        {__LINE__, {.more = ",\"x\":{}"}, ""},
        {__LINE__, {.more = "}"}, "s7.1 step 6"},
        {__LINE__, {.type = "webauthn.get"}, "s7.1 step 7"},
        {__LINE__, {.type = "webauthn.Create"}, "s7.1 step 7"},
        {__LINE__, {.challenge = ""}, "s7.1 step 8"},
        {__LINE__, {.challenge = "Y2hhbGxlbmdk"}, "s7.1 step 8"},
        {__LINE__, {.challenge = "Y2hhbGxlbmdlAA"}, "s7.1 step 8"},
        {__LINE__, {.origin = ""}, "s7.1 step 9"},
        {__LINE__, {.origin = "https://ID.example.com"}, "s7.1 step 9"},
        {__LINE__, {.origin = "https://id.example.com:443"}, "s7.1 step 9"},
        {__LINE__, {.origin = "https://id.example.com/"}, "s7.1 step 9"},
        {__LINE__, {.origin = "http://id.example.com"}, "s7.1 step 9"},
        {__LINE__, {.origin = "https://example.com"}, "s7.1 step 9"},
        {__LINE__, {.origin = "https://a.id.example.com"}, "s7.1 step 9"},
        {__LINE__, {.more = ",\"crossOrigin\":true"}, "s7.1 step 10"},
        {__LINE__, {.more = ",\"topOrigin\":\"https://a.example\""}, "s7.1 step 10"},
        {__LINE__, {.rp_id = "id.example.com"}, "s7.1 step 14"},
        {__LINE__, {.rp_id = "com"}, "s7.1 step 14"},
        {__LINE__, {.flags = FLAG_UV}, "s7.1 step 15"},
        {__LINE__, {.flags = FLAG_UP}, "s7.1 step 16"},
        {__LINE__, {.flags = FLAG_UP | FLAG_UV | FLAG_BS}, "s7.1 step 17"},
        {__LINE__, {.flags = FLAG_UP | FLAG_UV | FLAG_BE | FLAG_BS}, ""},
        {__LINE__, {.format = "packed"}, ""},
        {__LINE__, {.format = "packed", .is_signed_wrongly = true}, "s7.1 step 22"},
        {__LINE__, {.format = "Packed"}, "s7.1 step 22"},
        {__LINE__, {.format = "tpm"}, "s7.1 step 22"},
    };
    struct authenticator a = authenticator_new(arena, &rng.rng, -7);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct passkey_registration response = authenticator_create(&a, &ceremony, &cases[i].lie);
        struct passkey passkey = {.name = S("kept")};
        const struct passkey_refusal *refusal =
            passkey_judge_registration(arena, &ceremony, &response, &passkey);
        cr_expect(strcmp(step_of(refusal), cases[i].step) == 0, "row of line %d: %s", cases[i].line,
            step_of(refusal));
        CHECK_AT(cases[i].line, (refusal == NULL) == (passkey.public_key.n != 0));
    }
    sign_key_unref(a.key);
}

TEST(webauthn_7_1_the_id_is_the_one_that_was_attested)
{
    struct authenticator a = authenticator_new(arena, &rng.rng, -7);
    struct passkey_registration response = authenticator_create(&a, &ceremony, &truth);
    struct passkey passkey = {.name = NO_STR};

    response.id = S("AAAA");
    EXPECT(
        strcmp(step_of(passkey_judge_registration(arena, &ceremony, &response, &passkey)), "s5.1")
        == 0);
    response.attestation.n--;
    EXPECT(strcmp(step_of(passkey_judge_registration(arena, &ceremony, &response, &passkey)),
               "s7.1 step 13")
           == 0);
    sign_key_unref(a.key);
}

TEST(webauthn_7_2_each_step_of_an_assertion)
{
    static const struct {
        int line;
        struct lie lie;
        const char *step;
    } cases[] = {
        {__LINE__, {.counter = 8}, ""},
        {__LINE__, {.counter = UINT32_MAX - 1}, ""},
        {__LINE__, {.counter = 7}, "s7.2 step 22"},
        {__LINE__, {.counter = 6}, "s7.2 step 22"},
        {__LINE__, {.counter = UINT32_MAX}, "s7.2 step 22"}, /* 0 */
        {__LINE__, {.more = "}"}, "s7.2 step 9"},
        {__LINE__, {.type = "webauthn.create"}, "s7.2 step 10"},
        {__LINE__, {.challenge = "Y2hhbGxlbmdk"}, "s7.2 step 11"},
        {__LINE__, {.origin = "https://evil.example"}, "s7.2 step 12"},
        {__LINE__, {.more = ",\"crossOrigin\":true"}, "s7.2 step 13"},
        {__LINE__, {.rp_id = "id.example.com"}, "s7.2 step 15"},
        {__LINE__, {.flags = FLAG_UV | FLAG_BE}, "s7.2 step 16"},
        {__LINE__, {.flags = FLAG_UP | FLAG_BE}, "s7.2 step 17"},
        {__LINE__, {.flags = FLAG_UP | FLAG_UV | FLAG_BS}, "s7.2 step 18"},
        {__LINE__, {.flags = FLAG_UP | FLAG_UV}, "s7.2 step 19"},
        {__LINE__, {.flags = FLAG_UP | FLAG_UV | FLAG_BE | FLAG_BS}, ""},
        {__LINE__, {.flags = FLAG_UP | FLAG_UV | FLAG_BE | FLAG_AT}, "s7.2 step 7"},
        {__LINE__, {.is_signed_wrongly = true}, "s7.2 step 21"},
    };
    struct authenticator a = authenticator_new(arena, &rng.rng, -7);
    struct passkey passkey;

    a.flags |= FLAG_BE;
    passkey = enrol(&a);
    a.counter = 7;
    passkey.sign_count = 7;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct passkey_assertion response = authenticator_get(&a, &ceremony, &cases[i].lie);
        struct passkey copy = passkey;
        const struct passkey_refusal *refusal =
            passkey_judge_assertion(arena, &ceremony, &response, &copy);
        cr_expect(strcmp(step_of(refusal), cases[i].step) == 0, "row of line %d: %s", cases[i].line,
            step_of(refusal));
        CHECK_AT(cases[i].line, (copy.sign_count > 7) == (refusal == NULL));
        CHECK_AT(
            cases[i].line, (copy.backup == PASSKEY_BACKED_UP)
                               == (cases[i].lie.flags == (FLAG_UP | FLAG_UV | FLAG_BE | FLAG_BS)));
    }
    sign_key_unref(a.key);
}

TEST(verification_is_asked_for_only_where_it_was_required)
{
    struct passkey_ceremony relaxed = ceremony;
    struct authenticator a = authenticator_new(arena, &rng.rng, -8);
    struct lie unverified = {.flags = FLAG_UP};
    struct passkey_registration response = authenticator_create(&a, &relaxed, &unverified);
    struct passkey_assertion assertion;
    struct passkey passkey = {.name = NO_STR};

    relaxed.needs_verification = false;
    REQUIRE(passkey_judge_registration(arena, &relaxed, &response, &passkey) == NULL);
    EXPECT(!passkey.supports_verification);
    assertion = authenticator_get(&a, &relaxed, &unverified);
    EXPECT(passkey_judge_assertion(arena, &relaxed, &assertion, &passkey) == NULL);
    sign_key_unref(a.key);
}

TEST(webauthn_7_2_step_6_the_handle_is_the_owners_unless_the_key_came_from_elsewhere)
{
    struct authenticator a = authenticator_new(arena, &rng.rng, -7);
    struct passkey passkey = enrol(&a);
    static const char *const handles[] = {
        "6f0a0f4e-9f0e-4c9b-8a55-b6a3f8d3c001", "6f0a0f4e-9f0e-4c9b-8a55-b6a3f8d3c002", ""};

    REQUIRE(uuid_parse(str_from(handles[0]), &passkey.user_id));
    for (size_t i = 0; i < COUNT(handles); i++) {
        for (int imported = 0; imported < 2; imported++) {
            struct passkey_assertion response = authenticator_get(&a, &ceremony, &truth);
            struct passkey copy = passkey;
            response.user_handle = str_bytes(str_from(handles[i]));
            copy.is_imported = imported;
            copy.sign_count = 0;
            EXPECT((passkey_judge_assertion(arena, &ceremony, &response, &copy) == NULL)
                   == (i != 1 || imported));
        }
    }
    sign_key_unref(a.key);
}

TEST(webauthn_7_2_step_19_an_imported_key_says_for_the_first_time_whether_it_may_be_backed_up)
{
    struct authenticator a = authenticator_new(arena, &rng.rng, -7);
    struct passkey passkey = enrol(&a);
    struct lie eligible = {.flags = FLAG_UP | FLAG_UV | FLAG_BE};
    struct passkey_assertion response = authenticator_get(&a, &ceremony, &eligible);

    passkey.backup = PASSKEY_UNKNOWN;
    EXPECT(passkey_judge_assertion(arena, &ceremony, &response, &passkey) == NULL);
    EXPECT(passkey.backup == PASSKEY_MAY_BE_BACKED_UP);
    response = authenticator_get(&a, &ceremony, &truth);
    EXPECT(passkey_judge_assertion(arena, &ceremony, &response, &passkey) != NULL);
    sign_key_unref(a.key);
}

TEST(webauthn_5_4_3_the_handle_of_a_person)
{
    struct uuid id;

    REQUIRE(uuid_parse(S("703fe2d2-2d39-4cb7-b76d-0b9918ed2457"), &id));
    EXPECT_STR(
        passkey_user_handle(arena, id), S("NzAzZmUyZDItMmQzOS00Y2I3LWI3NmQtMGI5OTE4ZWQyNDU3"));
}

static bytes
from_hex(const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = strlen(hex) / 2;
    uint8_t *p = arena_alloc(arena, n);

    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4
                         | (strchr(digits, hex[2 * i + 1]) - digits));
    }
    return (bytes){p, n};
}

/* The challenge as the client data has it: what is in it is not what these tests are about. */
static struct passkey_ceremony
ceremony_of(bytes client_data)
{
    static const str origin = S_INIT("https://example.org");
    struct webauthn_client client;

    REQUIRE(webauthn_read_client(arena, client_data, &client));
    return (struct passkey_ceremony){.rp_id = S("example.org"),
        .origins = &origin,
        .origin_count = 1,
        .challenge = client.challenge};
}

static bytes
flipped(bytes b, size_t at)
{
    bytes copy = bytes_dup(arena, b);

    ((uint8_t *)(uintptr_t)copy.p)[at] ^= 1;
    return copy;
}

TEST(webauthn_16_published_vectors_hold_and_none_with_a_flipped_bit_does)
{
    for (size_t i = 0; i < COUNT(webauthn_vectors); i++) {
        const struct webauthn_vector *v = &webauthn_vectors[i];
        struct passkey_registration made = {
            .client_data = from_hex(v->new_client), .attestation = from_hex(v->new_object)};
        struct passkey_assertion used = {.client_data = from_hex(v->client),
            .data = from_hex(v->data),
            .signature = from_hex(v->signature)};
        struct passkey_ceremony first = ceremony_of(made.client_data),
                                second = ceremony_of(used.client_data);
        struct webauthn_attestation object;
        struct passkey passkey = {.name = NO_STR}, copy;
        const struct passkey_refusal *refusal;

        REQUIRE(webauthn_read_attestation(arena, made.attestation, &object));
        made.id = base64url_text(arena, object.data.credential_id);
        refusal = passkey_judge_registration(arena, &first, &made, &passkey);
        cr_assert(refusal == NULL, "%s: %s", v->name, step_of(refusal));
        EXPECT(passkey.attestation == v->attestation && !passkey.supports_verification);
        copy = passkey;
        refusal = passkey_judge_assertion(arena, &second, &used, &copy);
        cr_assert(refusal == NULL, "%s: %s", v->name, step_of(refusal));
        for (size_t at = 0; at < used.data.n + used.signature.n; at++) {
            struct passkey_assertion bad = used;
            if (at < used.data.n) {
                bad.data = flipped(used.data, at);
            } else {
                bad.signature = flipped(used.signature, at - used.data.n);
            }
            copy = passkey;
            cr_expect(passkey_judge_assertion(arena, &second, &bad, &copy) != NULL, "%s: byte %zu",
                v->name, at);
        }
        second.needs_verification = true;
        copy = passkey;
        EXPECT(
            strcmp(step_of(passkey_judge_assertion(arena, &second, &used, &copy)), "s7.2 step 17")
            == 0);
    }
}
