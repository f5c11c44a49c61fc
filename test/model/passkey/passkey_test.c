/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys stored: sealed, found, used, ended. */
#define UNIT passkey
#include "../fixture.h"

#include "model/passkey/passkey.h"

static struct passkey
example(struct uuid user_id, const char *credential_id)
{
    return (struct passkey){.user_id = user_id,
        .algorithm = -7,
        .attestation = PASSKEY_NONE,
        .credential_id = str_from(credential_id),
        .display_name = S("Anns-own-laptop"),
        .name = S("ann"),
        .public_key = S("-----BEGIN PUBLIC KEY-----"),
        .rp_id = S("localhost"),
        .user_agent = S("Agent/1"),
        .sign_count = 7,
        .backup = PASSKEY_MAY_BE_BACKED_UP};
}

static struct passkey
add(struct fixture *fx, const struct tenant *tenant, struct passkey passkey)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(passkey_add(rq, tenant, &passkey) == ERR_OK);
    fixture_finish(rq);
    return passkey;
}

/* What the request sees, counted; the first one copied. */
static size_t
list(struct fixture *fx, const struct tenant *tenant, struct uuid user_id)
{
    struct rq *rq = fixture_rq(fx);
    struct passkey *items;
    size_t count;

    REQUIRE(passkey_list(rq, tenant, user_id, &items, &count) == ERR_OK);
    fixture_done(rq);
    return count;
}

static bool
is_there(struct fixture *fx, const struct tenant *tenant, const struct passkey *passkey)
{
    struct rq *rq = fixture_rq(fx);
    struct passkey *by_id, *by_credential;

    REQUIRE(passkey_load(rq, tenant, passkey->id, &by_id) == ERR_OK);
    REQUIRE(passkey_find(rq, tenant, passkey->credential_id, &by_credential) == ERR_OK);
    cr_assert((by_id == NULL) == (by_credential == NULL));
    fixture_done(rq);
    return by_id != NULL;
}

TEST(what_was_kept_is_found_by_id_credential_and_person)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR), *tenants;
    struct passkey made = add(fx, fx->tenant, example(ann, "AAAA")), *got;
    struct rq *rq = fixture_rq(fx);
    size_t count;

    add(fx, fx->tenant, example(ann, "BBBB"));
    REQUIRE(passkey_load(rq, fx->tenant, made.id, &got) == ERR_OK && got != NULL);
    EXPECT(uuid_eq(got->user_id, ann) && uuid_eq(got->tenant_id, fx->tenant->id));
    EXPECT(got->algorithm == -7 && got->sign_count == 7 && got->attestation == PASSKEY_NONE);
    EXPECT(got->backup == PASSKEY_MAY_BE_BACKED_UP && !got->is_imported);
    EXPECT(got->insert_instant == made.insert_instant
           && got->last_use_instant == made.last_use_instant);
    EXPECT_STR(got->display_name, S("Anns-own-laptop"));
    EXPECT_STR(got->credential_id, S("AAAA"));
    REQUIRE(passkey_tenants(rq, made.id, 5, &tenants, &count) == ERR_OK && count == 1);
    EXPECT(uuid_eq(tenants[0], fx->tenant->id));
    fixture_done(rq);
    EXPECT(is_there(fx, fx->tenant, &made) && !is_there(fx, fx->other, &made));
    EXPECT(list(fx, fx->tenant, ann) == 2 && list(fx, fx->other, ann) == 0);
    fixture_close(fx);
}

TEST(nothing_of_it_is_readable_at_rest)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);

    add(fx, fx->tenant, example(ann, "Q3JlZGVudGlhbElkT2ZBbm4"));
    EXPECT(fixture_search(fx, "cardea", str_bytes(S("Anns-own-laptop"))) == 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(S("Q3JlZGVudGlhbElkT2ZBbm4"))) == 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(S("CredentialIdOfAnn"))) == 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(S("BEGIN PUBLIC KEY"))) == 0);
    fixture_close(fx);
}

TEST(a_credential_id_is_one_persons_in_a_tenant)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid bob = fixture_user(fx, S("bob@x.test"), NO_STR);
    struct passkey of_bob = example(bob, "AAAA"),
                   of_ann = add(fx, fx->tenant, example(ann, "AAAA"));
    struct rq *rq = fixture_rq(fx);

    REQUIRE(passkey_add(rq, fx->tenant, &of_bob) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    rq = fixture_rq(fx);
    of_bob = example(bob, "BBBB");
    of_bob.id = of_ann.id;
    REQUIRE(passkey_add(rq, fx->tenant, &of_bob) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    EXPECT(list(fx, fx->tenant, bob) == 0 && fixture_count(fx, "passkey") == 1);
    fixture_close(fx);
}

TEST(of_two_uses_that_saw_the_same_counter_one_runs_again)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct passkey before = add(fx, fx->tenant, example(ann, "AAAA"));
    enum err results[2];

    atomic_fetch_add(&fx->now, 1000);
    for (int i = 0; i < 2; i++) {
        struct rq *rq = fixture_rq(fx);
        struct passkey after = before;
        after.sign_count = 8;
        after.backup = PASSKEY_BACKED_UP;
        REQUIRE(passkey_use(rq, fx->tenant, &before, &after) == ERR_OK);
        results[i] = fixture_commit(rq);
        fixture_done(rq);
    }
    EXPECT(results[0] == ERR_OK && results[1] == ERR_AGAIN);
    fixture_close(fx);
}

TEST(it_ends_alone_with_its_person_and_with_its_tenant)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid bob = fixture_user(fx, S("bob@x.test"), NO_STR);
    struct passkey one = add(fx, fx->tenant, example(ann, "AAAA"));
    struct passkey stale = example(ann, "DDDD");
    struct rq *rq = fixture_rq(fx), *late;

    add(fx, fx->tenant, example(ann, "BBBB"));
    add(fx, fx->tenant, example(bob, "CCCC"));
    passkey_remove(rq, &one);
    fixture_finish(rq);
    EXPECT(!is_there(fx, fx->tenant, &one) && list(fx, fx->tenant, ann) == 1);
    rq = fixture_rq(fx);
    passkey_remove(rq, &one);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);

    late = fixture_rq(fx);
    REQUIRE(passkey_add(late, fx->tenant, &stale)
            == ERR_OK); /* read before the end, committed after it */
    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, fixture_load(fx, ann)) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_commit(late) == ERR_AGAIN);
    fixture_done(late);
    EXPECT(fixture_count(fx, "passkey") == 1);
    rq = fixture_rq(fx);
    EXPECT(passkey_add(rq, fx->tenant, &stale) == ERR_NOT_FOUND);
    fixture_done(rq);
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "passkey") == 0);
    fixture_close(fx);
}

TEST(the_relying_party_is_the_host_unless_the_tenant_says_another)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct tenant tenant = *fx->tenant;

    tenant.base_url = tenant.issuer = NO_STR;
    EXPECT_STR(passkey_rp_id(rq, &tenant), S("localhost"));
    EXPECT_STR(passkey_rp_name(&tenant), tenant.name);
    tenant.base_url = S("https://ID.Acme.example:8443");
    tenant.issuer = S("acme.example");
    EXPECT_STR(passkey_rp_id(rq, &tenant), S("id.acme.example"));
    EXPECT_STR(passkey_rp_name(&tenant), S("acme.example"));
    tenant.webauthn.rp_id = S("acme.example");
    tenant.webauthn.rp_name = S("Acme");
    EXPECT_STR(passkey_rp_id(rq, &tenant), S("acme.example"));
    EXPECT_STR(passkey_rp_name(&tenant), S("Acme"));
    fixture_done(rq);
    fixture_close(fx);
}
