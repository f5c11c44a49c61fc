/* SPDX-License-Identifier: Apache-2.0 */
/* The house that is tortured, and how. */
#define UNIT torture
#include "torture.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "io/run/run.h"
#include "model/application/application.h"
#include "model/user/user.h"

enum { MAX_FAILURES = 10000 };

static void
commit(struct rq *rq)
{
    REQUIRE(house_commit(rq) == ERR_OK);
}

/* An application of no tenant, whose people complete what it asks for. */
static void
make_universal(
    struct torture_world *w, struct rq *rq, const struct tenant *tenant, const struct user *user)
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
make_things(struct torture_world *w)
{
    struct rq rq;
    const struct tenant *tenant;
    struct application app;
    struct user user;
    struct registration membership = {.id = {{0}}};

    house_begin(&w->house, w->arena, &rq);
    REQUIRE(house_bootstrap(&rq, (struct uuid){{0}}) == ERR_OK);
    commit(&rq);
    house_begin(&w->house, w->arena, &rq);
    REQUIRE(tenant_default_id(&rq, &w->tenant_id) == ERR_OK
            && tenant_load(&rq, w->tenant_id, &tenant) == ERR_OK);
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

void
torture_open(struct torture_world *w)
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

void
torture_close(struct torture_world *w)
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

/* The rows of all tables: what a half-made request would leave behind, or have taken away. */
static int64_t
count_sqlite(struct torture_world *w)
{
    char path[200], sql[200];
    int64_t total = 0;
    sqlite3_stmt *tables, *rows;
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/cardea.db", w->folder);
    REQUIRE(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix-excl") == SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    REQUIRE(sqlite3_prepare_v2(
                db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &tables, NULL)
            == SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", sqlite3_column_text(tables, 0));
        REQUIRE(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK
                && sqlite3_step(rows) == SQLITE_ROW);
        total += sqlite3_column_int64(rows, 0);
        sqlite3_finalize(rows);
    }
    sqlite3_finalize(tables);
    sqlite3_close(db);
    return total;
}

static int64_t
count_rows(struct torture_world *w)
{
    static const char sql[] =
        "SELECT sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I',"
        " table_schema, table_name), false, true, '')))[1]::text::bigint)::bigint"
        " FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
        " AND table_schema NOT IN ('pg_catalog', 'information_schema')";

    return w->place != NULL ? place_number(w->place, sql) : count_sqlite(w);
}

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

static struct http_request
request_of(const struct torture_call *call, struct http_header headers[3])
{
    static const str methods[] = {[HTTP_GET] = S("GET"),
        [HTTP_POST] = S("POST"),
        [HTTP_PATCH] = S("PATCH"),
        [HTTP_DELETE] = S("DELETE")};

    headers[0] = (struct http_header){S("content-type"),
        call->is_api ? S("application/json") : S("application/x-www-form-urlencoded")};
    headers[1] = (struct http_header){S("cookie"), call->cookies};
    headers[2] = (struct http_header){S("authorization"), call->authorization};
    return (struct http_request){.method = call->method,
        .method_text = methods[call->method],
        .path = str_from(call->path),
        .query = call->query,
        .body = call->body,
        .headers = headers,
        .header_count = headers[2].value.n ? 3 : 2,
        .peer = S("192.0.2.1")};
}

struct torture_answer
torture_perform(struct torture_world *w, struct arena *keep, const struct torture_call *call,
    enum torture_kind kind, long n)
{
    struct arena *arena = arena_new(MB(4));
    struct http_header headers[3];
    struct http_exchange x = {.arena = arena, .request = request_of(call, headers)};
    struct torture_answer answer;

    if (kind == TORTURE_MEMORY) {
        arena_fail_after(n);
    } else if (kind == TORTURE_DATABASE) {
        db_fail_after(n);
    }
    (call->is_api ? dispatch_perform_as_operator : dispatch_perform)(w->dispatch, &x);
    arena_fail_after(-1);
    db_fail_after(-1);
    answer =
        (struct torture_answer){x.answer.status, text_of_headers(keep, &x.answer, S("location")),
            text_of_headers(keep, &x.answer, S("set-cookie")), str_dup(keep, x.answer.body)};
    arena_free(arena);
    return answer;
}

/* A path takes the first of an array. */
str
torture_member(struct arena *arena, str body, str path)
{
    const struct json *json;
    str text = NO_STR;

    REQUIRE(json_parse(arena, body, &json, NULL));
    while (json != NULL && path.n > 0) {
        size_t n = str_find(path, '.');

        json = json_get(json, str_head(path, n));
        json = json != NULL && json->type == JSON_ARRAY ? json->first : json;
        path = str_skip(path, n + 1);
    }
    (void)!json_str(json, &text);
    return text;
}

struct torture_answer
torture(struct torture_world *w, struct arena *keep, const struct torture_call *call,
    enum torture_kind kind)
{
    struct torture_answer answer;
    int64_t before = count_rows(w);

    for (long n = 0; n < MAX_FAILURES; n += call->stride ? call->stride : 1) {
        answer = torture_perform(w, keep, call, kind, n);
        cr_assert(answer.status != 0, "%s failure %ld: no answer", call->path, n);
        if (answer.status < 400) {
            return answer;
        }
        cr_assert(!call->is_api || answer.status >= 500, "%s failure %ld: %d " STRF, call->path, n,
            answer.status, STRV(answer.body));
        cr_assert(count_rows(w) == before, "%s failure %ld left rows behind", call->path, n);
    }
    cr_assert(false, "%s never succeeded: %d " STRF, call->path, answer.status, STRV(answer.body));
    return answer;
}
