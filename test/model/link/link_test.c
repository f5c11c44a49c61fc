/* SPDX-License-Identifier: Apache-2.0 */
/* Links stored: sealed, found by provider and subject, one person each, gone with whom they are of. */
#define UNIT link
#include "../idp/idp_sample.h"

#include "model/link/link.h"

#define PROVIDER                                                                                   \
    "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\",\"defaultKeyId\":"                   \
    "\"11111111-1111-4111-8111-111111111111\"}"

static struct link
example(struct uuid user_id, const char *subject)
{
    return (struct link){.user_id = user_id,
        .subject = str_from(subject),
        .display_name = S("Ann-over-there"),
        .token = S("a-token-of-theirs"),
        .data = S("{\"a\":1}"),
        .idp_type = -1};
}

static enum err
try_add(struct fixture *fx, const struct idp *idp, struct uuid user_id, const char *subject)
{
    struct rq *rq = fixture_rq(fx);
    struct link link = example(user_id, subject);
    enum err e = link_add(rq, fx->tenant, idp, &link);

    e = e ? e : fixture_commit(rq);
    fixture_done(rq);
    return e;
}

static bool
is_there(
    struct fixture *fx, const struct tenant *tenant, const struct idp *idp, const char *subject)
{
    struct rq *rq = fixture_rq(fx);
    struct link *link;

    REQUIRE(link_find(rq, tenant, idp->head.id, str_from(subject), &link) == ERR_OK);
    fixture_done(rq);
    return link != NULL;
}

static size_t
count_of(struct fixture *fx, struct uuid user_id, struct uuid idp_id)
{
    struct rq *rq = fixture_rq(fx);
    struct link *links;
    size_t count;

    REQUIRE(link_of_user(rq, fx->tenant, user_id, idp_id, &links, &count) == ERR_OK);
    fixture_done(rq);
    return count;
}

TEST(what_was_kept_is_found_by_its_provider_and_its_exact_subject)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);
    struct idp *second = idp_stored(fx, fx->tenant, PROVIDER);
    struct rq *rq;
    struct link *got;

    REQUIRE(try_add(fx, idp, ann, "Subject 1") == ERR_OK);
    rq = fixture_rq(fx);
    REQUIRE(link_find(rq, fx->tenant, idp->head.id, S("Subject 1"), &got) == ERR_OK && got);
    EXPECT(uuid_eq(got->user_id, ann) && uuid_eq(got->idp_id, idp->head.id));
    EXPECT_STR(got->subject, S("Subject 1"));
    EXPECT_STR(got->display_name, S("Ann-over-there"));
    EXPECT_STR(got->token, S("a-token-of-theirs"));
    EXPECT_STR(got->data, S("{\"a\":1}"));
    fixture_done(rq);
    EXPECT(!is_there(fx, fx->tenant, idp, "subject 1"));
    EXPECT(!is_there(fx, fx->tenant, second, "Subject 1"));
    EXPECT(!is_there(fx, fx->other, idp, "Subject 1"));
    REQUIRE(try_add(fx, second, ann, "Subject 1") == ERR_OK);
    EXPECT(count_of(fx, ann, (struct uuid){{0}}) == 2 && count_of(fx, ann, idp->head.id) == 1);
    fixture_close(fx);
}

TEST(nothing_of_it_is_readable_at_rest)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);

    REQUIRE(try_add(fx, idp, ann, "subject-nobody-may-read") == ERR_OK);
    EXPECT(fixture_search(fx, "", BYTES_OF("subject-nobody-may-read")) == 0);
    EXPECT(fixture_search(fx, "", BYTES_OF("Ann-over-there")) == 0);
    EXPECT(fixture_search(fx, "", BYTES_OF("a-token-of-theirs")) == 0);
    fixture_close(fx);
}

TEST(somebody_there_is_one_person_here)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid bob = fixture_user(fx, S("bob@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);
    struct rq *one = fixture_rq(fx), *two = fixture_rq(fx);
    struct link a = example(ann, "s"), b = example(bob, "s");

    REQUIRE(link_add(one, fx->tenant, idp, &a) == ERR_OK);
    REQUIRE(link_add(two, fx->tenant, idp, &b) == ERR_OK);
    EXPECT(fixture_commit(one) == ERR_OK && fixture_commit(two) == ERR_AGAIN);
    fixture_done(one);
    fixture_done(two);
    EXPECT(count_of(fx, ann, idp->head.id) == 1 && count_of(fx, bob, idp->head.id) == 0);
    fixture_close(fx);
}

TEST(a_tenants_limit_holds_for_links_that_are_added_at_once)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);
    struct idp_tenant said = {.tenant_id = fx->tenant->id, .limit = {true, 2}};
    struct rq *rqs[4];
    int added = 0;

    idp->tenants = (struct field_list){&said, 1};
    EXPECT(link_limit(idp, fx->tenant) == 2 && link_limit(idp, fx->other) == LINK_MAX_OF_USER);
    for (size_t i = 0; i < COUNT(rqs); i++) {
        struct link link = example(ann, "");
        rqs[i] = fixture_rq(fx);
        link.subject = str_fmt(rqs[i]->arena, "s%zu", i);
        REQUIRE(link_add(rqs[i], fx->tenant, idp, &link) == ERR_OK);
    }
    for (size_t i = 0; i < COUNT(rqs); i++) {
        added += fixture_commit(rqs[i]) == ERR_OK;
        fixture_done(rqs[i]);
    }
    EXPECT(added == 2 && count_of(fx, ann, idp->head.id) == 2);
    fixture_close(fx);
}

TEST(a_sign_in_is_noted_with_what_the_provider_says_now)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);
    struct rq *rq;
    struct link *link;
    int64_t made;

    REQUIRE(try_add(fx, idp, ann, "s") == ERR_OK);
    fx->now += 60000;
    rq = fixture_rq(fx);
    REQUIRE(link_find(rq, fx->tenant, idp->head.id, S("s"), &link) == ERR_OK && link);
    made = link->insert_instant;
    link->display_name = S("Ann now");
    REQUIRE(link_note_login(rq, fx->tenant, link) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(link_find(rq, fx->tenant, idp->head.id, S("s"), &link) == ERR_OK && link);
    EXPECT_STR(link->display_name, S("Ann now"));
    EXPECT(link->insert_instant == made && link->last_login_instant == made + 60000);
    link_remove(rq, fx->tenant, link);
    REQUIRE(fixture_commit(rq) == ERR_OK);
    link_remove(rq, fx->tenant, link);
    EXPECT(fixture_commit(rq) == ERR_AGAIN); /* it is gone */
    fixture_done(rq);
    fixture_close(fx);
}

TEST(links_go_with_their_person_their_provider_and_their_tenant)
{
    enum { OF_USER, OF_PROVIDER, OF_TENANT, ENDS };
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);

    for (int end = 0; end < ENDS; end++) {
        struct rq *rq;
        REQUIRE(try_add(fx, idp, ann, "s") == ERR_OK);
        rq = fixture_rq(fx);
        if (end == OF_USER) {
            link_forget_user(rq, fx->tenant, ann);
        } else if (end == OF_PROVIDER) {
            link_forget_idp(rq, idp->head.id);
        }
        fixture_finish(rq);
        if (end == OF_TENANT) {
            fixture_end_tenant(fx, fx->tenant);
        }
        EXPECT(!is_there(fx, fx->tenant, idp, "s"));
    }
    fixture_close(fx);
}

TEST(nobody_who_is_erased_is_linked)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct idp *idp = idp_stored(fx, NULL, PROVIDER);
    struct rq *linking = fixture_rq(fx), *erasing = fixture_rq(fx);
    struct link link = example(ann, "s");

    REQUIRE(link_add(linking, fx->tenant, idp, &link) == ERR_OK);
    REQUIRE(user_delete(erasing, fx->tenant, fixture_load(fx, ann)) == ERR_OK);
    fixture_finish(erasing);
    EXPECT(fixture_commit(linking) == ERR_AGAIN);
    fixture_done(linking);
    EXPECT(try_add(fx, idp, ann, "s") == ERR_NOT_FOUND);
    EXPECT(fixture_count(fx, "idp_link") == 0);
    fixture_close(fx);
}
