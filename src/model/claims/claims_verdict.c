/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens whose signature held a moment ago: checking ES256 costs three times its making.
 * Only the signature is remembered, never that the grant, the person or the application still
 * stand: those are asked every time (OA-63). */
#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/claims/claims_internal.h"

enum { REMEMBERED_MS = 60 * SECOND_MS };

struct verdict {
    struct access access; /* its texts point behind the struct */
    int64_t until;
    size_t scope_n, jti_n, claims_n;
    char text[];
};

struct verdicts {
    pthread_mutex_t lock;
    struct map *map;
    size_t max;
    struct rng *rng;
};

struct verdicts *
verdicts_new(size_t max, struct rng *rng)
{
    struct verdicts *v = MEM_NEW(struct verdicts);

    if (v == NULL) {
        return NULL;
    }
    pthread_mutex_init(&v->lock, NULL);
    v->max = max;
    v->rng = rng;
    v->map = map_new(max, rng);
    if (v->map == NULL) {
        verdicts_free(v);
        return NULL;
    }
    return v;
}

static bool
free_one(void *ctx, bytes key, void *value)
{
    (void)ctx;
    (void)key;
    mem_free(value);
    return true;
}

void
verdicts_free(struct verdicts *v)
{
    if (v == NULL) {
        return;
    }
    if (v->map != NULL) {
        map_each(v->map, free_one, NULL);
        map_free(v->map);
    }
    pthread_mutex_destroy(&v->lock);
    mem_free(v);
}

bool
verdicts_get(struct verdicts *v, const struct digest *token, int64_t now, struct arena *arena,
    struct access *ret)
{
    struct verdict *found;
    bool is_good;

    pthread_mutex_lock(&v->lock);
    found = map_get(v->map, digest_bytes(token));
    is_good = found != NULL && found->until > now && found->until - REMEMBERED_MS <= now;
    if (is_good) {
        *ret = found->access;
        ret->scope = str_dup(arena, (str){found->text, found->scope_n});
        ret->jti = str_dup(arena, (str){found->text + found->scope_n, found->jti_n});
        ret->claims =
            str_dup(arena, (str){found->text + found->scope_n + found->jti_n, found->claims_n});
    }
    pthread_mutex_unlock(&v->lock);
    return is_good && !arena_failed(arena);
}

/* Full: everything is forgotten, at the price of some signatures; simpler than an order of age,
 * and bounded. */
static void
make_room(struct verdicts *v)
{
    struct map *fresh;

    if (map_count(v->map) < v->max) {
        return;
    }
    fresh = map_new(v->max, v->rng);
    if (fresh != NULL) {
        map_each(v->map, free_one, NULL);
        map_free(v->map);
        v->map = fresh;
    }
}

void
verdicts_put(
    struct verdicts *v, const struct digest *token, int64_t now, const struct access *access)
{
    struct verdict *fresh =
        mem_new(sizeof *fresh + access->scope.n + access->jti.n + access->claims.n);
    struct verdict *old;
    char *to;

    if (fresh == NULL) {
        return;
    }
    fresh->access = *access;
    fresh->access.tenant = NULL;
    fresh->access.scope = fresh->access.jti = fresh->access.claims = NO_STR;
    fresh->until = now + REMEMBERED_MS;
    fresh->scope_n = access->scope.n;
    fresh->jti_n = access->jti.n;
    fresh->claims_n = access->claims.n;
    to = fresh->text;
    memcpy(to, access->scope.n ? access->scope.p : "", access->scope.n);
    memcpy(to + access->scope.n, access->jti.n ? access->jti.p : "", access->jti.n);
    memcpy(to + access->scope.n + access->jti.n, access->claims.p, access->claims.n);
    pthread_mutex_lock(&v->lock);
    old = map_take(v->map, digest_bytes(token));
    make_room(v);
    if (!map_put(v->map, digest_bytes(token), fresh)) {
        mem_free(fresh);
    }
    pthread_mutex_unlock(&v->lock);
    mem_free(old);
}
