/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to PostgreSQL: TLS with certificates on both sides, what cannot be connected to, a server that is stopped and
 * started. Runs one test at a time, on a server of its own. */
#define UNIT pg_conn
#include "db_pair.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/clock.h"

static void
shell(const char *command)
{
    cr_assert(system(command) == 0, "%s", command);
}

/* The reason db_open gives for a URI. */
static str
refusal(struct fixture *f, str uri)
{
    struct db_config config = f->config;
    const char *why = "";
    struct db *db;

    config.database = uri;
    db = db_open(&config, &why);
    db_close(db);
    return db ? S("it opened") : str_dup(f->arena, str_from(why));
}

static bool
has(str text, str word)
{
    return str_find_str(text, word) < text.n;
}

TEST(opening_says_why_it_cannot_and_repeats_no_password)
{
    struct fixture f = fixture_new();
    static const struct {
        int line;
        str uri, says;
    } cases[] = {
        {__LINE__, S_INIT("postgresql://cardea:hush-hush@/x?host=/nonexistent"),
            S_INIT("No such file")},
        {__LINE__, S_INIT("postgresql://cardea:hush-hush@/x?nonsense=1"),
            S_INIT("no postgresql://")},
        {__LINE__, S_INIT("postgresql://cardea:hush-hush@["), S_INIT("no postgresql://")},
        {__LINE__, S_INIT("postgresql://cardea:hush-hush@127.0.0.1:1/x"), S_INIT("refused")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t begin = clock_steady_ms();
        str why = refusal(&f, cases[i].uri);
        cr_expect(has(why, cases[i].says), "row of line %d: " STRF, cases[i].line, STRV(why));
        CHECK_AT(cases[i].line, !has(why, S("hush-hush")));
        CHECK_AT(cases[i].line, clock_steady_ms() - begin < 8000);
    }
    fixture_end(&f);
}

static int
free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    REQUIRE(
        bind(fd, (struct sockaddr *)&a, n) == 0 && getsockname(fd, (struct sockaddr *)&a, &n) == 0);
    close(fd);
    return ntohs(a.sin_port);
}

/* A CA, a certificate of the server's and two of clients', in the server's folder; one client's CN is the role's. */
static const char certificates[] =
    "set -e; umask 077; cd \"$CARDEA_TEST_POSTGRES_DIR/tls\";"
    " ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';"
    " openssl req -x509 $ec -days 2 -subj /CN=ca -keyout ca.key -out ca.pem 2>/dev/null;"
    " openssl req -x509 $ec -days 2 -subj /CN=other -keyout other.key -out other.pem 2>/dev/null;"
    " for who in localhost cardea stranger; do"
    "  openssl req $ec -subj /CN=$who -keyout $who.key -out $who.csr 2>/dev/null;"
    "  printf 'subjectAltName=DNS:%s' $who >ext;"
    "  openssl x509 -req -days 2 -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext"
    "   -out $who.pem 2>/dev/null;"
    " done;"
    " cp localhost.key ../data/server.key; cp localhost.pem ../data/server.pem; cp ca.pem "
    "../data/ca.pem;"
    " chown --reference=../data ../data/server.key ../data/server.pem ../data/ca.pem";

/* The server listens on a port with TLS, and lets in over it who has a certificate of the CA's with the role's name. */
static int
serve_tls(void)
{
    char command[600];
    int port = free_port();

    shell("mkdir -p \"$CARDEA_TEST_POSTGRES_DIR/tls\"");
    shell(certificates);
    snprintf(command, sizeof command,
        "cd \"$CARDEA_TEST_POSTGRES_DIR/data\" && printf \"%s\" >>postgresql.conf"
        " && printf 'hostssl all all 127.0.0.1/32 cert\\n' >pg_hba.tmp"
        " && grep '^local' pg_hba.conf >>pg_hba.tmp && cat pg_hba.tmp >pg_hba.conf",
        "ssl = on\\nssl_cert_file = 'server.pem'\\nssl_key_file = 'server.key'\\nssl_ca_file = "
        "'ca.pem'\\n");
    shell(command);
    place_ctl("stop -m fast");
    snprintf(command, sizeof command, "-o '-c listen_addresses=127.0.0.1 -c port=%d' start", port);
    place_ctl(command);
    return port;
}

/* The database's name in a place's URI. */
static str
database_of(str uri)
{
    str rest = str_skip(uri, str_find_str(uri, S("@/")) + 2);

    return str_head(rest, str_find(rest, '?'));
}

TEST(tls_with_a_client_certificate_and_what_it_refuses)
{
    static const struct {
        int line;
        const char *user, *more;
        str says; /* empty: it opens */
    } cases[] = {
        {__LINE__, "cardea",
            "sslmode=verify-full&sslrootcert=%1$s/ca.pem&sslcert=%1$s/cardea.pem"
            "&sslkey=%1$s/cardea.key",
            S_INIT("")},
        {__LINE__, "cardea", "sslmode=verify-full&sslrootcert=%1$s/ca.pem", S_INIT("certificate")},
        {__LINE__, "cardea",
            "sslmode=verify-full&sslrootcert=%1$s/ca.pem&sslcert=%1$s/stranger.pem"
            "&sslkey=%1$s/stranger.key",
            S_INIT("authentication failed")},
        {__LINE__, "cardea",
            "sslmode=verify-full&sslrootcert=%1$s/other.pem&sslcert=%1$s/cardea.pem"
            "&sslkey=%1$s/cardea.key",
            S_INIT("certificate verify failed")},
        {__LINE__, "cardea", "sslmode=disable", S_INIT("no pg_hba.conf entry")},
    };
    struct fixture f = fixture_new();
    char folder[200];
    str database = database_of(f.config.database);
    int port;

    db_close(f.db);
    f.db = NULL;
    snprintf(folder, sizeof folder, "%s/tls", getenv("CARDEA_TEST_POSTGRES_DIR"));
    port = serve_tls();
    for (size_t i = 0; i < COUNT(cases); i++) {
        char more[800], uri[1200];
        str why;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(more, sizeof more, cases[i].more, folder);
#pragma GCC diagnostic pop
        snprintf(uri, sizeof uri, "postgresql://%s@localhost:%d/" STRF "?hostaddr=127.0.0.1&%s",
            cases[i].user, port, STRV(database), more);
        why = refusal(&f, str_from(uri));
        cr_expect(has(why, cases[i].says.n ? cases[i].says : S("it opened")),
            "row of line %d: " STRF, cases[i].line, STRV(why));
    }
    place_ctl("stop -m fast"); /* a restart would keep the port */
    place_ctl("start");
    fixture_end(&f);
}

TEST(a_server_that_is_stopped_and_started_is_found_again)
{
    struct fixture f = fixture_new();
    struct db_row *row;

    for (unsigned i = 1; i <= 3; i++) {
        int64_t begin;
        REQUIRE(fixture_add(&f, i, NO_STR) == DB_COMMITTED);
        place_ctl(i % 2 ? "stop -m immediate" : "stop -m fast");
        begin = clock_steady_ms();
        EXPECT(db_one(f.db, f.arena, ACCOUNT_COUNT, NULL, 0, &row) == DB_FAILED);
        EXPECT(fixture_add(&f, 100 + i, NO_STR) == DB_LOST);
        cr_expect(
            clock_steady_ms() - begin < 20000, "%lld", (long long)(clock_steady_ms() - begin));
        begin = clock_steady_ms();
        EXPECT(db_one(f.db, f.arena, ACCOUNT_COUNT, NULL, 0, &row) == DB_FAILED);
        cr_expect(
            clock_steady_ms() - begin < 4000, "when it is known to be away nobody waits long");
        place_ctl("start");
        for (int tries = 0; tries < 100; tries++) {
            if (db_one(f.db, f.arena, ACCOUNT_COUNT, NULL, 0, &row) == DB_ROW) {
                break;
            }
            usleep(50000);
        }
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == i);
        EXPECT(fixture_score(&f, 100 + i) == -1);
    }
    EXPECT(fixture_add(&f, 9, NO_STR) == DB_COMMITTED);
    fixture_end(&f);
}

/* A restart that is shorter than the bounded wait is not seen at all. */
TEST(a_short_restart_is_waited_for)
{
    struct fixture f = fixture_new();

    for (unsigned i = 1; i <= 3; i++) {
        REQUIRE(fixture_add(&f, i, NO_STR) == DB_COMMITTED);
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == i);
        place_ctl("restart -m fast");
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == i);
    }
    EXPECT(db_count(f.db).failures == 0);
    fixture_end(&f);
}
