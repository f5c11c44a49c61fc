/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations on PostgreSQL: two nodes at once, killed or cut at any step, a role that may not create. */
#define UNIT pg_migrate
#include "db_fixture.h"
#include "proxy.h"

#include <signal.h>
#include <sys/wait.h>

struct site { /* a database nobody has migrated */
    struct fixture f;
    struct place *fresh;
};

static void
site_open(struct site *s)
{
    s->f = fixture_new();
    db_close(s->f.db);
    s->f.db = NULL;
    s->fresh = place_make();
    s->f.config.database = place_uri(s->fresh);
}

static void
site_close(struct site *s)
{
    fixture_end(&s->f);
    place_free(s->fresh);
}

static bool
opens(const struct db_config *config)
{
    const char *why;
    struct db *db = db_open(config, &why);

    db_close(db);
    return db != NULL;
}

/* The next node starts; both migrations are recorded once, and what they make works. */
static void
expect_whole(struct site *s)
{
    s->f.db = fixture_open(&s->f.config);
    EXPECT(place_number(s->fresh, "SELECT count(*) FROM cardea.schema_migration") == 1);
    EXPECT(place_number(s->fresh, "SELECT count(*) FROM cardea_keys.schema_migration") == 1);
    EXPECT(fixture_add(&s->f, 1, NO_STR) == DB_COMMITTED);
    EXPECT(fixture_number(&s->f, KEY_COUNT) == 0);
    db_close(s->f.db);
    s->f.db = NULL;
}

TEST(nodes_that_start_at_once_take_turns)
{
    enum { NODES = 4 };

    for (int round = 0; round < 3; round++) {
        struct site s;
        pid_t nodes[NODES];

        site_open(&s);
        for (int i = 0; i < NODES; i++) {
            nodes[i] = fork();
            if (nodes[i] == 0) {
                _exit(opens(&s.f.config) ? 0 : 1);
            }
        }
        for (int i = 0; i < NODES; i++) {
            int status;
            REQUIRE(waitpid(nodes[i], &status, 0) == nodes[i]);
            CHECK_AT(i, WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        expect_whole(&s);
        site_close(&s);
    }
}

TEST(a_node_killed_while_migrating_leaves_it_to_the_next)
{
    for (useconds_t delay = 2000; delay < 100000; delay += 14000) {
        struct site s;
        pid_t child;

        site_open(&s);
        child = fork();
        if (child == 0) {
            _exit(opens(&s.f.config) ? 0 : 1);
        }
        usleep(delay);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        expect_whole(&s);
        site_close(&s);
    }
}

TEST(a_migration_cut_at_any_message_is_whole_or_absent)
{
    struct proxy *proxy = proxy_start();
    long n = 1, step = 4;
    int cuts;

    do {
        struct site s;
        struct db_config through;

        site_open(&s);
        through = s.f.config;
        through.database = proxy_uri(proxy, s.f.arena, s.f.config.database);
        proxy_cut(proxy, "pg_try_advisory_lock", PROXY_TO_SERVER, PROXY_AFTER, n, 1);
        (void)opens(&through);
        cuts = proxy_cuts(proxy);
        expect_whole(&s);
        site_close(&s);
        n += step;
    } while (cuts > 0 && n < 200);
    EXPECT(n > 15);
    proxy_stop(proxy);
}

TEST(a_text_that_changed_since_is_refused)
{
    struct site s;
    const char *why = "";

    site_open(&s);
    REQUIRE(opens(&s.f.config));
    place_run(s.fresh, "UPDATE cardea.schema_migration SET digest = '\\x00'");
    EXPECT(db_open(&s.f.config, &why) == NULL);
    cr_expect(strstr(why, "changed") != NULL, "%s", why);
    site_close(&s);
}

/* As docs/postgresql.md sets it up: a role that owns its schemas and nothing else, and may make no more of them. */
TEST(a_role_with_no_right_but_on_its_own_schemas_can_start_again)
{
    struct site s;
    struct db_config config;
    char name[64], uri[300];

    site_open(&s);
    snprintf(name, sizeof name, "server_%d", (int)getpid());
    place_run(s.fresh, str_fmt(s.f.arena, "CREATE ROLE %s LOGIN", name).p);
    place_run(s.fresh, str_fmt(s.f.arena,
                           "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %%I TO %s',"
                           " current_database()); END $$",
                           name)
                           .p);
    snprintf(uri, sizeof uri, "postgresql://%s" STRF, name,
        STRV(str_skip(s.f.config.database, sizeof "postgresql://cardea" - 1)));
    config = s.f.config;
    config.database = str_from(uri);
    REQUIRE(opens(&config));
    place_run(s.fresh, str_fmt(s.f.arena,
                           "DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %%I FROM %s',"
                           " current_database()); END $$",
                           name)
                           .p);
    s.f.db = fixture_open(&config);
    EXPECT(fixture_add(&s.f, 1, NO_STR) == DB_COMMITTED);
    EXPECT(fixture_score(&s.f, 1) == 0);
    db_close(s.f.db);
    s.f.db = NULL;
    place_run(s.fresh, str_fmt(s.f.arena, "DROP OWNED BY %s; DROP ROLE %s", name, name).p);
    site_close(&s);
}
