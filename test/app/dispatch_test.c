/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation and every database call of the main job is made to fail in turn: no crash, no
 * leak, no half-made grant, and the same request works when it is sent again. */
#define UNIT dispatch
#include "unit.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../io/db/place.h"
#include "app/dispatch.h"
#include "app/house.h"
#include "base/log.h"
#include "codec/base64.h"
#include "io/run/run.h"
#include "model/application/application.h"
#include "model/user/user.h"

enum { MAX_FAILURES = 3000 };

struct world {
    char folder[64];
    struct place *place; /* NULL: SQLite */
    struct arena *arena;
    struct house house;
    struct run_pool *workers, *hashers;
    struct dispatch *dispatch;
    struct uuid app_id;
    struct uuid everywhere_id;
    str secret;
};

struct answer {
    int status;
    str location, cookies, body;
};

static void
commit(struct rq *rq)
{
    REQUIRE(house_commit(rq) == ERR_OK);
}

/* An application of no tenant, whose people complete what it asks for. */
static void
make_universal(struct world *w, struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    struct application app = {.active = true};
    struct registration membership = {.verified = true};

    field_defaults(w->arena, &application_table, &app);
    app.id = w->everywhere_id = rq_new_id(rq);
    app.name = S("Everywhere");
    app.universal.is = true;
    app.registration.completes = true;
    app.registration.first_name = (struct requirable){true, true};
    app.oauth.redirect_urls = (struct field_texts){ARENA_NEW(w->arena, str), 1};
    app.oauth.redirect_urls.items[0] = S("http://localhost/cb");
    REQUIRE(application_create(rq, tenant, &app) == ERR_OK);
    membership.application_id = app.id;
    REQUIRE(registration_create(rq, tenant, user, &membership) == ERR_OK);
}

static void
make_things(struct world *w)
{
    struct rq rq;
    struct uuid tenant_id;
    const struct tenant *tenant;
    struct application app;
    struct user user;
    struct registration membership = {.id = {{0}}};

    house_begin(&w->house, w->arena, &rq);
    REQUIRE(house_bootstrap(&rq, (struct uuid){{0}}) == ERR_OK);
    commit(&rq);
    house_begin(&w->house, w->arena, &rq);
    REQUIRE(tenant_default_id(&rq, &tenant_id) == ERR_OK
            && tenant_load(&rq, tenant_id, &tenant) == ERR_OK);
    struct tenant quick =
        *tenant; /* the cheapest hash there is: this test signs in hundreds of times */
    quick.encryption.scheme = S("salted-sha256");
    quick.encryption.factor = 1;
    quick.encryption.rehashes_on_login = false;
    quick.failed_login.too_many = 1000;
    REQUIRE(tenant_update(&rq, &quick) == ERR_OK);
    field_defaults(w->arena, &application_table, &app);
    app.id = w->app_id = rq_new_id(&rq);
    app.name = S("Shop");
    app.oauth.redirect_urls = (struct field_texts){ARENA_NEW(w->arena, str), 1};
    app.oauth.redirect_urls.items[0] = S("https://client.example/cb");
    REQUIRE(application_create(&rq, tenant, &app) == ERR_OK);
    w->secret = app.oauth.client_secret;
    field_defaults(w->arena, &user_table, &user);
    user.email = S("ada@example.com");
    user.password = S("correct horse");
    REQUIRE(user_set_password(&rq, &quick, &user) == ERR_OK
            && user_create(&rq, tenant, &user) == ERR_OK);
    membership.application_id = app.id;
    REQUIRE(registration_create(&rq, tenant, &user, &membership) == ERR_OK);
    make_universal(w, &rq, tenant, &user);
    commit(&rq);
}

static void
world_open(struct world *w)
{
    struct config config = {.listen = "127.0.0.1:9011"};
    struct dispatch_config dispatch = {.house = &w->house, .is_quiet = true};
    const char *why = "";

    log_open(-1);
    snprintf(w->folder, sizeof w->folder, "/tmp/torture-XXXXXX");
    REQUIRE(mkdtemp(w->folder) != NULL);
    config.data = w->folder;
    w->place = place_is_postgres() ? place_take("house") : NULL;
    config.database = w->place ? place_uri(w->place).p : NULL;
    w->arena = arena_new(MB(16));
    cr_assert(house_open(&config, w->arena, &w->house, &why), "%s", why);
    w->workers = run_pool_start("worker", 2, 100);
    w->hashers = run_pool_start("hash", 1, 100);
    dispatch.workers = w->workers;
    dispatch.hashers = w->hashers;
    w->dispatch = dispatch_new(&dispatch);
    make_things(w);
}

static void
world_close(struct world *w)
{
    char path[400];
    DIR *dir;

    run_pool_stop(w->workers);
    run_pool_stop(w->hashers);
    dispatch_free(w->dispatch);
    house_close(&w->house);
    arena_free(w->arena);
    dir = opendir(w->folder);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", w->folder, e->d_name);
        unlink(path);
    }
    closedir(dir);
    rmdir(w->folder);
    place_free(w->place);
}

/* Rows that a half-made request would leave behind. */
static int64_t
count_rows(struct world *w)
{
    static const char *const tables[] = {
        "users", "session", "auth_code", "token", "event", "consent", "outbox", "registration"};
    char path[200], sql[100];
    int64_t total = 0;
    sqlite3_stmt *statement;
    sqlite3 *db;

    for (size_t i = 0; w->place != NULL && i < COUNT(tables); i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
        total += place_number(w->place, sql);
    }
    if (w->place != NULL) {
        return total;
    }
    snprintf(path, sizeof path, "%s/cardea.db", w->folder);
    REQUIRE(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix-excl") == SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    for (size_t i = 0; i < COUNT(tables); i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
        REQUIRE(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK
                && sqlite3_step(statement) == SQLITE_ROW);
        total += sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
    return total;
}

enum fault_kind { NO_FAULT, FAULT_MEMORY, FAULT_DATABASE };

struct call {
    enum http_method method;
    const char *path;
    str query, body, cookies, authorization;
};

static str
text_of_headers(struct arena *arena, const struct http_answer *answer, str name)
{
    str all = NO_STR;

    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_ieq(answer->headers[i].name, name)) {
            str value = str_head(answer->headers[i].value, str_find(answer->headers[i].value, ';'));
            all = all.n ? str_fmt(arena, STRF "; " STRF, STRV(all), STRV(value))
                        : str_dup(arena, value);
        }
    }
    return all;
}

static struct answer
perform(struct world *w, struct arena *keep, const struct call *call, enum fault_kind kind, long n)
{
    struct arena *arena = arena_new(MB(4));
    struct http_header headers[3] = {{S("content-type"), S("application/x-www-form-urlencoded")},
        {S("cookie"), call->cookies}, {S("authorization"), call->authorization}};
    struct http_exchange x = {.arena = arena,
        .request = {.method = call->method,
            .method_text = call->method == HTTP_POST ? S("POST") : S("GET"),
            .path = str_from(call->path),
            .query = call->query,
            .body = call->body,
            .headers = headers,
            .header_count = call->authorization.n ? 3 : 2,
            .peer = S("192.0.2.1")}};
    struct answer answer;

    if (kind == FAULT_MEMORY) {
        arena_fail_after(n);
    } else if (kind == FAULT_DATABASE) {
        db_fail_after(n);
    }
    dispatch_perform(w->dispatch, &x);
    arena_fail_after(-1);
    db_fail_after(-1);
    answer = (struct answer){x.answer.status, text_of_headers(keep, &x.answer, S("location")),
        text_of_headers(keep, &x.answer, S("set-cookie")), str_dup(keep, x.answer.body)};
    arena_free(arena);
    return answer;
}

static str
between(str text, str start, char end)
{
    text = str_skip(text, str_find_str(text, start) + start.n);
    return str_head(text, str_find(text, end));
}

static str
json_member(struct arena *arena, str body, str name)
{
    const struct json *json;
    str text = NO_STR;

    REQUIRE(json_parse(arena, body, &json, NULL));
    (void)!json_str(json_get(json, name), &text);
    return text;
}

/* Performs the call with failure number 0, 1, 2 ... until it succeeds; a refused one must have
 * left nothing. */
static struct answer
torture(struct world *w, struct arena *keep, const struct call *call, enum fault_kind kind)
{
    struct answer answer;
    int64_t before = count_rows(w);

    for (long n = 0; n < MAX_FAILURES; n++) {
        answer = perform(w, keep, call, kind, n);
        cr_assert(answer.status != 0, "%s failure %ld: no answer", call->path, n);
        if (answer.status < 400) {
            return answer;
        }
        cr_assert(count_rows(w) == before, "%s failure %ld left rows behind", call->path, n);
    }
    cr_assert(false, "%s never succeeded: %d " STRF, call->path, answer.status, STRV(answer.body));
    return answer;
}

static void
main_job(struct world *w, enum fault_kind kind)
{
    struct arena *keep = arena_new(MB(512));
    str basic = str_fmt(keep, "Basic " STRF,
        STRV(base64_text(keep, str_bytes(str_fmt(keep, STRF ":" STRF,
                                   STRV(uuid_text(keep, w->app_id)), STRV(w->secret))))));
    str query = str_fmt(keep,
        "client_id=" STRF "&response_type=code&redirect_uri=https%%3A%%2F%%2Fclient.example%%2Fcb&"
        "scope=openid+offline_access",
        STRV(uuid_text(keep, w->app_id)));
    struct call call = {HTTP_GET, "/oauth2/authorize", query, NO_STR, NO_STR, NO_STR};
    struct answer page = torture(w, keep, &call, kind), done, tokens;
    str state = between(page.body, S("name=\"state\" value=\""), '"');

    REQUIRE(state.n > 0);
    call = (struct call){HTTP_POST, "/signin", NO_STR,
        str_fmt(keep,
            "state=" STRF "&step=signin&loginId=ada%%40example.com&password=correct+horse",
            STRV(state)),
        page.cookies, NO_STR};
    done = torture(w, keep, &call, kind);
    cr_assert(done.status == 303, "sign-in: %d", done.status);
    call = (struct call){HTTP_POST, "/oauth2/token", NO_STR,
        str_fmt(keep,
            "grant_type=authorization_code&redirect_uri=https%%3A%%2F%%2Fclient.example%%2Fcb&"
            "code=" STRF,
            STRV(between(done.location, S("code="), '&'))),
        NO_STR, basic};
    tokens = torture(w, keep, &call, kind);
    call.body = str_fmt(keep, "grant_type=refresh_token&refresh_token=" STRF,
        STRV(json_member(keep, tokens.body, S("refresh_token"))));
    tokens = torture(w, keep, &call, kind);
    call.path = "/oauth2/introspect";
    call.body =
        str_fmt(keep, "token=" STRF, STRV(json_member(keep, tokens.body, S("access_token"))));
    EXPECT_STR(str_head(torture(w, keep, &call, kind).body, 14), S("{\"active\":true"));
    call.path = "/oauth2/revoke";
    EXPECT(torture(w, keep, &call, kind).status == 200);
    call.path = "/oauth2/introspect";
    EXPECT_STR(perform(w, keep, &call, NO_FAULT, 0).body, S("{\"active\":false}"));
    arena_free(keep);
}

/* Cookies of an answer added to those that a browser has: the newest of a name is the first. */
static str
join_cookies(struct arena *arena, str new, str old)
{
    return new.n &&old.n ? str_fmt(arena, STRF "; " STRF, STRV(new), STRV(old)) : new.n ? new : old;
}

static str
query_of(str url)
{
    return str_skip(url, str_find(url, '?') + 1);
}

/* The hosted backend for a universal application, with something to complete on the way. */
static void
hosted_job(struct world *w, enum fault_kind kind)
{
    struct arena *keep = arena_new(MB(512));
    str id = uuid_text(keep, w->everywhere_id), cookies;
    struct call call = {
        HTTP_GET, "/app/login", str_fmt(keep, "client_id=" STRF, STRV(id)), NO_STR, NO_STR, NO_STR};
    struct answer answer = torture(w, keep, &call, kind);

    cookies = answer.cookies;
    call = (struct call){
        HTTP_GET, "/oauth2/authorize", query_of(answer.location), NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    call = (struct call){HTTP_POST, "/signin", NO_STR,
        str_fmt(keep,
            "state=" STRF "&step=signin&loginId=ada%%40example.com&password=correct+horse",
            STRV(between(answer.body, S("name=\"state\" value=\""), '"'))),
        cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    cr_assert(answer.status == 200, "sign-in: %d", answer.status);
    cookies = join_cookies(keep, answer.cookies, cookies);
    call.body = str_fmt(keep, "state=" STRF "&step=complete&user.firstName=Ada",
        STRV(between(answer.body, S("name=\"state\" value=\""), '"')));
    call.cookies = cookies;
    answer = torture(w, keep, &call, kind);
    cr_assert(answer.status == 303, "completion: %d " STRF, answer.status, STRV(answer.body));
    call = (struct call){
        HTTP_GET, "/app/callback", query_of(answer.location), NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_find_str(answer.cookies, S("app.rt_proof=")) < answer.cookies.n);
    cookies = join_cookies(keep, answer.cookies, cookies);
    call = (struct call){HTTP_POST, "/app/refresh", str_fmt(keep, "client_id=" STRF, STRV(id)),
        NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_find_str(answer.cookies, S("app.at=")) < answer.cookies.n);
    cookies = join_cookies(keep, answer.cookies, cookies);
    call = (struct call){HTTP_GET, "/app/me", NO_STR, NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_starts(answer.body, S("{\"sub\":")));
    call = (struct call){HTTP_GET, "/app/logout", str_fmt(keep, "client_id=" STRF, STRV(id)),
        NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_find_str(answer.cookies, S("app.rt=")) < answer.cookies.n);
    arena_free(keep);
}

TEST(every_allocation_of_a_hosted_sign_in_may_fail, .timeout = 300)
{
    struct world w;

    world_open(&w);
    hosted_job(&w, FAULT_MEMORY);
    world_close(&w);
}

TEST(every_database_call_of_a_hosted_sign_in_may_fail, .timeout = 300)
{
    struct world w;

    world_open(&w);
    hosted_job(&w, FAULT_DATABASE);
    world_close(&w);
}

TEST(every_allocation_of_the_main_job_may_fail, .timeout = 300)
{
    struct world w;

    world_open(&w);
    main_job(&w, FAULT_MEMORY);
    world_close(&w);
}

TEST(every_database_call_of_the_main_job_may_fail, .timeout = 300)
{
    struct world w;

    world_open(&w);
    main_job(&w, FAULT_DATABASE);
    world_close(&w);
}
