/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that were used: a ring of digests, the oldest overwritten. A provider refuses a token that comes twice, too; this holds
 * if it does not, and between two requests that come at once. */
#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"
#include "model/captcha/captcha_internal.h"

struct captchas {
    pthread_mutex_t lock;
    struct map *seen;
    struct digest *ring;
    size_t max, count, next;
};

struct captchas *
captchas_new(size_t max, struct rng *rng)
{
    struct captchas *all = MEM_NEW(struct captchas);

    if (all == NULL) {
        return NULL;
    }
    all->seen = map_new(max, rng);
    all->ring = mem_new(max * sizeof *all->ring);
    all->max = max;
    pthread_mutex_init(&all->lock, NULL);
    if (all->seen == NULL || all->ring == NULL) {
        captchas_free(all);
        return NULL;
    }
    return all;
}

void
captchas_free(struct captchas *all)
{
    if (all != NULL) {
        pthread_mutex_destroy(&all->lock);
        map_free(all->seen);
        mem_free(all->ring);
        mem_free(all);
    }
}

static bool
keep(struct captchas *all, const struct digest *digest)
{
    struct digest *place = &all->ring[all->next];

    if (map_get(all->seen, digest_bytes(digest)) != NULL) {
        return false;
    }
    if (all->count == all->max) {
        map_take(all->seen, digest_bytes(place));
    } else {
        all->count++;
    }
    *place = *digest;
    all->next = (all->next + 1) % all->max;
    return map_put(all->seen, digest_bytes(place), place);
}

bool
captcha_use(struct captchas *all, const struct digest *digest)
{
    bool is_first;

    pthread_mutex_lock(&all->lock);
    is_first = keep(all, digest);
    pthread_mutex_unlock(&all->lock);
    return is_first;
}
