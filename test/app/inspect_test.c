/* SPDX-License-Identifier: Apache-2.0 */
/* cardea check of a data folder: sound, one application that cannot be opened, a person without a key. */
#define UNIT inspect
#include "model/fixture.h"

#include <sqlite3.h>
#include <stdio.h>

#include "../io/db/place.h"
#include "app/config.h"
#include "app/inspect.h"

/* A database with an application and a person; only SQLite keeps it in a folder. */
static struct fixture *
prepare(void)
{
    struct fixture *fx;

    if (place_is_postgres()) {
        cr_skip_test("a folder is looked at");
    }
    fx = fixture_open();
    (void)fixture_application(fx, (struct uuid){{0}});
    (void)fixture_user(fx, S("ada@example.com"), NO_STR);
    return fx;
}

/* What the command answers; the fixture's own hands are off the folder meanwhile. */
static int
check(struct fixture *fx, const char *file, const char *sql)
{
    struct config config = {.data = fx->folder, .listen = "127.0.0.1:0", .quiet = true};
    char path[128];
    sqlite3 *handle;
    int result;

    db_close(fx->house.db);
    if (sql != NULL) {
        snprintf(path, sizeof path, "%s/%s.db", fx->folder, file);
        REQUIRE(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
        REQUIRE(sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK);
        REQUIRE(sqlite3_changes(handle) > 0);
        sqlite3_close(handle);
    }
    result = inspect_run(&config);
    fixture_reopen(fx);
    fixture_close(fx);
    return result;
}

TEST(a_sound_folder_is_sound)
{
    EXPECT(check(prepare(), NULL, NULL) == 0);
}

TEST(an_application_that_cannot_be_opened_is_found)
{
    EXPECT(check(prepare(), "cardea", "UPDATE application SET config = x'00'") == INSPECT_BROKEN);
}

TEST(a_person_whose_row_was_changed_is_found)
{
    EXPECT(check(prepare(), "cardea", "UPDATE users SET profile = x'00'") == INSPECT_BROKEN);
}

TEST(a_person_with_rows_and_no_key_is_told_of)
{
    EXPECT(check(prepare(), "keys", "DELETE FROM user_key") == INSPECT_BROKEN);
}

TEST(a_tenant_that_cannot_be_opened_is_found_with_its_people)
{
    EXPECT(check(prepare(), "cardea", "UPDATE tenant SET config = x'00'") == INSPECT_BROKEN);
}
