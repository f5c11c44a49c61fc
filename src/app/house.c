/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing what a process shares. */
#include "app/house.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "codec/url.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "crypto/random.h"
#include "flow/signin/signin.h"
#include "io/fetch/fetch.h"
#include "model/admin/admin.h"
#include "model/application/application.h"
#include "model/attempt/attempt.h"
#include "model/breach/breach.h"
#include "model/cache/cache.h"
#include "model/captcha/captcha.h"
#include "model/claims/claims.h"
#include "model/lockout/lockout.h"
#include "model/page/page.h"
#include "model/statements.h"

extern const struct db_migration migrations[];
extern const size_t migration_count;

enum {
    CACHE_MAX = 10000,
    VERDICTS_MAX = 20000,
    LOCKOUTS_MAX = 100000,
    ATTEMPTS_MAX = 500,
    CAPTCHAS_MAX = 20000,
    ERASURES_AT_ONCE = 20
};

/* On a thread of the database's: what another node's set says. */
static void
hear(void *ctx, str notice)
{
    struct house *house = ctx;

    if (!lockouts_hear(house->lockouts, notice)) {
        cache_hear(house->cache, notice);
    }
}

static bool
open_database(const struct config *config, struct house *house, const char **ret_why)
{
    str writers = str_from(config->database_writers);
    int64_t count = 0;
    struct db_config db = {
        .folder = str_from(config->data),
        .database = str_from(config->database),
        .key_database = str_from(config->key_database),
        .replica = str_from(config->database_replica),
        .on_notice = hear,
        .notice_ctx = house,
        .sql = statements,
        .sql_count = STATEMENT_COUNT,
        .migrations = migrations,
        .migration_count = migration_count,
    };

    if (writers.n && (!str_i64(writers, &count) || count < 1 || count > 16)) {
        *ret_why = "--database-writers is a number from 1 to 16";
        return false;
    }
    db.writers = (int)count;
    house->db = db_open(&db, ret_why);
    return house->db != NULL;
}

/* SQLite has made the data folder; for the master key of a node on PostgreSQL it is made here. */
static bool
make_folder(const struct config *config, const char **ret_why)
{
    *ret_why = "the data folder cannot be made";
    return mkdir(config->data, 0700) == 0 || errno == EEXIST;
}

/* A fresh key in the place of one that was named, or that has sealed something here already, would open
 * nothing. */
static bool
open_keys(
    const struct config *config, struct arena *arena, struct house *house, const char **ret_why)
{
    const char *path = config->master_key_file;
    bool is_empty, is_read;
    struct rq rq;

    house_begin(house, arena, &rq);
    *ret_why = "the database cannot be read";
    is_read = house_is_empty(&rq, &is_empty) == ERR_OK;
    cache_end_request(&rq);
    if (!is_read || !make_folder(config, ret_why)) {
        return false;
    }
    if (path == NULL) {
        str text = str_fmt(arena, "%s/master.key", config->data);
        path = str_z(arena, text);
    }
    house->keyring =
        path ? keyring_open(path, config->master_key_file == NULL && is_empty, house->rng, ret_why)
             : NULL;
    return house->keyring != NULL;
}

/* Another database's key would be found out at the first request: better now. */
static bool
check_keys(struct arena *arena, struct house *house, const char **ret_why)
{
    const struct tenant *tenant;
    struct uuid id;
    struct rq rq;
    bool is_good;

    house_begin(house, arena, &rq);
    *ret_why = "the master key does not open this database: name its own with --master-key-file";
    is_good = tenant_default_id(&rq, &id) == ERR_OK
              && (uuid_is_nil(id) || tenant_load(&rq, id, &tenant) == ERR_OK);
    cache_end_request(&rq);
    return is_good;
}

/* As set, or the public service; what a prefix is appended to. */
static bool
read_range_url(const struct config *config, struct arena *arena, str *ret, const char **ret_why)
{
    str text = config->breach_range_url ? str_from(config->breach_range_url)
                                        : S("https://api.pwnedpasswords.com/range/");
    struct url url;
    bool is_local;

    *ret_why = "--breach-range-url is an https address, or an http one of this machine";
    if (!url_parse(text, &url) || url.has_query || url.has_fragment || url.has_userinfo) {
        return false;
    }
    is_local = url_is_loopback(&url) || str_ieq(url.host, S("localhost"));
    *ret = str_fmt(arena, STRF "%s", STRV(text), str_ends(text, S("/")) ? "" : "/");
    return str_ieq(url.scheme, S("https")) || (is_local && str_ieq(url.scheme, S("http")));
}

static bool
open_memory(
    const struct config *config, struct arena *arena, struct house *house, const char **ret_why)
{
    struct fetch_config fetch = {
        .may_reach_private = config->allow_private_fetch,
        .ca_file = config->outgoing_ca,
        .proxy = config->outgoing_proxy,
    };
    str range;

    if (!read_range_url(config, arena, &range, ret_why)) {
        return false;
    }
    *ret_why = "there is not enough memory";
    house->verdicts = verdicts_new(VERDICTS_MAX, house->rng);
    house->attempts = attempts_new(ATTEMPTS_MAX);
    house->breaches = breaches_new(range);
    house->captchas = captchas_new(CAPTCHAS_MAX, house->rng);
    house->fetch = fetch_start(&fetch);
    return house->verdicts && house->attempts && house->breaches && house->captchas && house->fetch
           && page_init(ret_why);
}

/* --url, or what a browser on this machine would type. */
static void
set_url(struct house *house, struct arena *arena, const struct config *config)
{
    str url = str_from(config->url), port = str_from(config->listen);

    while (str_find(port, ':') < port.n) {
        port = str_skip(port, str_find(port, ':') + 1);
    }
    while (str_ends(url, S("/"))) {
        url.n--;
    }
    if (url.n == 0) {
        url =
            str_fmt(arena, "%s://localhost:" STRF, config->tls_cert ? "https" : "http", STRV(port));
    }
    house->base_url = url;
    house->is_https = str_starts(url, S("https://"));
}

/* What an erasure that a crash has cut left behind ends before anybody is served: nothing half-done is
 * visible. */
static bool
finish_erasures(struct house *house, const char **ret_why)
{
    size_t count = 1;
    enum err e;

    *ret_why = "erasures that were cut cannot be finished";
    while (count > 0) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(4));
        struct rq rq;
        if (arena == NULL) {
            return false;
        }
        house_begin(house, arena, &rq);
        e = tenant_finish_erasures(&rq, ERASURES_AT_ONCE, &count);
        e = e ? e : house_commit(&rq);
        if (e != ERR_OK && e != ERR_AGAIN) { /* again: another node was faster */
            return false;
        }
    }
    return true;
}

bool
house_is_there(const struct config *config, const char **ret_why)
{
    char path[4096];
    struct stat status;

    if (config->database != NULL && config->database[0] != '\0') {
        return true;
    }
    if (snprintf(path, sizeof path, "%s/cardea.db", config->data) >= (int)sizeof path
        || stat(path, &status) != 0) {
        *ret_why = "there is no database in the folder that --data names";
        return false;
    }
    return true;
}

bool
house_open(
    const struct config *config, struct arena *arena, struct house *ret, const char **ret_why)
{
    *ret = (struct house){.rng = random_system(),
        .is_demo = config->demo,
        .shows_locally = config->local_metrics,
        .ask_user = signin_begin};
    if (!crypto_init()) {
        *ret_why = "the cryptographic libraries lack something";
        return false;
    }
    set_url(ret, arena, config); /* before any tenant is compiled: issuers are made of it */
    *ret_why = "there is not enough memory";
    /* These hear what other nodes change from the start. */
    ret->cache = cache_new(CACHE_MAX, ret->rng);
    ret->lockouts = lockouts_new(LOCKOUTS_MAX, ret->rng);
    ret->counts = ARENA_NEW(arena, struct rq_counts);
    if (ret->cache == NULL || ret->lockouts == NULL || ret->counts == NULL
        || !open_database(config, ret, ret_why) || !open_keys(config, arena, ret, ret_why)
        || !open_memory(config, arena, ret, ret_why) || !check_keys(arena, ret, ret_why)
        || !finish_erasures(ret, ret_why)) {
        house_close(ret);
        return false;
    }
    return true;
}

void
house_close(struct house *house)
{
    fetch_stop(house->fetch);
    db_close(house->db);
    attempts_free(house->attempts);
    captchas_free(house->captchas);
    breaches_free(house->breaches);
    lockouts_free(house->lockouts);
    verdicts_free(house->verdicts);
    cache_free(house->cache);
    keyring_close(house->keyring);
    *house = (struct house){.db = NULL};
}

void
house_begin(struct house *house, struct arena *arena, struct rq *ret)
{
    static const struct http_request nothing = {.method = HTTP_POST};

    *ret = (struct rq){
        .house = house,
        .arena = arena,
        .http = &nothing,
        .answer = ARENA_NEW(arena, struct http_answer),
        .now = clock_now_ms(),
        .rng = house->rng,
        .db = house->db,
        .place = RQ_HASH, /* commands and jobs may take their time */
        .lang = S("en"),
    };
    db_writes_init(&ret->writes, arena);
}

enum err
house_commit(struct rq *rq)
{
    enum db_verdict verdict;

    if (rq->fault.code != ERR_OK || arena_failed(rq->arena)) {
        cache_end_request(rq);
        return rq->fault.code ? rq->fault.code : ERR_SERVER;
    }
    rq->writes.is_of_house = true;
    verdict = rq->writes.count ? db_commit_wait(rq->db, &rq->writes) : DB_COMMITTED;
    if (verdict == DB_COMMITTED) {
        cache_apply_drops(rq);
        rq_count_done(rq);
    }
    cache_end_request(rq);
    if (verdict == DB_MISSED) {
        return (enum err)rq->writes.missed->miss;
    }
    return verdict == DB_COMMITTED ? ERR_OK : ERR_SERVER;
}

bool
house_default_tenant(struct house *house, struct uuid *ret)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    struct rq rq;
    enum err e;

    if (arena == NULL) {
        return false;
    }
    house_begin(house, arena, &rq);
    e = tenant_default_id(&rq, ret);
    cache_end_request(&rq);
    return e == ERR_OK;
}

enum err
house_is_empty(struct rq *rq, bool *ret)
{
    struct uuid id;
    enum err e = tenant_default_id(rq, &id);

    *ret = uuid_is_nil(id);
    return e;
}

/* Databases of before have fewer of the administrators' roles. Another node may be doing the same. */
enum err
house_complete_admin(struct rq *rq)
{
    const struct application *stored;
    struct application *app = ARENA_NEW(rq->arena, struct application);
    bool is_changed = false;
    enum err e = application_load(rq, admin_application_id(), &stored);

    if (e != ERR_OK || stored == NULL || app == NULL) {
        return e || app ? e : FAIL_SERVER(rq);
    }
    *app = *stored;
    e = admin_complete_roles(rq, app, &is_changed);
    return e || !is_changed ? e : application_update(rq, app);
}

enum err
house_bootstrap(struct rq *rq, struct uuid tenant_id)
{
    struct tenant *tenant = ARENA_NEW(rq->arena, struct tenant);
    struct application *app = ARENA_NEW(rq->arena, struct application);
    bool is_changed;
    enum err e;

    if (tenant == NULL || app == NULL) {
        return FAIL_SERVER(rq);
    }
    field_defaults(rq->arena, &tenant_table, tenant);
    field_defaults(rq->arena, &application_table, app);
    tenant->id = uuid_is_nil(tenant_id) ? rq_new_id(rq) : tenant_id;
    tenant->name = S("Default");
    app->id = admin_application_id();
    app->name = S("Cardea");
    e = admin_complete_roles(rq, app, &is_changed);
    if (e != ERR_OK) {
        return e;
    }
    tenant_set_default(rq, tenant->id);
    e = tenant_create(rq, tenant);
    return e ? e : application_create(rq, tenant, app);
}
