/* SPDX-License-Identifier: Apache-2.0 */
/* What was migrated in a folder, seen without changing it. */
#define UNIT sqlite_status
#include "db_fixture.h"

static bool
has(str text, str word)
{
    return str_find_str(text, word) < text.n;
}

TEST(the_status_tells_what_is_missing_and_makes_nothing)
{
    struct fixture f = fixture_new();
    struct db_migration more[3] = {fixture_migrations[0], fixture_migrations[1],
        {3, DB_DATA, "nick", "ALTER TABLE account ADD COLUMN nick TEXT;"}};
    struct db_migration_state states[3];
    const char *why = "";

    f.config.migrations = more;
    f.config.migration_count = 3;
    EXPECT(!db_migration_status(&f.config, states, &why)); /* the fixture has the folder */
    EXPECT(has(str_from(why), S("is using the folder")));
    db_close(f.db);
    REQUIRE(db_migration_status(&f.config, states, &why));
    EXPECT(states[0].applied_at > 0 && states[1].applied_at > 0 && states[2].applied_at == 0);
    EXPECT(!states[0].is_changed);
    more[0].text = "CREATE TABLE account (id BYTEA);";
    REQUIRE(db_migration_status(&f.config, states, &why));
    EXPECT(states[0].is_changed && !states[1].is_changed);
    more[0] = fixture_migrations[0];
    fixture_remove(&f);
    REQUIRE(db_migration_status(&f.config, states, &why));
    EXPECT(states[0].applied_at == 0 && states[1].applied_at == 0 && access(f.folder, F_OK) != 0);
    f.db = fixture_open(&f.config);
    fixture_end(&f);
}

TEST(a_folder_with_an_empty_file_lacks_everything)
{
    struct fixture f = fixture_new();
    struct db_migration_state states[2];
    const char *why;
    char path[128];

    db_close(f.db);
    snprintf(path, sizeof path, "%s/keys.db", f.folder);
    REQUIRE(truncate(path, 0) == 0);
    REQUIRE(db_migration_status(&f.config, states, &why));
    EXPECT(states[0].applied_at > 0 && states[1].applied_at == 0);
    REQUIRE(truncate(path, 5000) == 0); /* zeros: no database */
    EXPECT(!db_migration_status(&f.config, states, &why) && has(str_from(why), S("keys.db")));
    REQUIRE(truncate(path, 0) == 0);
    f.db = fixture_open(&f.config);
    fixture_end(&f);
}
