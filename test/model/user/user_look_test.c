/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody is opened once, in pages; who cannot be, and who has rows and no key, is counted. */
#define UNIT user_look
#include "user_body.h"

#include <sqlite3.h>
#include <stdio.h>

#include "../../io/db/place.h"

enum { PEOPLE = 60 /* more than are looked at in one step */ };

/* A hand in the database, beside the program. */
static void
meddle(struct fixture *fx, bool is_keys, const char *sql)
{
    char path[128], with_schema[512];
    sqlite3 *handle;
    char *why = NULL;

    if (place_is_postgres()) {
        snprintf(with_schema, sizeof with_schema, "SET search_path TO %s; %s",
            is_keys ? "cardea_keys" : "cardea", sql);
        place_run(fx->place, with_schema);
        return;
    }
    snprintf(path, sizeof path, "%s/%s.db", fx->folder, is_keys ? "keys" : "cardea");
    REQUIRE(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    cr_assert(sqlite3_exec(handle, sql, NULL, NULL, &why) == SQLITE_OK, "%s", why);
    sqlite3_close(handle);
}

/* As cardea check does: to the end, a request a step; how many steps. */
static size_t
look(struct fixture *fx, struct user_look *ret)
{
    size_t steps = 0;

    *ret = (struct user_look){.opened = 0};
    do {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(user_look(rq, ret) == ERR_OK);
        fixture_done(rq);
        steps++;
    } while (!ret->at.is_at_end);
    return steps;
}

static struct uuid
add_people(struct fixture *fx)
{
    struct uuid last = {{0}};

    for (int i = 0; i < PEOPLE; i++) {
        char email[64];
        snprintf(email, sizeof email, "p%d@example.com", i);
        last = fixture_user(fx, str_from(email), NO_STR);
    }
    return last;
}

TEST(everybody_is_opened_in_steps_and_nobody_twice)
{
    struct fixture *fx = fixture_open();
    struct user_look seen;

    EXPECT(look(fx, &seen) == 1 && seen.opened == 0);
    (void)add_people(fx);
    EXPECT(look(fx, &seen) == 3); /* a whole step, the rest, and the end */
    EXPECT(seen.opened == PEOPLE && seen.broken_count == 0 && seen.erased == 0);
    fixture_close(fx);
}

/* Runs SQL that ends with "WHERE <column> = " about one person. */
static void
meddle_with(struct fixture *fx, bool is_keys, const char *sql, struct uuid id)
{
    char hex[33] = "", whole[256];

    for (size_t i = 0; i < sizeof id.b; i++) {
        snprintf(hex + 2 * i, 3, "%02x", id.b[i]);
    }
    snprintf(whole, sizeof whole, place_is_postgres() ? "%s '\\x%s'" : "%s x'%s'", sql, hex);
    meddle(fx, is_keys, whole);
    fixture_restart(fx);
}

TEST(who_cannot_be_opened_is_counted_the_first_is_named_and_the_rest_is_read)
{
    struct fixture *fx = fixture_open();
    struct uuid last = add_people(fx);
    struct user_look seen;

    meddle_with(fx, false, "UPDATE users SET profile = credentials WHERE id =", last);
    (void)look(fx, &seen);
    EXPECT(seen.opened == PEOPLE - 1 && seen.broken_count == 1 && seen.erased == 0);
    EXPECT(uuid_eq(seen.broken.id, last) && uuid_eq(seen.broken.tenant_id, fx->tenant->id));
    fixture_close(fx);
}

TEST(who_has_rows_and_no_key_is_counted_apart)
{
    struct fixture *fx = fixture_open();
    struct uuid last = add_people(fx);
    struct user_look seen;

    meddle_with(fx, true, "DELETE FROM user_key WHERE user_id =", last);
    (void)look(fx, &seen);
    EXPECT(seen.opened == PEOPLE - 1 && seen.broken_count == 0 && seen.erased == 1);
    fixture_close(fx);
}
