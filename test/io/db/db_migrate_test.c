/* SPDX-License-Identifier: Apache-2.0 */
/* What a migration's text says to each engine, and that a word for one does not disturb the other. */
#define UNIT db_migrate
#include "../../unit.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "io/db/db_migrate.h"

static bool
is_same_digest(const char *a, const char *b, const char *engine)
{
    struct db_migration one = {1, DB_DATA, "one", a}, other = {1, DB_DATA, "one", b};
    struct digest left, right;

    REQUIRE(crypto_init());
    REQUIRE(db_migrate_digest(&one, engine, &left) && db_migrate_digest(&other, engine, &right));
    return ct_eq(digest_bytes(&left), digest_bytes(&right));
}

TEST(a_comment_with_a_name_is_text_to_its_engine_only)
{
    static const struct {
        int line;
        const char *text, *sqlite, *postgres;
    } cases[] = {
        {__LINE__, "a;", "a;", "a;"},
        {__LINE__, "", "", ""},
        {__LINE__, "a /*sqlite: b */;", "a           b   ;", "a ;"},
        {__LINE__, "a /*sqlite:b*//*postgres:c*/;", "a          b  ;", "a            c  ;"},
        {__LINE__, "/*postgres:c*//*sqlite:b*//*postgres:d*/", "         b  ",
            "           c             d  "},
        {__LINE__, "a /* b */ /*mysql: c */;", "a /* b */ /*mysql: c */;",
            "a /* b */ /*mysql: c */;"},
        {__LINE__, "x TEXT NOT NULL, TEXT_y CONTEXT, z TEXT", NULL,
            "x TEXT COLLATE \"C\" NOT NULL, TEXT_y CONTEXT, z TEXT COLLATE \"C\""},
        {__LINE__, "x TEXT DEFAULT 'a TEXT' || \"TEXT\", y TEXT", NULL,
            "x TEXT COLLATE \"C\" DEFAULT 'a TEXT' || \"TEXT\", y TEXT COLLATE \"C\""},
        {__LINE__, "/*postgres: z TEXT*/", "", "            z TEXT COLLATE \"C\"  "},
        {__LINE__, "a 'open", "a 'open", "a 'open"},
        {__LINE__, "a /*sqlite: b", NULL, NULL},
        {__LINE__, "a /*postgres: b", NULL, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        bool is_broken = cases[i].postgres == NULL;
        const char *want = cases[i].sqlite ? cases[i].sqlite : cases[i].text;
        char *sqlite = db_migrate_text(cases[i].text, "sqlite");
        char *postgres = db_migrate_text(cases[i].text, "postgres");

        CHECK_AT(cases[i].line, (sqlite == NULL) == is_broken && (postgres == NULL) == is_broken);
        if (!is_broken) {
            CHECK_AT(cases[i].line, str_eq(str_from(sqlite), str_from(want)));
            CHECK_AT(cases[i].line, str_eq(str_from(postgres), str_from(cases[i].postgres)));
        }
        mem_free(sqlite);
        mem_free(postgres);
    }
}

TEST(the_digest_is_of_the_text_as_written_where_no_other_engine_is_named)
{
    static const char text[] = "CREATE TABLE a (b TEXT) /*sqlite: WITHOUT ROWID */;\n";
    struct db_migration m = {1, DB_DATA, "a", text};
    struct digest want, got;

    REQUIRE(crypto_init());
    want = sha256(str_bytes(str_from(text)));
    REQUIRE(db_migrate_digest(&m, "sqlite", &got));
    EXPECT(ct_eq(digest_bytes(&want), digest_bytes(&got)));
}

TEST(a_comment_for_one_engine_leaves_the_digest_of_the_other)
{
    static const char plain[] = "CREATE TABLE a (b TEXT) /*sqlite: WITHOUT ROWID */;\n";
    static const char both[] = "CREATE TABLE a (b TEXT) /*sqlite: WITHOUT ROWID *//*postgres:"
                               " PARTITION BY RANGE (id)*/;\n";
    static const char bare[] = "CREATE TABLE a (b TEXT) ;\n";

    EXPECT(is_same_digest(plain, both, "sqlite"));
    EXPECT(!is_same_digest(plain, both, "postgres"));
    EXPECT(is_same_digest(plain, bare, "postgres"));
    EXPECT(!is_same_digest(plain, bare, "sqlite"));
}

TEST(a_comment_without_an_end_has_no_digest)
{
    struct db_migration m = {1, DB_DATA, "a", "a /*postgres: b"};
    struct digest got;

    REQUIRE(crypto_init());
    EXPECT(!db_migrate_digest(&m, "sqlite", &got));
}

TEST(memory_that_is_short_is_told)
{
    struct db_migration m = {1, DB_DATA, "a", "a TEXT"};
    struct digest got;

    REQUIRE(crypto_init());
    for (long n = 0; n < 2; n++) {
        arena_fail_after(n);
        char *text = db_migrate_text("a TEXT", "postgres");
        arena_fail_after(-1);
        EXPECT(text == NULL);
    }
    arena_fail_after(0);
    EXPECT(!db_migrate_digest(&m, "postgres", &got));
    arena_fail_after(-1);
}
