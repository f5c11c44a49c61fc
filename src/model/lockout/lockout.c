/* SPDX-License-Identifier: Apache-2.0 */
/* Failed sign-ins, counted twice: for a login id from one block of addresses (IPv4 /24, IPv6 /48)
 * with the tenant's limit, and for the login id from anywhere with ten times that. So a stranger
 * cannot keep a victim out from one place (OA-51), nor guess on from many.
 *
 *   counting -limit-> LOCKED for the tenant's duration -time-> forgotten;  counting -reset time-> forgotten;
 *   counting, LOCKED -forgive-> forgotten
 *
 * What a tenant's user action is taken for is counted by person, once more (lockout_person.c).
 *
 * Who floods the table to push counts out pays a password check for each entry, which takes longer
 * than the counts live. Invariants: 1 at most max counts  2 list order is order of last failure. */
#include "model/lockout/lockout_internal.h"

#include <arpa/inet.h>

#include "base/mem.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/tenant/tenant.h"

enum { IPV4_BLOCK = 3, ANYWHERE = 10 };

struct keys { /* what one attempt is counted under */
    struct lockout_key here, anywhere;
    bool is_countable;
};

struct lockouts *
lockouts_new(size_t max, struct rng *rng)
{
    struct lockouts *l = MEM_NEW(struct lockouts);

    CHECK(max >= 2);
    if (l == NULL) {
        return NULL;
    }
    l->counts = map_new(max, rng);
    if (l->counts == NULL) {
        mem_free(l);
        return NULL;
    }
    pthread_mutex_init(&l->lock, NULL);
    l->max = max;
    return l;
}

static void
unlink_count(struct lockouts *l, struct lockout_count *c)
{
    *(c->prev ? &c->prev->next : &l->oldest) = c->next;
    *(c->next ? &c->next->prev : &l->newest) = c->prev;
    c->prev = c->next = NULL;
}

static void
link_newest(struct lockouts *l, struct lockout_count *c)
{
    c->prev = l->newest;
    *(l->newest ? &l->newest->next : &l->oldest) = c;
    l->newest = c;
}

static bytes
key_bytes(const struct lockout_key *key)
{
    return (bytes){key->b, key->n};
}

void
lockout_count_forget(struct lockouts *l, struct lockout_count *c)
{
    map_take(l->counts, key_bytes(&c->key));
    unlink_count(l, c);
    mem_free(c);
}

void
lockouts_free(struct lockouts *l)
{
    if (l == NULL) {
        return;
    }
    while (l->oldest != NULL) {
        lockout_count_forget(l, l->oldest);
    }
    map_free(l->counts);
    pthread_mutex_destroy(&l->lock);
    mem_free(l);
}

static void
key_add(struct lockout_key *key, bytes b)
{
    CHECK(key->n + b.n <= sizeof key->b);
    memcpy(key->b + key->n, b.p, b.n);
    key->n += b.n;
}

/* The network an address is in; empty (one block for all) when it is no IP address. */
static void
key_add_block(struct rq *rq, struct lockout_key *key)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const char *z = str_z(rq->arena, rq->http ? rq->http->peer : NO_STR);
    uint8_t address[16];

    if (z == NULL) {
        return;
    }
    if (inet_pton(AF_INET, z, address) == 1) {
        key_add(key, (bytes){(const uint8_t *)"4", 1});
        key_add(key, (bytes){address, IPV4_BLOCK});
    } else if (inet_pton(AF_INET6, z, address) == 1) {
        bool is_ipv4 = ct_eq((bytes){address, sizeof mapped}, BYTES_OF(mapped));
        key_add(key, (bytes){(const uint8_t *)(is_ipv4 ? "4" : "6"), 1});
        key_add(key, is_ipv4 ? (bytes){address + sizeof mapped, IPV4_BLOCK}
                             : (bytes){address, LOCKOUT_BLOCK_BYTES});
    }
}

/* A login id that is no identity at all (empty in its normal form) cannot be guessed at. */
static struct keys
keys_of(struct rq *rq, const struct tenant *tenant, str normalised)
{
    bytes blind = seal_blind(rq, tenant, normalised);
    struct keys keys = {.is_countable = normalised.n > 0 && blind.n == sizeof(struct digest)};

    if (keys.is_countable) {
        key_add(&keys.anywhere, uuid_bytes(&tenant->id));
        key_add(&keys.anywhere, blind);
        keys.here = keys.anywhere;
        key_add_block(rq, &keys.here);
    }
    return keys;
}

bool
lockout_key_of(struct rq *rq, const struct tenant *tenant, str name, struct lockout_key *ret)
{
    struct keys keys = keys_of(rq, tenant, name);

    *ret = keys.anywhere;
    return keys.is_countable;
}

static int64_t
wait_ms(struct lockouts *l, const struct lockout_key *key, int64_t now)
{
    const struct lockout_count *c = map_get(l->counts, key_bytes(key));

    return c != NULL && c->locked_until > now ? c->locked_until - now : 0;
}

bool
lockout_holds(struct rq *rq, const struct tenant *tenant, str normalised, int64_t *ret_wait_s)
{
    struct lockouts *l = rq->house->lockouts;
    struct keys keys = keys_of(rq, tenant, normalised);
    int64_t here, anywhere;

    *ret_wait_s = 0;
    if (!keys.is_countable) {
        return false;
    }
    pthread_mutex_lock(&l->lock);
    here = wait_ms(l, &keys.here, rq->now);
    anywhere = wait_ms(l, &keys.anywhere, rq->now);
    pthread_mutex_unlock(&l->lock);
    *ret_wait_s = (MAX(here, anywhere) + SECOND_MS - 1) / SECOND_MS;
    return *ret_wait_s > 0;
}

/* FusionAuth's ExpiryUnit. */
int64_t
lockout_ms(const struct failed_login_config *config)
{
    static const int64_t unit_days[] = {0, 0, 1, 7, 30, 365}; /* MINUTES, HOURS apart */

    CHECK(config->lock_unit >= 0 && (size_t)config->lock_unit < COUNT(unit_days));
    switch (config->lock_unit) {
    case 0:
        return config->lock_duration * MINUTE_MS;
    case 1:
        return config->lock_duration * HOUR_MS;
    default:
        return config->lock_duration * unit_days[config->lock_unit] * DAY_MS;
    }
}

struct lockout_count *
lockout_count_for(struct lockouts *l, const struct lockout_key *key)
{
    struct lockout_count *c = map_get(l->counts, key_bytes(key));

    if (c != NULL) {
        unlink_count(l, c);
        link_newest(l, c);
        return c;
    }
    if (map_count(l->counts) >= l->max) {
        lockout_count_forget(l, l->oldest);
    }
    c = MEM_NEW(struct lockout_count);
    if (c == NULL) {
        return NULL;
    }
    c->key = *key;
    if (!map_put(l->counts, key_bytes(key), c)) {
        mem_free(c);
        return NULL;
    }
    link_newest(l, c);
    return c;
}

static struct lockout_count *
add_failure(struct lockouts *l, const struct lockout_key *key,
    const struct failed_login_config *config, int64_t limit, int64_t now)
{
    struct lockout_count *c = lockout_count_for(l, key);

    if (c == NULL || c->locked_until > now) {
        return c; /* an attempt that was under way when the lock came does not lift it */
    }
    if (now - c->last_at > config->reset_s * SECOND_MS || c->locked_until > 0) {
        c->failures = 0;
    }
    c->failures++;
    c->last_at = now;
    c->locked_until = c->failures >= limit ? now + lockout_ms(config) : 0;
    return c;
}

/* Whose login id it is is noted as it is now: that is who is forgiven. */
static void
add_failure_of(struct rq *rq, const struct keys *keys, const struct failed_login_config *config,
    struct uuid user_id)
{
    struct lockouts *l = rq->house->lockouts;
    struct lockout_count *c;

    pthread_mutex_lock(&l->lock);
    c = add_failure(l, &keys->here, config, config->too_many, rq->now);
    if (c != NULL) {
        c->user_id = user_id;
    }
    if (keys->here.n != keys->anywhere.n) {
        c = add_failure(l, &keys->anywhere, config, config->too_many * ANYWHERE, rq->now);
        if (c != NULL) {
            c->user_id = user_id;
        }
    }
    pthread_mutex_unlock(&l->lock);
}

void
lockout_note_failure(
    struct rq *rq, const struct tenant *tenant, str normalised, struct uuid user_id)
{
    const struct failed_login_config *config = &tenant->failed_login;
    struct keys keys = keys_of(rq, tenant, normalised);

    if (!keys.is_countable || config->too_many <= 0) {
        return;
    }
    add_failure_of(rq, &keys, config, user_id);
    if (!uuid_is_nil(user_id) && !uuid_is_nil(config->action_id)
        && lockout_count_person(rq, tenant, user_id) && rq->house->wake_locker != NULL) {
        rq->house->wake_locker(rq->house->jobs);
    }
}

void
lockout_note_guess(struct rq *rq, const struct tenant *tenant, str name)
{
    struct lockouts *l = rq->house->lockouts;
    const struct failed_login_config *config = &tenant->failed_login;
    struct keys keys = keys_of(rq, tenant, name);

    if (!keys.is_countable || config->too_many <= 0) {
        return;
    }
    pthread_mutex_lock(&l->lock);
    (void)add_failure(l, &keys.anywhere, config, config->too_many, rq->now);
    pthread_mutex_unlock(&l->lock);
}

void
lockout_note_success(
    struct rq *rq, const struct tenant *tenant, str normalised, struct uuid user_id)
{
    struct lockouts *l = rq->house->lockouts;
    struct keys keys = keys_of(rq, tenant, normalised);
    struct lockout_count *c;

    if (!keys.is_countable) {
        return;
    }
    pthread_mutex_lock(&l->lock);
    c = map_get(l->counts, key_bytes(&keys.here));
    if (c != NULL) {
        lockout_count_forget(l, c);
    }
    pthread_mutex_unlock(&l->lock);
    if (!uuid_is_nil(user_id) && !uuid_is_nil(tenant->failed_login.action_id)) {
        lockout_forget_person(rq, tenant, user_id);
    }
}
