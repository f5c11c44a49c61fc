/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of failures. Each is sealed before it is kept, so memory holds no login id either. */
#include "model/attempt/attempt.h"

#include <pthread.h>

#include "base/mem.h"
#include "codec/json.h"
#include "model/event/event.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/tenant/tenant.h"

enum { SEALED_MAX = 512 };

static const char *const reasons[ATTEMPT_REASONS] = {"UnknownUser", "WrongPassword", "Locked",
    "WrongPasskey", "WrongCode", "WrongOneTimePassword", "IdentityProvider", "AccountClosed",
    "AccountExpired", "Prevented"};

struct attempt {
    struct uuid tenant_id, user_id, application_id;
    int64_t instant;
    size_t n;
    char detail[1 + SEALED_MAX]; /* the reason's digit, then what was sealed */
};
struct attempts {
    pthread_mutex_t lock;
    struct attempt *items;
    size_t max, first, count;
    struct attempt_counts counts;
};

struct attempts *
attempts_new(size_t max)
{
    struct attempts *attempts = MEM_NEW(struct attempts);

    if (attempts == NULL) {
        return NULL;
    }
    attempts->items = mem_new(max * sizeof *attempts->items);
    if (attempts->items == NULL) {
        mem_free(attempts);
        return NULL;
    }
    attempts->max = max;
    pthread_mutex_init(&attempts->lock, NULL);
    return attempts;
}

void
attempts_free(struct attempts *attempts)
{
    if (attempts != NULL) {
        pthread_mutex_destroy(&attempts->lock);
        mem_free(attempts->items);
        mem_free(attempts);
    }
}

void
attempt_note(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    enum attempt_reason reason, str sealed)
{
    struct attempts *all = rq->house->attempts;
    struct attempt *attempt;

    if (all == NULL) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    all->counts.failures[reason]++;
    all->counts.dropped += all->count == all->max;
    if (all->count < all->max) {
        attempt = &all->items[(all->first + all->count++) % all->max];
        *attempt = (struct attempt){.tenant_id = tenant->id,
            .user_id = user_id,
            .application_id = rq->login_application,
            .instant = rq->now,
            .n = 1};
        attempt->detail[0] = (char)('0' + reason);
        if (sealed.n <= SEALED_MAX) {
            memcpy(attempt->detail + 1, sealed.p ? sealed.p : "", sealed.n);
            attempt->n += sealed.n;
        }
    }
    pthread_mutex_unlock(&all->lock);
}

struct attempt_counts
attempts_count(struct attempts *all)
{
    struct attempt_counts counts = {.dropped = 0};

    if (all != NULL) {
        pthread_mutex_lock(&all->lock);
        counts = all->counts;
        pthread_mutex_unlock(&all->lock);
    }
    return counts;
}

const char *
attempt_reason_name(size_t reason)
{
    return reasons[reason];
}

static bool
take(struct attempts *all, struct attempt *ret)
{
    bool is_there;

    if (all == NULL) {
        return false;
    }
    pthread_mutex_lock(&all->lock);
    is_there = all->count > 0;
    if (is_there) {
        *ret = all->items[all->first];
        all->first = (all->first + 1) % all->max;
        all->count--;
    }
    pthread_mutex_unlock(&all->lock);
    return is_there;
}

static enum err
declare(struct rq *rq, const struct attempt *attempt)
{
    struct event_row row = {.tenant_id = attempt->tenant_id,
        .id = uuid_make(attempt->instant, rq->rng),
        .user_id = attempt->user_id,
        .application_id = attempt->application_id,
        .kind = S("user.login.failed"),
        .insert_instant = attempt->instant,
        .stream = EVENT_LOGIN_FAILED};
    const struct tenant *tenant;
    enum err e = tenant_load(rq, attempt->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    row.sealed = str_bytes(str_dup(rq->arena, (str){attempt->detail, attempt->n}));
    return event_add_sealed(rq, tenant, &row);
}

enum err
attempts_write(struct rq *rq, size_t max, size_t *ret_count)
{
    struct attempt attempt;
    enum err e = ERR_OK;

    *ret_count = 0;
    while (e == ERR_OK && *ret_count < max && take(rq->house->attempts, &attempt)) {
        e = declare(rq, &attempt);
        ++*ret_count;
    }
    return e;
}

enum err
attempt_open(struct rq *rq, const struct tenant *tenant, const struct event_row *row, str *ret)
{
    str text = bytes_str(row->sealed), plain = NO_STR, address = NO_STR;
    size_t reason = text.n ? (size_t)(uint8_t)text.p[0] - '0' : ATTEMPT_REASONS;
    struct json_out out;
    struct buf buf;
    enum err e = seal_from_log(rq, tenant, row->insert_instant, str_skip(text, 1), &plain);

    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    if (reason < ATTEMPT_REASONS) {
        json_put_str(&out, S("reason"), str_from(reasons[reason]));
    }
    if (str_cut(&plain, ' ', &address)) {
        json_put_str(&out, S("ipAddress"), address);
        json_put_str(&out, S("loginId"), plain);
    }
    json_out_object_end(&out);
    return buf_done(&buf, ret) ? ERR_OK : FAIL_SERVER(rq);
}
