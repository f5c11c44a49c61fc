/* SPDX-License-Identifier: Apache-2.0 */
/* A house for tests of the model and the flows. */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../io/db/place.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "model/application/application.h"
#include "model/cache/cache.h"
#include "model/claims/claims.h"
#include "model/lockout/lockout.h"
#include "model/outbox/outbox.h"
#include "model/removal/removal.h"
#include "model/statements.h"

extern const struct db_migration migrations[];
extern const size_t migration_count;

enum { REQUEST_BYTES = MB(8), MAX_HEADERS = 8 };

struct request { /* rq comes first: a rq of ours is one of these */
    struct rq rq;
    struct fixture *fx;
    struct http_request http;
    struct http_answer answer;
    struct http_header headers[MAX_HEADERS];
    struct unit_rng rng;
};

static struct unit_rng
next_rng(struct fixture *fx)
{
    uint64_t n = atomic_fetch_add(&fx->seed, 1) + 1;

    return unit_rng_new(n * 0x9e3779b97f4a7c15u);
}

static void
open_db(struct fixture *fx)
{
    struct db_config config = {
        .folder = str_from(fx->folder),
        .sql = statements,
        .sql_count = STATEMENT_COUNT,
        .migrations = migrations,
        .migration_count = migration_count,
        .database = fx->place ? place_uri(fx->place) : NO_STR,
    };
    const char *why = "";

    fx->house.db = db_open(&config, &why);
    cr_assert(fx->house.db != NULL, "db_open: %s", why);
}

static void
open_house(struct fixture *fx)
{
    char path[128];
    const char *why = "";

    snprintf(path, sizeof path, "%s/master.key", fx->folder);
    fx->house.rng = &fx->rng.rng;
    fx->house.base_url = S("http://localhost:9011");
    fx->house.keyring = keyring_open(path, true, &fx->rng.rng, &why);
    cr_assert(fx->house.keyring != NULL, "keyring_open: %s", why);
    fx->house.cache = cache_new(100, &fx->rng.rng);
    fx->house.verdicts = verdicts_new(100, &fx->rng.rng);
    fx->house.lockouts = lockouts_new(100, &fx->rng.rng);
    REQUIRE(fx->house.cache != NULL && fx->house.verdicts != NULL && fx->house.lockouts != NULL);
    open_db(fx);
}

static struct tenant *
make_tenant(struct fixture *fx, str name)
{
    struct rq *rq = fixture_rq(fx);
    struct tenant *tenant = ARENA_NEW(fx->arena, struct tenant);
    const struct tenant *stored;
    struct uuid id = rq_new_id(rq);

    REQUIRE(tenant != NULL);
    field_defaults(fx->arena, &tenant_table, tenant);
    tenant_settle(tenant);
    tenant->id = id;
    tenant->name = name;
    REQUIRE(tenant_create(rq, tenant) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(tenant_load(rq, id, &stored) == ERR_OK && stored != NULL);
    memcpy(tenant->key.b, stored->key.b, sizeof tenant->key.b);
    tenant->index_key = stored->index_key;
    tenant->refresh_key = stored->refresh_key;
    tenant->made_issuer = str_dup(fx->arena, stored->made_issuer);
    /* filled in by the request, gone with it */
    tenant->connector_policies = (struct field_list){NULL, 0};
    fixture_done(rq);
    return tenant;
}

struct fixture *
fixture_open(void)
{
    struct fixture *fx = MEM_NEW(struct fixture);

    REQUIRE(fx != NULL && crypto_init());
    snprintf(fx->folder, sizeof fx->folder, "/tmp/cardea-test-XXXXXX");
    REQUIRE(mkdtemp(fx->folder) != NULL);
    fx->rng = unit_rng_new(1);
    fx->arena = arena_new(MB(64));
    REQUIRE(fx->arena != NULL);
    atomic_init(&fx->now, INT64_C(1800000000000));
    fx->place = place_is_postgres() ? place_take("house") : NULL;
    open_house(fx);
    fx->tenant = make_tenant(fx, S("Default"));
    fx->other = make_tenant(fx, S("Other"));
    return fx;
}

void
fixture_reopen(struct fixture *fx)
{
    open_db(fx);
}

void
fixture_restart(struct fixture *fx)
{
    db_close(fx->house.db);
    open_db(fx);
}

static bool
is_ours(const char *name)
{
    return name[0] != '.';
}

void
fixture_close(struct fixture *fx)
{
    DIR *folder;
    char path[512];

    db_close(fx->house.db);
    lockouts_free(fx->house.lockouts);
    verdicts_free(fx->house.verdicts);
    cache_free(fx->house.cache);
    keyring_close(fx->house.keyring);
    arena_free(fx->arena);
    folder = opendir(fx->folder);
    for (struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
        if (is_ours(e->d_name)) {
            snprintf(path, sizeof path, "%s/%s", fx->folder, e->d_name);
            unlink(path);
        }
    }
    closedir(folder);
    rmdir(fx->folder);
    place_free(fx->place);
    mem_free(fx);
}

struct rq *
fixture_rq(struct fixture *fx)
{
    struct arena *arena = arena_new(REQUEST_BYTES);
    struct request *r = MEM_NEW(struct request);

    REQUIRE(arena != NULL && r != NULL);
    r->fx = fx;
    r->rng = next_rng(fx);
    r->http.headers = r->headers;
    r->http.peer = S("192.0.2.7");
    r->rq = (struct rq){
        .house = &fx->house,
        .arena = arena,
        .http = &r->http,
        .answer = &r->answer,
        .now = atomic_load(&fx->now),
        .rng = &r->rng.rng,
        .db = fx->house.db,
        .place = RQ_HASH,
    };
    db_writes_init(&r->rq.writes, arena);
    return &r->rq;
}

void
fixture_done(struct rq *rq)
{
    cache_end_request(rq);
    arena_free(rq->arena);
    mem_free(rq);
}

enum err
fixture_commit(struct rq *rq)
{
    if (arena_failed(rq->arena)) {
        return ERR_SERVER;
    }
    if (rq->writes.count == 0) {
        return ERR_OK;
    }
    switch (db_commit_wait(rq->db, &rq->writes)) {
    case DB_COMMITTED:
        cache_apply_drops(rq);
        return ERR_OK;
    case DB_MISSED:
        return (enum err)rq->writes.missed->miss;
    case DB_LOST:
    case DB_UNKNOWN:
        break;
    }
    return ERR_SERVER;
}

void
fixture_finish(struct rq *rq)
{
    enum err e = fixture_commit(rq);

    cr_assert(e == ERR_OK && rq->fault.code == ERR_OK, "commit: %s, fault: %s:%d", err_wire(e),
        rq->fault.file ? rq->fault.file : "-", rq->fault.line);
    fixture_done(rq);
}

void
fixture_remove_ended(struct fixture *fx)
{
    bool is_any = true;

    while (is_any) {
        struct rq *rq = fixture_rq(fx);
        size_t count;
        REQUIRE(removal_step(rq, 100, &count, &is_any) == ERR_OK && count <= 100);
        fixture_finish(rq);
    }
}

void
fixture_end_tenant(struct fixture *fx, const struct tenant *tenant)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(tenant_delete(rq, tenant) == ERR_OK);
    fixture_finish(rq);
    fixture_remove_ended(fx);
}

void
fixture_empty(struct fixture *fx, int find, int remove)
{
    struct rq *rq = fixture_rq(fx);
    struct db_row *row;

    REQUIRE(rq_read_all(rq, find, 1000, &row, DB_VALUES(DB_ID(&fx->tenant->id), DB_I64(1000)))
            == ERR_OK);
    for (; row != NULL; row = row->next) {
        rq_write(rq, remove, DB_ANY, ERR_SERVER, row->col, row->count);
    }
    fixture_finish(rq);
}

void
fixture_header(struct rq *rq, str name, str value)
{
    struct request *r = (struct request *)rq;

    REQUIRE(r->http.header_count < MAX_HEADERS);
    r->headers[r->http.header_count++] =
        (struct http_header){str_dup(rq->arena, name), str_dup(rq->arena, value)};
}

void
fixture_carry_cookies(const struct rq *from, struct rq *to)
{
    struct buf buf;
    str text;

    buf_init(&buf, to->arena, KB(4));
    for (size_t i = 0; i < from->answer->header_count; i++) {
        const struct http_header *h = &from->answer->headers[i];
        if (str_eq(h->name, S("set-cookie"))) {
            buf_str(&buf, buf.n ? S("; ") : NO_STR);
            buf_str(&buf, str_head(h->value, str_find(h->value, ';')));
        }
    }
    REQUIRE(buf_done(&buf, &text));
    fixture_header(to, S("cookie"), text);
}

str
fixture_set_cookie(const struct rq *rq, str name_start)
{
    for (size_t i = 0; i < rq->answer->header_count; i++) {
        const struct http_header *h = &rq->answer->headers[i];
        if (str_eq(h->name, S("set-cookie")) && str_starts(h->value, name_start)) {
            str pair = str_head(h->value, str_find(h->value, ';'));
            return str_skip(pair, str_find(pair, '=') + 1);
        }
    }
    return NO_STR;
}

struct uuid
fixture_user(struct fixture *fx, str email, str password)
{
    struct rq *rq = fixture_rq(fx);
    struct user user;
    struct uuid id;

    field_defaults(rq->arena, &user_table, &user);
    user.email = email;
    if (password.n) {
        user.password = password;
        REQUIRE(user_set_password(rq, fx->tenant, &user) == ERR_OK);
    }
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    id = user.id;
    fixture_finish(rq);
    return id;
}

struct user *
fixture_load(struct fixture *fx, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct user *user;

    rq->arena = fx->arena;
    REQUIRE(user_load(rq, fx->tenant, id, USER_REGISTRATIONS, &user) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return user;
}

struct uuid
fixture_id(struct fixture *fx)
{
    struct unit_rng rng = next_rng(fx);

    return uuid_make(atomic_load(&fx->now), &rng.rng);
}

struct uuid
fixture_application(struct fixture *fx, struct uuid id)
{
    struct application app;
    struct rq *rq = fixture_rq(fx);

    field_defaults(rq->arena, &application_table, &app);
    app.id = uuid_is_nil(id) ? fixture_id(fx) : id;
    app.name = uuid_text(rq->arena, app.id);
    REQUIRE(application_create(rq, fx->tenant, &app) == ERR_OK);
    id = app.id;
    fixture_finish(rq);
    return id;
}

static size_t
count_in_file(struct arena *arena, const char *path, bytes wanted)
{
    FILE *file = fopen(path, "rb");
    size_t count = 0, n;
    char *text;

    REQUIRE(file != NULL && fseek(file, 0, SEEK_END) == 0);
    n = (size_t)ftell(file);
    rewind(file);
    text = arena_alloc(arena, n + 1);
    REQUIRE(text != NULL && fread(text, 1, n, file) == n);
    fclose(file);
    for (const char *at = text; (at = memmem(at, n - (size_t)(at - text), wanted.p, wanted.n));) {
        count++;
        at++;
    }
    return count;
}

static void
copy_file(struct fixture *fx, const char *from, const char *to)
{
    char path[128];
    FILE *in, *out;

    snprintf(path, sizeof path, "%s/%s", fx->folder, from);
    in = fopen(path, "rb");
    snprintf(path, sizeof path, "%s/%s", fx->folder, to);
    out = fopen(path, "wb");
    REQUIRE(in != NULL && out != NULL);
    for (int c; (c = fgetc(in)) != EOF;) {
        fputc(c, out);
    }
    fclose(in);
    fclose(out);
}

void
fixture_backup(struct fixture *fx)
{
    char path[128];

    fixture_restart(fx); /* brings SQLite's WAL into the file */
    if (fx->place != NULL) {
        snprintf(path, sizeof path, "%s/old.dump", fx->folder);
        place_backup(fx->place, path);
    } else {
        copy_file(fx, "cardea.db", "old.db");
    }
}

void
fixture_restore(struct fixture *fx)
{
    char path[128];

    if (fx->place != NULL) {
        snprintf(path, sizeof path, "%s/old.dump", fx->folder);
        place_restore(fx->place, path);
    } else {
        copy_file(fx, "old.db", "cardea.db");
    }
}

size_t
fixture_search(struct fixture *fx, const char *name_start, bytes wanted)
{
    DIR *folder = opendir(fx->folder);
    struct arena *arena = arena_new(MB(256));
    char path[512];
    size_t count = 0;

    if (fx->place != NULL) {
        count = place_search(fx->place,
            strcmp(name_start, "keys") == 0 ? "cardea_keys"
            : *name_start                   ? "cardea"
                                            : "",
            wanted);
    }
    REQUIRE(folder != NULL && arena != NULL && wanted.n > 0);
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
        if (is_ours(e->d_name) && str_starts(str_from(e->d_name), str_from(name_start))) {
            snprintf(path, sizeof path, "%s/%s", fx->folder, e->d_name);
            count += count_in_file(arena, path, wanted);
        }
    }
    closedir(folder);
    arena_free(arena);
    return count;
}

size_t
fixture_mails(struct fixture *fx, struct outbox_mail **ret)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    size_t count;

    rq->arena = fx->arena;
    REQUIRE(outbox_list(rq, fx->tenant, 10, ret, &count) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return count;
}

int64_t
fixture_count(struct fixture *fx, const char *table)
{
    char path[128], sql[128];
    sqlite3 *handle = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t count = -1;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    if (fx->place != NULL) {
        return place_number(fx->place, sql);
    }
    snprintf(path, sizeof path, "%s/%s", fx->folder,
        strcmp(table, "user_key") == 0 || strcmp(table, "day_key") == 0
                || strcmp(table, "erasure") == 0
            ? "keys.db"
            : "cardea.db");
    if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
        && sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step(stmt) == SQLITE_ROW) {
        count = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(handle);
    return count;
}
