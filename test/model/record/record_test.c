/* SPDX-License-Identifier: Apache-2.0 */
/* record.c and record_refs.c: what is stored comes back, names once, and nothing named is taken away. */
#define UNIT record
#include "../fixture.h"

#include "model/connector/connector.h"
#include "model/lambda/lambda.h"
#include "model/theme/theme.h"

static struct uuid
add_lambda(struct fixture *fx, str name)
{
    struct rq *rq = fixture_rq(fx);
    struct lambda lambda = {.head = {.id = fixture_id(fx)},
        .name = name,
        .body = S("function reconcile() {}"),
        .type = LAMBDA_LDAPConnectorReconcile};

    REQUIRE(record_create(rq, &lambda_kind, NULL, &lambda) == ERR_OK);
    fixture_finish(rq);
    return lambda.head.id;
}

static struct connector
connector_of(struct fixture *fx, struct uuid lambda)
{
    return (struct connector){.head = {.id = fixture_id(fx)},
        .name = S("Ldap"),
        .type = CONNECTOR_LDAP,
        .lambdas = {lambda}};
}

static struct lambda *
load(struct rq *rq, struct uuid id)
{
    void *thing;

    REQUIRE(record_load(rq, &lambda_kind, id, &thing) == ERR_OK);
    return thing;
}

TEST(what_is_stored_comes_back_and_is_nowhere_in_clear)
{
    struct fixture *fx = fixture_open();
    struct uuid id = add_lambda(fx, S("First"));
    struct rq *rq = fixture_rq(fx);
    const struct lambda *lambda = load(rq, id);

    REQUIRE(lambda != NULL);
    EXPECT_STR(lambda->name, S("First"));
    EXPECT_STR(lambda->body, S("function reconcile() {}"));
    EXPECT(lambda->type == LAMBDA_LDAPConnectorReconcile);
    EXPECT(lambda->head.insert_instant == rq->now);
    EXPECT(load(rq, fixture_id(fx)) == NULL);
    EXPECT(fixture_search(fx, "", str_bytes(S("function reconcile"))) == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(of_two_changes_at_once_one_is_run_again)
{
    struct fixture *fx = fixture_open();
    struct uuid id = add_lambda(fx, S("First"));
    struct rq *one = fixture_rq(fx), *two = fixture_rq(fx);
    struct lambda *a = load(one, id), *b = load(two, id);

    REQUIRE(a != NULL && b != NULL);
    REQUIRE(record_update(one, &lambda_kind, NULL, a) == ERR_OK);
    REQUIRE(record_update(two, &lambda_kind, NULL, b) == ERR_OK);
    EXPECT(fixture_commit(one) == ERR_OK);
    EXPECT(fixture_commit(two) == ERR_AGAIN);
    fixture_done(one);
    fixture_done(two);
    fixture_close(fx);
}

TEST(what_a_row_names_is_held_and_free_again_when_it_is_named_no_more)
{
    struct fixture *fx = fixture_open();
    struct uuid first = add_lambda(fx, S("First")), second = add_lambda(fx, S("Second"));
    struct connector connector = connector_of(fx, first);
    struct rq *rq = fixture_rq(fx);
    bool is_used;

    REQUIRE(record_create(rq, &connector_kind, NULL, &connector) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(record_is_used(rq, &lambda_kind, first, &is_used) == ERR_OK && is_used);
    EXPECT(record_is_used(rq, &lambda_kind, second, &is_used) == ERR_OK && !is_used);
    record_delete(rq, &lambda_kind, load(rq, first));
    EXPECT(fixture_commit(rq) == ERR_AGAIN); /* the statement itself decides */
    fixture_done(rq);
    rq = fixture_rq(fx);
    connector.lambdas.reconcile_id = second;
    REQUIRE(record_update(rq, &connector_kind, NULL, &connector) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    record_delete(rq, &lambda_kind, load(rq, first));
    EXPECT(fixture_commit(rq) == ERR_OK);
    fixture_done(rq);
    rq = fixture_rq(fx);
    record_delete(rq, &connector_kind, &connector);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "record_use") == 0);
    fixture_close(fx);
}

TEST(who_names_what_is_deleted_meanwhile_is_run_again)
{
    struct fixture *fx = fixture_open();
    struct uuid id = add_lambda(fx, S("First"));
    struct connector connector = connector_of(fx, id);
    struct rq *names = fixture_rq(fx), *ends = fixture_rq(fx);

    REQUIRE(record_create(names, &connector_kind, NULL, &connector) == ERR_OK);
    record_delete(ends, &lambda_kind, load(ends, id));
    EXPECT(fixture_commit(ends) == ERR_OK);
    EXPECT(fixture_commit(names) == ERR_AGAIN);
    fixture_done(names);
    fixture_done(ends);
    EXPECT(fixture_count(fx, "record_use") == 0);
    fixture_close(fx);
}

TEST(rows_that_name_nothing_are_faults_by_their_path)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct field_reader reader = {rq->arena, &rq->faults};
    struct tenant tenant = *fx->tenant;

    tenant.theme_id = fixture_id(fx);
    tenant.lambdas.login_validation = fixture_id(fx);
    EXPECT(
        record_check_rows(rq, &reader, &tenant_table, &tenant, S("tenant"), tenant.id) == ERR_OK);
    REQUIRE(rq->faults.count == 2);
    tenant.theme_id = theme_default_id;
    tenant.lambdas.login_validation = (struct uuid){{0}};
    EXPECT(
        record_check_rows(rq, &reader, &tenant_table, &tenant, S("tenant"), tenant.id) == ERR_OK);
    EXPECT(rq->faults.count == 2);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(what_is_built_in_is_there_without_a_row)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct record_name *names = NULL;
    struct uuid found;
    size_t count;
    void *thing;

    REQUIRE(record_load(rq, &theme_kind, theme_default_id, &thing) == ERR_OK && thing != NULL);
    EXPECT_STR(((const struct theme *)thing)->name, S("FusionAuth"));
    EXPECT(((const struct theme *)thing)->default_messages.n > 0);
    EXPECT(record_find(rq, &theme_kind, (struct uuid){{0}}, S("FusionAuth"), &found) == ERR_OK);
    EXPECT(uuid_eq(found, theme_default_id));
    EXPECT(record_names(rq, &connector_kind, (struct uuid){{0}}, 10, &names, &count) == ERR_OK);
    REQUIRE(count == 1);
    EXPECT(uuid_eq(names[0].id, connector_default_id));
    EXPECT(fixture_count(fx, "record") == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(ids_come_page_after_page_and_who_refers_to_one_is_found)
{
    struct fixture *fx = fixture_open();
    struct uuid named = add_lambda(fx, S("Named")), other = add_lambda(fx, S("Other"));
    struct uuid seen[8];
    struct rq *rq;
    struct record_page page = {
        .narrow = RECORD_MARKED, .uses = &lambda_kind, .used_id = named, .max = 2};
    struct record_hit hits[2];
    size_t count = 2, all = 0, marked = 0;
    int64_t total;

    for (size_t i = 0; i < 5; i++) {
        struct connector connector = connector_of(fx, i % 2 ? named : other);
        char name[] = {'L', (char)('0' + i)};
        connector.name = (str){name, sizeof name};
        rq = fixture_rq(fx);
        REQUIRE(record_create(rq, &connector_kind, NULL, &connector) == ERR_OK);
        fixture_finish(rq);
    }
    rq = fixture_rq(fx);
    while (count == 2) {
        REQUIRE(record_ids(rq, &connector_kind, &page, hits, &count) == ERR_OK);
        for (size_t i = 0; i < count; i++) {
            EXPECT(all == 0 || uuid_cmp(hits[i].id, seen[all - 1]) > 0);
            seen[all++] = page.after = hits[i].id;
            marked += hits[i].is_marked;
        }
    }
    EXPECT(all == 5 && marked == 2);
    page = (struct record_page){
        .narrow = RECORD_USING, .uses = &lambda_kind, .used_id = named, .max = 2};
    REQUIRE(record_ids(rq, &connector_kind, &page, hits, &count) == ERR_OK && count == 2);
    page.after = hits[1].id;
    REQUIRE(record_ids(rq, &connector_kind, &page, hits, &count) == ERR_OK && count == 0);
    page.max = 1;
    REQUIRE(record_count(rq, &connector_kind, &page, &total) == ERR_OK && total == 1);
    page = (struct record_page){.max = 100};
    REQUIRE(record_count(rq, &connector_kind, &page, &total) == ERR_OK && total == 5);
    page.tenant_id = fixture_id(fx); /* another one's */
    REQUIRE(record_count(rq, &connector_kind, &page, &total) == ERR_OK && total == 0);
    page.narrow = RECORD_USING;
    page.uses = &lambda_kind;
    page.used_id = named;
    REQUIRE(record_ids(rq, &connector_kind, &page, hits, &count) == ERR_OK && count == 0);
    fixture_done(rq);
    fixture_close(fx);
}
