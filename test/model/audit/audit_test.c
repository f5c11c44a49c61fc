/* SPDX-License-Identifier: Apache-2.0 */
/* Entries, their numbers and their chain: what a hand in the database changes is found, and what is
 * erased on purpose is not taken for that. */
#define UNIT audit
#include "../fixture.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>

#include "../../io/db/place.h"
#include "model/audit/audit.h"
#include "model/event/event.h"

static void
add(struct fixture *fx, const struct tenant *tenant, struct uuid user_id, const char *detail)
{
    struct rq *rq = fixture_rq(fx);
    struct event event = {"user.update", user_id, {{0}}, str_from(detail)};

    REQUIRE(event_add(rq, tenant, &event) == ERR_OK);
    fixture_finish(rq);
    fx->now += 1;
}

static size_t
link_some(struct fixture *fx, size_t max)
{
    struct rq *rq = fixture_rq(fx);
    size_t count;

    REQUIRE(audit_link(rq, max, &count) == ERR_OK);
    if (count) {
        fixture_finish(rq);
    } else {
        fixture_done(rq);
    }
    return count;
}

static struct audit_verdict
verify_since(struct fixture *fx, int64_t since, size_t max)
{
    struct audit_walk *walk = audit_walk_new(since, &fx->rng.rng);
    struct audit_verdict verdict;
    bool is_done = false;

    REQUIRE(walk != NULL);
    while (!is_done) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(audit_walk_step(rq, walk, max, &is_done) == ERR_OK);
        fixture_done(rq);
    }
    verdict = *audit_walk_verdict(walk);
    audit_walk_free(walk);
    return verdict;
}

static struct audit_verdict
verify(struct fixture *fx)
{
    return verify_since(fx, 0, 3);
}

/* A hand in the database, beside the program. */
static void
meddle(struct fixture *fx, const char *sql)
{
    char path[128], with_schema[512];
    sqlite3 *handle;
    char *why = NULL;

    if (place_is_postgres()) {
        snprintf(with_schema, sizeof with_schema, "SET search_path TO cardea; %s", sql);
        place_run(fx->place, with_schema);
        return;
    }
    snprintf(path, sizeof path, "%s/cardea.db", fx->folder);
    REQUIRE(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    cr_assert(sqlite3_exec(handle, sql, NULL, NULL, &why) == SQLITE_OK, "%s", why);
    sqlite3_close(handle);
}

/* A database that tests share has counted on. */
static struct fixture *
open_counting_from_1(void)
{
    struct fixture *fx = fixture_open();

    if (place_is_postgres()) {
        place_run(fx->place, "ALTER TABLE cardea.audit ALTER COLUMN seq RESTART WITH 1");
    }
    return fx;
}

TEST(numbers_grow_and_find_their_entries)
{
    struct fixture *fx = fixture_open();
    struct uuid nobody = {{0}};
    struct audit_which which = {.tenant_id = fx->tenant->id};
    struct audit_entry *list, *entry;
    int64_t total;
    size_t count;
    struct rq *rq;

    for (int i = 0; i < 3; i++) {
        add(fx, fx->tenant, nobody, "{\"n\":1}");
        add(fx, fx->other, nobody, "{\"n\":2}");
    }
    rq = fixture_rq(fx);
    REQUIRE(audit_list(rq, &which, 2, &list, &count) == ERR_OK && count == 2);
    EXPECT(list[0].seq > list[1].seq && list[1].seq > 0 && list[0].seq < 1LL << 53);
    EXPECT(uuid_eq(list[0].tenant_id, fx->tenant->id));
    REQUIRE(audit_load(rq, list[1].seq, &entry) == ERR_OK && entry);
    EXPECT(uuid_eq(entry->event_id, list[1].event_id) && !entry->is_gone);
    which.after = list[1].event_id;
    REQUIRE(audit_list(rq, &which, 9, &list, &count) == ERR_OK);
    EXPECT(count == 1);
    which = (struct audit_which){.is_oldest_first = true, .offset = 1};
    REQUIRE(audit_list(rq, &which, 9, &list, &count) == ERR_OK && count == 5);
    EXPECT(list[0].seq < list[1].seq && uuid_eq(list[0].tenant_id, fx->other->id));
    REQUIRE(audit_count(rq, &which, 100, &total) == ERR_OK);
    EXPECT(total == 6);
    REQUIRE(audit_count(rq, &which, 4, &total) == ERR_OK);
    EXPECT(total == 4);
    which = (struct audit_which){.tenant_id = fx->other->id, .start = fx->now - 2, .end = fx->now};
    REQUIRE(audit_count(rq, &which, 100, &total) == ERR_OK);
    EXPECT(total == 1);
    REQUIRE(audit_load(rq, 1LL << 52, &entry) == ERR_OK);
    EXPECT(entry == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_chain_that_nobody_touched_holds_whatever_the_steps)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct audit_verdict verdict;

    for (int i = 0; i < 7; i++) {
        add(fx, i % 3 ? fx->tenant : fx->other, i % 2 && i % 3 ? id : (struct uuid){{0}}, "{}");
        if (i % 4 == 3) {
            while (link_some(fx, 2) == 2) {
            }
        }
    }
    verdict = verify(fx);
    EXPECT(!verdict.is_broken && verdict.links == 4 && verdict.waiting == 3);
    while (link_some(fx, 100)) {
    }
    verdict = verify(fx);
    EXPECT(!verdict.is_broken && verdict.links == 7 && verdict.waiting == 0);
    EXPECT(link_some(fx, 100) == 0);
    fixture_close(fx);
}

/* Two jobs that think they hold the lease: a row gets one place. */
TEST(two_that_link_at_once_do_not_fork_the_chain)
{
    struct fixture *fx = fixture_open();
    struct rq *one, *two;
    size_t count;

    for (int i = 0; i < 4; i++) {
        add(fx, fx->tenant, (struct uuid){{0}}, "{}");
    }
    one = fixture_rq(fx);
    two = fixture_rq(fx);
    REQUIRE(audit_link(one, 2, &count) == ERR_OK && count == 2);
    REQUIRE(audit_link(two, 4, &count) == ERR_OK && count == 4);
    fixture_finish(one);
    EXPECT(fixture_commit(two) == ERR_AGAIN);
    fixture_done(two);
    while (link_some(fx, 100)) {
    }
    EXPECT(!verify(fx).is_broken && verify(fx).links == 4);
    fixture_close(fx);
}

enum { WRITERS = 4, EVENTS_EACH = 30 };

struct writer {
    struct fixture *fx;
    const struct tenant *tenant;
    pthread_t thread;
    atomic_int *left;
};

static void *
write_events(void *ctx)
{
    struct writer *writer = ctx;
    struct event event = {"user.update", {{0}}, {{0}}, S("{}")};

    for (int i = 0; i < EVENTS_EACH; i++) {
        struct rq *rq = fixture_rq(writer->fx);
        if (event_add(rq, writer->tenant, &event) != ERR_OK || fixture_commit(rq) != ERR_OK) {
            i--;
        }
        fixture_done(rq);
    }
    atomic_fetch_sub(writer->left, 1);
    return NULL;
}

TEST(a_chain_holds_under_writers_on_many_threads)
{
    struct fixture *fx = fixture_open();
    struct writer writers[WRITERS];
    struct audit_verdict verdict;
    atomic_int left = WRITERS;

    for (int i = 0; i < WRITERS; i++) {
        writers[i] =
            (struct writer){.fx = fx, .tenant = i % 2 ? fx->tenant : fx->other, .left = &left};
        REQUIRE(pthread_create(&writers[i].thread, NULL, write_events, &writers[i]) == 0);
    }
    while (atomic_load(&left) > 0) {
        link_some(fx, 7);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
    }
    while (link_some(fx, 7)) {
    }
    verdict = verify(fx);
    EXPECT(!verdict.is_broken && verdict.links == WRITERS * EVENTS_EACH && verdict.waiting == 0);
    fixture_close(fx);
}

/* clang-format off */
static const struct {
    int line;
    const char *sql;
    int64_t seq; /* of the entry named, counted from the first; 0: none */
    const char *why;
} meddlings[] = {
    {__LINE__, "UPDATE event SET kind = 'user.create' WHERE id = (SELECT event_id FROM audit WHERE seq = 2)", 2, "changed"},
    {__LINE__, "UPDATE event SET insert_instant = insert_instant + 1 WHERE id = (SELECT event_id FROM audit WHERE seq = 3)", 3, "changed"},
    {__LINE__, "UPDATE event SET actor = tenant_id WHERE id = (SELECT event_id FROM audit WHERE seq = 1)", 1, "changed"},
    {__LINE__, "UPDATE event SET stream = 0 WHERE id = (SELECT event_id FROM audit WHERE seq = 5)", 5, "changed"},
    {__LINE__, "DELETE FROM event WHERE id = (SELECT event_id FROM audit WHERE seq = 4)", 4, "removed"},
    {__LINE__, "DELETE FROM audit WHERE seq = 3", 4, "follow"},
    {__LINE__, "DELETE FROM audit WHERE seq = 5", 0, "end"},
    {__LINE__, "DELETE FROM audit WHERE seq < 3", 3, "follow"},
    {__LINE__, "DELETE FROM audit WHERE seq < 6", 0, "all"},
    {__LINE__, "UPDATE audit SET seq = 99 WHERE seq = 2", 99, "follow"},
    {__LINE__, "UPDATE audit SET user_id = tenant_id WHERE seq = 2", 2, "follow"},
    {__LINE__, "UPDATE audit_head SET base = digest WHERE tenant_id = (SELECT tenant_id FROM audit WHERE seq = 1)", 1, "follow"},
    {__LINE__, "UPDATE audit_head SET place = 4 WHERE place = 5 AND base <> digest AND proof <> base", 0, "head"},
    {__LINE__, "DELETE FROM audit_head WHERE tenant_id = (SELECT tenant_id FROM audit WHERE seq = 1)", 0, "head"},
    {__LINE__, "UPDATE event SET detail = actor WHERE id = (SELECT event_id FROM audit WHERE seq = 6)", 6, "changed"},
};
/* clang-format on */

/* Five entries are linked, the sixth waits. */
TEST(every_meddling_is_found_and_the_first_entry_named)
{
    for (size_t i = 0; i < COUNT(meddlings); i++) {
        struct fixture *fx = open_counting_from_1();
        struct audit_verdict verdict;

        for (int n = 0; n < 5; n++) {
            add(fx, fx->tenant, (struct uuid){{0}}, "{\"a\":1}");
        }
        link_some(fx, 100);
        add(fx, fx->tenant, (struct uuid){{0}}, "{\"a\":1}");
        EXPECT(!verify(fx).is_broken);
        meddle(fx, meddlings[i].sql);
        verdict = verify(fx);
        CHECK_AT(meddlings[i].line, verdict.is_broken);
        CHECK_AT(meddlings[i].line, verdict.seq == meddlings[i].seq);
        CHECK_AT(meddlings[i].line, verdict.why && strstr(verdict.why, meddlings[i].why));
        CHECK_AT(meddlings[i].line, uuid_eq(verdict.tenant_id, fx->tenant->id));
        fixture_close(fx);
    }
}

TEST(what_was_erased_with_its_person_leaves_a_chain_that_holds)
{
    struct fixture *fx = open_counting_from_1();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct audit_verdict verdict;
    struct audit_entry *entry;
    struct user *user;
    struct rq *rq;

    add(fx, fx->tenant, id, "{\"a\":1}");
    add(fx, fx->tenant, (struct uuid){{0}}, "{\"a\":1}");
    link_some(fx, 1);
    rq = fixture_rq(fx);
    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user);
    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
    link_some(fx, 100);
    verdict = verify(fx);
    EXPECT(!verdict.is_broken && verdict.links == 2 && verdict.erased == 1);
    rq = fixture_rq(fx);
    REQUIRE(audit_load(rq, 1, &entry) == ERR_OK && entry);
    EXPECT(entry->is_gone);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_sweep_moves_the_chains_beginning)
{
    struct fixture *fx = fixture_open();
    struct audit_verdict verdict;
    int64_t since;
    size_t count;
    struct rq *rq;

    for (int i = 0; i < 6; i++) {
        add(fx, i % 2 ? fx->tenant : fx->other, (struct uuid){{0}}, "{}");
    }
    link_some(fx, 5);
    since = fx->now - 3;
    rq = fixture_rq(fx);
    REQUIRE(event_sweep(rq, since, 100, &count) == ERR_OK && count == 3);
    fixture_finish(rq);
    verdict = verify_since(fx, since, 2);
    EXPECT(!verdict.is_broken && verdict.over == 3 && verdict.links == 5);
    rq = fixture_rq(fx);
    REQUIRE(audit_sweep(rq, since, 100, &count) == ERR_OK);
    EXPECT(count == 3);
    fixture_finish(rq);
    verdict = verify_since(fx, since, 2);
    EXPECT(!verdict.is_broken && verdict.links == 2 && verdict.waiting == 1);
    rq = fixture_rq(fx);
    REQUIRE(audit_sweep(rq, fx->now + 1, 100, &count) == ERR_OK);
    EXPECT(count == 2); /* what is not linked stays */
    fixture_finish(rq);
    link_some(fx, 100);
    verdict = verify_since(fx, fx->now + 1, 2);
    EXPECT(!verdict.is_broken && verdict.links == 1);
    fixture_close(fx);
}

TEST(a_tenant_that_is_gone_leaves_nothing_to_link)
{
    struct fixture *fx = fixture_open();

    add(fx, fx->other, (struct uuid){{0}}, "{}");
    add(fx, fx->tenant, (struct uuid){{0}}, "{}");
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "audit") == 1);
    EXPECT(link_some(fx, 9) == 1 && !verify(fx).is_broken);
    fixture_close(fx);
}
