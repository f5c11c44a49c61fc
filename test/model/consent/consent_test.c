/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered consents. */
#define UNIT consent
#include "../fixture.h"

#include "model/removal/removal.h"
#include "model/consent/consent.h"

struct scene {
    struct fixture *fx;
    struct consent consent;
};

static struct scene
new_scene(void)
{
    struct fixture *fx = fixture_open();

    return (struct scene){fx, {fixture_user(fx, S("ann@x.test"), NO_STR), fixture_id(fx), NO_STR,
                                  S("https://x.test/cb")}};
}

static struct consent
asking(const struct scene *s, const char *scope)
{
    struct consent consent = s->consent;

    consent.scope = str_from(scope);
    return consent;
}

static bool
holds(const struct scene *s, const struct tenant *tenant, const struct consent *consent)
{
    struct rq *rq = fixture_rq(s->fx);
    bool ok;

    REQUIRE(consent_holds(rq, tenant, consent, &ok) == ERR_OK);
    fixture_done(rq);
    return ok;
}

static void
allow(const struct scene *s, const char *scope, int64_t ttl_s)
{
    struct rq *rq = fixture_rq(s->fx);
    struct consent consent = asking(s, scope);

    REQUIRE(consent_remember(rq, s->fx->tenant, &consent, ttl_s) == ERR_OK);
    fixture_finish(rq);
}

TEST(all_of_the_scope_must_have_been_allowed)
{
    /* clang-format off */
    static const struct { int line; const char *scope; bool holds; } cases[] = {
        {__LINE__, "openid", true},
        {__LINE__, "email", true},
        {__LINE__, "email openid", true},
        {__LINE__, "openid  email", true},
        {__LINE__, "openid profile", false},
        {__LINE__, "mail", false},
        {__LINE__, "openid email x", false},
    };
    /* clang-format on */
    struct scene s = new_scene();

    EXPECT(!holds(&s, s.fx->tenant, &s.consent));
    allow(&s, "openid email", 100);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct consent consent = asking(&s, cases[i].scope);
        CHECK_AT(cases[i].line, holds(&s, s.fx->tenant, &consent) == cases[i].holds);
    }
    fixture_close(s.fx);
}

TEST(scopes_are_added_while_the_address_stays)
{
    struct scene s = new_scene();
    struct consent both = asking(&s, "openid email");

    allow(&s, "openid", 100);
    allow(&s, "email openid", 100);
    EXPECT(holds(&s, s.fx->tenant, &both));
    EXPECT(fixture_count(s.fx, "consent") == 1);
    fixture_close(s.fx);
}

/* OA-91: consent given for one address is not used for another, and does not grow across. */
TEST(another_redirect_address_asks_again_and_starts_anew)
{
    struct scene s = new_scene();
    struct consent openid, email;

    allow(&s, "openid email", 100);
    s.consent.redirect_uri = S("https://x.test/cb2");
    openid = asking(&s, "openid");
    email = asking(&s, "email");
    EXPECT(!holds(&s, s.fx->tenant, &openid));
    allow(&s, "openid", 100);
    EXPECT(holds(&s, s.fx->tenant, &openid) && !holds(&s, s.fx->tenant, &email));
    fixture_close(s.fx);
}

TEST(a_consent_is_the_persons_the_applications_and_the_tenants)
{
    struct scene s = new_scene();
    struct consent mine = asking(&s, "openid"), other = mine;

    allow(&s, "openid", 100);
    EXPECT(holds(&s, s.fx->tenant, &mine) && !holds(&s, s.fx->other, &mine));
    other.user_id = fixture_user(s.fx, S("bo@x.test"), NO_STR);
    EXPECT(!holds(&s, s.fx->tenant, &other));
    other = mine;
    other.application_id = fixture_id(s.fx);
    EXPECT(!holds(&s, s.fx->tenant, &other));
    fixture_close(s.fx);
}

TEST(a_consent_expires_and_what_expired_does_not_come_back)
{
    struct scene s = new_scene();
    struct consent openid = asking(&s, "openid"), email = asking(&s, "email");
    struct rq *rq;
    size_t count;

    allow(&s, "openid", 100);
    s.fx->now += 100 * SECOND_MS - 1;
    EXPECT(holds(&s, s.fx->tenant, &openid));
    s.fx->now += 1;
    EXPECT(!holds(&s, s.fx->tenant, &openid));
    allow(&s, "email", 100);
    EXPECT(holds(&s, s.fx->tenant, &email) && !holds(&s, s.fx->tenant, &openid));
    s.fx->now += 200 * SECOND_MS;
    rq = fixture_rq(s.fx);
    REQUIRE(consent_sweep(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(s.fx, "consent") == 0);
    fixture_close(s.fx);
}

TEST(a_withdrawn_consent_is_none)
{
    struct scene s = new_scene();
    struct consent openid = asking(&s, "openid");
    struct rq *rq = fixture_rq(s.fx);

    allow(&s, "openid", 100);
    consent_withdraw(rq, s.fx->other, openid.user_id, openid.application_id);
    fixture_finish(rq);
    EXPECT(holds(&s, s.fx->tenant, &openid));
    rq = fixture_rq(s.fx);
    consent_withdraw(rq, s.fx->tenant, openid.user_id, openid.application_id);
    fixture_finish(rq);
    EXPECT(!holds(&s, s.fx->tenant, &openid));
    fixture_close(s.fx);
}

TEST(consents_end_with_their_user_application_or_tenant)
{
    struct scene s = new_scene();
    struct fixture *fx = s.fx;
    struct rq *rq;

    for (int i = 0; i < 3; i++) {
        allow(&s, "openid", 100);
        rq = fixture_rq(fx);
        if (i == 0) {
            consent_forget_user(rq, fx->tenant, s.consent.user_id);
        } else if (i == 1) {
            removal_begin(rq, (struct removal){fx->tenant->id, s.consent.application_id});
        } else {
            REQUIRE(tenant_delete(rq, fx->tenant) == ERR_OK);
        }
        EXPECT(fixture_count(fx, "consent") == 1);
        fixture_finish(rq);
        fixture_remove_ended(fx);
        EXPECT(fixture_count(fx, "consent") == 0);
    }
    fixture_close(fx);
}
