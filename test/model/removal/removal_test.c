/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants and applications end at once, their rows in bounded steps, whatever comes between. */
#define UNIT removal
#include "../fixture.h"

#include <sqlite3.h>
#include <stdio.h>

#include "../../io/db/place.h"
#include "model/apikey/apikey.h"
#include "model/application/application.h"
#include "model/key/key.h"
#include "model/removal/removal.c"

/* Small, and gone in the set that ends the tenant; or of what is removed itself. */
static const char *const at_once[] = {"day_key", "audit_head", "erasure", "removal"};

static bool
has_line(const char *table)
{
    char from[64];

    snprintf(from, sizeof from, "FROM %s", table);
    for (size_t i = 0; i < COUNT(at_once); i++) {
        if (strcmp(at_once[i], table) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i <= COUNT(of_tenant); i++) {
        const struct rows *rows = i < COUNT(of_tenant) ? &of_tenant[i] : &keys_of_tenant;
        str text = str_from(statements[rows->remove].text);
        size_t at = str_find_str(text, str_from(from));
        if (at < text.n && (at + strlen(from) == text.n || text.p[at + strlen(from)] == ' ')) {
            return true;
        }
    }
    return false;
}

TEST(every_table_with_rows_of_a_tenant_has_its_line)
{
    static const char *const files[] = {"cardea.db", "keys.db"};
    struct fixture *fx;
    int seen = 0;

    if (place_is_postgres()) {
        cr_skip_test("the schema is the same");
    }
    fx = fixture_open();
    for (size_t i = 0; i < COUNT(files); i++) {
        sqlite3_stmt *stmt = NULL;
        sqlite3 *handle = NULL;
        char path[128];
        snprintf(path, sizeof path, "%s/%s", fx->folder, files[i]);
        REQUIRE(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
        REQUIRE(sqlite3_prepare_v2(handle,
                    "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
                    " WHERE m.type = 'table' AND c.name = 'tenant_id'",
                    -1, &stmt, NULL)
                == SQLITE_OK);
        for (; sqlite3_step(stmt) == SQLITE_ROW; seen++) {
            const char *table = (const char *)sqlite3_column_text(stmt, 0);
            cr_expect(has_line(table), "%s outlives its tenant", table);
        }
        sqlite3_finalize(stmt);
        sqlite3_close(handle);
    }
    EXPECT(seen > 25 && !has_line("job") && !has_line("user"));
    fixture_close(fx);
}

static void
end_tenant(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(tenant_delete(rq, fx->tenant) == ERR_OK);
    fixture_finish(rq);
}

TEST(no_step_takes_more_rows_than_it_may)
{
    enum { USERS = 12, MAX = 5 };
    struct fixture *fx = fixture_open();
    size_t count, most = 0, steps = 0;
    bool is_any = true;

    for (int i = 0; i < USERS; i++) {
        fixture_user(fx, str_fmt(fx->arena, "u%d@x.test", i), NO_STR);
    }
    end_tenant(fx);
    EXPECT(fixture_count(fx, "users") == USERS); /* the writer was asked for little */
    while (is_any) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(removal_step(rq, MAX, &count, &is_any) == ERR_OK);
        EXPECT(count <= MAX);
        EXPECT(
            rq->writes.count <= 2 * (size_t)MAX + 2); /* with what needed the rows, and the notes */
        most = MAX(most, count);
        steps++;
        fixture_finish(rq);
        if (steps % 4 == 0) {
            fixture_restart(fx); /* the notes are all that is known of it */
        }
    }
    EXPECT(most == MAX && steps > USERS * 3 / MAX);
    EXPECT(fixture_count(fx, "users") == 0 && fixture_count(fx, "user_key") == 0);
    EXPECT(fixture_count(fx, "identity") == 0 && fixture_count(fx, "user_word") == 0);
    EXPECT(fixture_count(fx, "removal") == 0 && fixture_count(fx, "erasure") == 0);
    EXPECT(fixture_count(fx, "tenant") == 1 && fixture_count(fx, "signing_key") == 1);
    fixture_close(fx);
}

TEST(nothing_of_a_tenant_is_found_once_its_end_is_committed)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR), *ids;
    struct application app = {.name = S("App"), .active = true, .id = fixture_id(fx)};
    struct api_key api_key = {.id = fixture_id(fx), .tenant_id = fx->tenant->id};
    const struct application *found_app;
    const struct api_key *found_api_key;
    const struct tenant *tenant;
    const struct key *key, *found_key;
    struct rq *rq = fixture_rq(fx);
    size_t count;

    REQUIRE(application_create(rq, fx->tenant, &app) == ERR_OK);
    REQUIRE(apikey_create(rq, &api_key) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(key_of_tenant(rq, fx->tenant, &key) == ERR_OK && key != NULL);
    REQUIRE(application_load(rq, app.id, &found_app) == ERR_OK && found_app != NULL);
    REQUIRE(apikey_load(rq, api_key.id, &found_api_key) == ERR_OK && found_api_key != NULL);
    end_tenant(fx);
    REQUIRE(tenant_load(rq, fx->tenant->id, &tenant) == ERR_OK);
    REQUIRE(application_load(rq, app.id, &found_app) == ERR_OK);
    REQUIRE(apikey_load(rq, api_key.id, &found_api_key) == ERR_OK);
    REQUIRE(key_load(rq, key->id, &found_key) == ERR_OK);
    REQUIRE(user_tenants(rq, user_id, 9, &ids, &count) == ERR_OK);
    EXPECT(tenant == NULL && found_app == NULL && found_api_key == NULL && found_key == NULL);
    EXPECT(count == 0);
    EXPECT(fixture_count(fx, "application") == 1 && fixture_count(fx, "api_key") == 1);
    fixture_done(rq);
    fixture_remove_ended(fx);
    EXPECT(fixture_count(fx, "application") == 0 && fixture_count(fx, "api_key") == 0);
    fixture_close(fx);
}

TEST(a_late_step_removes_nothing_of_a_tenant_made_anew)
{
    struct fixture *fx = fixture_open();
    struct tenant again = *fx->tenant;
    struct rq *late[2], *rq;
    size_t count;
    bool is_any;

    fixture_user(fx, S("ann@x.test"), NO_STR);
    end_tenant(fx);
    late[0] = fixture_rq(fx);
    REQUIRE(removal_step(late[0], 100, &count, &is_any) == ERR_OK && count > 0); /* keys */
    rq = fixture_rq(fx);
    REQUIRE(removal_step(rq, 100, &count, &is_any) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(removal_step(rq, 100, &count, &is_any) == ERR_OK); /* their note */
    fixture_finish(rq);
    late[1] = fixture_rq(fx);
    REQUIRE(removal_step(late[1], 100, &count, &is_any) == ERR_OK && count > 0); /* rows */
    fixture_remove_ended(fx);
    rq = fixture_rq(fx);
    REQUIRE(tenant_create(rq, &again) == ERR_OK);
    fixture_finish(rq);
    for (size_t i = 0; i < COUNT(late); i++) {
        EXPECT(fixture_commit(late[i]) == ERR_AGAIN);
        fixture_done(late[i]);
    }
    EXPECT(fixture_count(fx, "tenant") == 2);
    fixture_close(fx);
}

TEST(a_note_about_a_tenant_that_is_there_removes_nothing)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    fixture_user(fx, S("ann@x.test"), NO_STR);
    removal_begin(rq, (struct removal){.tenant_id = fx->tenant->id});
    fixture_finish(rq);
    fixture_remove_ended(fx);
    EXPECT(fixture_count(fx, "removal") == 0 && fixture_count(fx, "users") == 1);
    fixture_close(fx);
}

TEST(who_was_made_while_the_tenant_ended_is_found_by_the_tidying)
{
    struct fixture *fx = fixture_open();
    struct user user = {.active = true, .email = S("ann@x.test")};
    struct user_cursor cursor = {.is_at_end = false};
    struct rq *late = fixture_rq(fx), *rq;

    REQUIRE(user_create(late, fx->tenant, &user) == ERR_OK);
    fixture_end_tenant(fx, fx->tenant);
    fixture_finish(late);
    EXPECT(fixture_count(fx, "users") == 1);
    rq = fixture_rq(fx);
    REQUIRE(user_tidy(rq, &cursor) == ERR_OK);
    fixture_finish(rq);
    fixture_remove_ended(fx);
    EXPECT(fixture_count(fx, "users") == 0 && fixture_count(fx, "user_key") == 0);
    fixture_close(fx);
}
