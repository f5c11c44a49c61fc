/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of compiled configuration. Invariants: 1 a thing is freed only when neither the
 * cache nor a request holds it; 2 a thing built from rows older than the last drop of its kind
 * is used by its request alone, never kept. */
#include "model/cache/cache.h"

#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/rq/rq.h"

struct cache_thing {
    struct cache_thing *newer, *older; /* by last use, while in the cache */
    enum cache_kind kind;
    struct uuid id;
    struct arena *arena;
    void *value;
    cache_release *release;
    int refs; /* guarded by the cache's lock */
};

struct cache_hold {
    struct cache_hold *next;
    struct cache_thing *thing;
};

struct cache {
    pthread_mutex_t lock;
    struct shelf {
        struct map *things;
        struct cache_thing *newest, *oldest;
        uint64_t drops; /* counts drops: what was read before one is not kept after it */
        uint64_t hits, misses;
    } shelves[CACHE_KIND_COUNT];
    size_t max;
};

enum { THING_BYTES = MB(4) };

/* clang-format off */
static const struct { /* what is made of what, in this order */
    enum cache_kind of, kind;
    bool is_of_same_id;
} made[] = {
    {CACHE_SIGNING_KEY, CACHE_JWKS, false},
    {CACHE_SIGNING_KEY, CACHE_TENANT_KEY, false},
    {CACHE_API_KEY, CACHE_API_KEY_ID, false},
    {CACHE_DEFAULT_TENANT, CACHE_TENANT, false}, /* its issuer is the base URL itself */
    {CACHE_DEFAULT_TENANT, CACHE_DISCOVERY, false},
    {CACHE_TENANT, CACHE_DISCOVERY, true},
};
/* clang-format on */

static void
thing_free(struct cache_thing *t)
{
    if (t->release != NULL) {
        t->release(t->value);
    }
    arena_free(t->arena);
    mem_free(t);
}

/* The caller holds the lock; what is no longer held by anyone is handed back to be freed outside
 * of it. */
static struct cache_thing *
unref(struct cache_thing *t)
{
    return t != NULL && --t->refs == 0 ? t : NULL;
}

static void
unlink_thing(struct shelf *shelf, struct cache_thing *t)
{
    *(t->newer ? &t->newer->older : &shelf->newest) = t->older;
    *(t->older ? &t->older->newer : &shelf->oldest) = t->newer;
    t->newer = t->older = NULL;
}

static void
link_newest(struct shelf *shelf, struct cache_thing *t)
{
    t->older = shelf->newest;
    *(shelf->newest ? &shelf->newest->newer : &shelf->oldest) = t;
    shelf->newest = t;
}

struct cache *
cache_new(size_t max, struct rng *rng)
{
    struct cache *cache = MEM_NEW(struct cache);

    if (cache == NULL) {
        return NULL;
    }
    pthread_mutex_init(&cache->lock, NULL);
    cache->max = max;
    for (int i = 0; i < CACHE_KIND_COUNT; i++) {
        cache->shelves[i].things = map_new(max + 1, rng);
        if (cache->shelves[i].things == NULL) {
            cache_free(cache);
            return NULL;
        }
    }
    return cache;
}

void
cache_free(struct cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (int i = 0; i < CACHE_KIND_COUNT; i++) {
        struct shelf *shelf = &cache->shelves[i];
        while (shelf->oldest != NULL) {
            struct cache_thing *t = shelf->oldest;
            unlink_thing(shelf, t);
            thing_free(t);
        }
        map_free(shelf->things);
    }
    pthread_mutex_destroy(&cache->lock);
    mem_free(cache);
}

/* Takes the thing out of its shelf; the caller holds the lock. */
static struct cache_thing *
take_out(struct shelf *shelf, struct uuid id)
{
    struct cache_thing *t = map_take(shelf->things, uuid_bytes(&id));

    if (t == NULL) {
        return NULL;
    }
    unlink_thing(shelf, t);
    return unref(t);
}

static void
drop_one(struct cache *cache, enum cache_kind kind, struct uuid id)
{
    struct cache_thing *dead;

    pthread_mutex_lock(&cache->lock);
    cache->shelves[kind].drops++;
    dead = take_out(&cache->shelves[kind], id);
    pthread_mutex_unlock(&cache->lock);
    if (dead != NULL) {
        thing_free(dead);
    }
}

static void
drop_all(struct cache *cache, enum cache_kind kind)
{
    struct shelf *shelf = &cache->shelves[kind];
    struct cache_thing *dead;
    bool is_empty;

    do {
        pthread_mutex_lock(&cache->lock);
        shelf->drops++;
        is_empty = shelf->oldest == NULL;
        dead = is_empty ? NULL : take_out(shelf, shelf->oldest->id);
        pthread_mutex_unlock(&cache->lock);
        if (dead != NULL) {
            thing_free(dead);
        }
    } while (!is_empty);
}

/* The thing goes first: what is being made of the old one meets the later drop, and is not kept. */
void
cache_drop(struct cache *cache, enum cache_kind kind, struct uuid id)
{
    drop_one(cache, kind, id);
    for (size_t i = 0; i < COUNT(made); i++) {
        if (made[i].of == kind && made[i].is_of_same_id) {
            drop_one(cache, made[i].kind, id);
        } else if (made[i].of == kind) {
            drop_all(cache, made[i].kind);
        }
    }
}

/* Keeps t for other requests unless something of its kind changed since it was read. */
static void
keep(struct cache *cache, struct cache_thing *t, uint64_t drops_before)
{
    struct shelf *shelf = &cache->shelves[t->kind];
    struct cache_thing *dead[2] = {NULL, NULL};

    pthread_mutex_lock(&cache->lock);
    if (shelf->drops == drops_before) {
        dead[0] = take_out(shelf, t->id); /* another request built it at the same time */
        if (map_count(shelf->things) >= cache->max && shelf->oldest != NULL) {
            dead[1] = take_out(shelf, shelf->oldest->id);
        }
        if (map_put(shelf->things, uuid_bytes(&t->id), t)) {
            t->refs++;
            link_newest(shelf, t);
        }
    }
    pthread_mutex_unlock(&cache->lock);
    for (size_t i = 0; i < COUNT(dead); i++) {
        if (dead[i] != NULL) {
            thing_free(dead[i]);
        }
    }
}

static struct cache_thing *
look_up(struct cache *cache, enum cache_kind kind, struct uuid id, uint64_t *ret_drops)
{
    struct shelf *shelf = &cache->shelves[kind];
    struct cache_thing *t;

    pthread_mutex_lock(&cache->lock);
    *ret_drops = shelf->drops;
    t = map_get(shelf->things, uuid_bytes(&id));
    if (t != NULL) {
        t->refs++;
        unlink_thing(shelf, t);
        link_newest(shelf, t);
    }
    *(t ? &shelf->hits : &shelf->misses) += 1;
    pthread_mutex_unlock(&cache->lock);
    return t;
}

static enum err
build_thing(struct rq *rq, struct cache_thing *t, cache_build *build)
{
    enum err e;

    t->arena = arena_new(THING_BYTES);
    if (t->arena == NULL) {
        return FAIL_SERVER(rq);
    }
    arena_keep_secret(t->arena);
    e = build(rq, t->id, t->arena, &t->value);
    if (e == ERR_OK && arena_failed(t->arena)) {
        e = FAIL_SERVER(rq);
    }
    return e;
}

/* What a drop told of before look_up must be seen: never of a state that is held. */
static enum err
build_of_newest(struct rq *rq, struct cache_thing *t, cache_build *build)
{
    bool was_held = db_reads_release(rq->db);
    enum err e = build_thing(rq, t, build);

    if (was_held) {
        db_reads_hold(rq->db);
    }
    return e;
}

/* Lets the request hold t until its end; the hold lives on the request's arena. */
static enum err
hold(struct rq *rq, struct cache_thing *t, const void **ret)
{
    struct cache_hold *h = ARENA_NEW(rq->arena, struct cache_hold);

    if (h == NULL) {
        pthread_mutex_lock(&rq->house->cache->lock);
        t = unref(t);
        pthread_mutex_unlock(&rq->house->cache->lock);
        if (t != NULL) {
            thing_free(t);
        }
        return FAIL_SERVER(rq);
    }
    *h = (struct cache_hold){rq->holds, t};
    rq->holds = h;
    *ret = t->value;
    return ERR_OK;
}

enum err
cache_get(struct rq *rq, enum cache_kind kind, struct uuid id, cache_build *build,
    cache_release *release, const void **ret)
{
    uint64_t drops;
    struct cache_thing *t = look_up(rq->house->cache, kind, id, &drops);
    enum err e;

    *ret = NULL;
    if (t != NULL) {
        return hold(rq, t, ret);
    }
    t = MEM_NEW(struct cache_thing);
    if (t == NULL) {
        return FAIL_SERVER(rq);
    }
    *t = (struct cache_thing){.kind = kind, .id = id, .refs = 1};
    e = build_of_newest(rq, t, build);
    if (e != ERR_OK || t->value == NULL) {
        t->release = t->value ? release : NULL;
        thing_free(t);
        return e;
    }
    t->release = release;
    keep(rq->house->cache, t, drops);
    return hold(rq, t, ret);
}

struct cache_counts
cache_count(struct cache *cache, enum cache_kind kind)
{
    const struct shelf *shelf = &cache->shelves[kind];
    struct cache_counts counts;

    pthread_mutex_lock(&cache->lock);
    counts =
        (struct cache_counts){shelf->hits, shelf->misses, shelf->drops, map_count(shelf->things)};
    pthread_mutex_unlock(&cache->lock);
    return counts;
}

const char *
cache_kind_name(size_t kind)
{
    static const char *const names[CACHE_KIND_COUNT] = {[CACHE_TENANT] = "tenant",
        [CACHE_APPLICATION] = "application",
        [CACHE_SIGNING_KEY] = "signing_key",
        [CACHE_API_KEY] = "api_key",
        [CACHE_API_KEY_ID] = "api_key_id",
        [CACHE_JWKS] = "jwks",
        [CACHE_DEFAULT_TENANT] = "default_tenant",
        [CACHE_TENANT_KEY] = "tenant_key",
        [CACHE_DISCOVERY] = "discovery",
        [CACHE_IP_ACL] = "ip_acl",
        [CACHE_SYSTEM] = "system"};

    return names[kind];
}

/* A notice is "KIND ID"; one of a newer program that knows more kinds makes this one forget everything. */
void
cache_hear(void *ctx, str notice)
{
    struct cache *cache = ctx;
    size_t space = str_find(notice, ' ');
    struct uuid id;
    int64_t kind;

    if (space < notice.n && str_i64(str_head(notice, space), &kind) && kind >= 0
        && kind < CACHE_KIND_COUNT && uuid_parse(str_skip(notice, space + 1), &id)) {
        cache_drop(cache, (enum cache_kind)kind, id);
        return;
    }
    for (int i = 0; i < CACHE_KIND_COUNT; i++) {
        drop_all(cache, (enum cache_kind)i);
    }
}

void
cache_drop_on_commit(struct rq *rq, enum cache_kind kind, struct uuid id)
{
    struct rq_drop *drop = ARENA_NEW(rq->arena, struct rq_drop);

    db_notice(
        &rq->writes, str_fmt(rq->arena, "%d " STRF, (int)kind, STRV(uuid_text(rq->arena, id))));

    if (drop != NULL) { /* a failed arena lets the commit fail, too */
        *drop = (struct rq_drop){rq->drops, (int)kind, id};
        rq->drops = drop;
    }
}

void
cache_apply_drops(struct rq *rq)
{
    for (struct rq_drop *d = rq->drops; d != NULL; d = d->next) {
        cache_drop(rq->house->cache, (enum cache_kind)d->kind, d->id);
    }
    rq->drops = NULL;
}

void
cache_end_request(struct rq *rq)
{
    struct cache *cache = rq->house->cache;

    while (rq->holds != NULL) {
        struct cache_thing *dead;
        pthread_mutex_lock(&cache->lock);
        dead = unref(rq->holds->thing);
        pthread_mutex_unlock(&cache->lock);
        if (dead != NULL) {
            thing_free(dead);
        }
        rq->holds = rq->holds->next;
    }
}
