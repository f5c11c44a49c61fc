/* SPDX-License-Identifier: Apache-2.0 */
/* Rates that a tenant sets for what is done about one person, counted in the table of failed sign-ins: bounded as that is, and
 * forgotten on restart as well (docs/decisions/0015). */
#include "base/clock.h"
#include "model/lockout/lockout_internal.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"

/* Requests are served in another order than they came, so one may be a little older than the period: it counts in it. One that
 * is older by a period or more tells that the clock was set back. */
static bool
is_other_period(const struct lockout_count *c, const struct tenant_rate_config *config, int64_t now)
{
    int64_t period_ms = config->period_s * SECOND_MS;

    return now - c->last_at >= period_ms || c->last_at - now >= period_ms;
}

/* Whether no more is allowed now, and for how long; with n more than have been. */
static bool
count_named(struct rq *rq, const struct tenant *tenant, const struct tenant_rate_config *config,
    str name, int n, int64_t *ret_wait_ms)
{
    struct lockouts *l = rq->house->lockouts;
    struct lockout_count *c;
    struct lockout_key key;
    bool is_over = false;

    if (!config->enabled || !lockout_key_of(rq, tenant, name, &key)) {
        return false;
    }
    pthread_mutex_lock(&l->lock);
    c = n ? lockout_count_for(l, &key) : map_get(l->counts, (bytes){key.b, key.n});
    if (c != NULL) {
        if (c->failures == 0 || is_other_period(c, config, rq->now)) {
            c->failures = 0;
            c->last_at = rq->now;
        }
        is_over = c->failures >= config->limit;
        c->failures += n;
        *ret_wait_ms = c->last_at + config->period_s * SECOND_MS - rq->now;
    }
    pthread_mutex_unlock(&l->lock);
    return is_over;
}

static bool
count(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who, int n,
    int64_t *ret_wait_ms)
{
    str name = str_fmt(rq->arena, "rate %d " STRF, (int)rate, STRV(who));

    return who.n > 0 && count_named(rq, tenant, &tenant->rates.of[rate], name, n, ret_wait_ms);
}

static enum err
refuse(struct rq *rq, int64_t wait_ms)
{
    str seconds = str_fmt(rq->arena, "%lld", (long long)((wait_ms + SECOND_MS - 1) / SECOND_MS));

    rq_set_header(rq, S("Retry-After"), seconds);
    return FAIL(rq, ERR_TOO_MANY, NULL, "came too often for this account: try again later");
}

enum err
lockout_rate_look(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who)
{
    int64_t wait_ms;

    return count(rq, tenant, rate, who, 0, &wait_ms) ? refuse(rq, wait_ms) : ERR_OK;
}

void
lockout_rate_note(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who)
{
    int64_t wait_ms;

    (void)count(rq, tenant, rate, who, 1, &wait_ms);
}

/* Counted once a request: a handler that is run again was let through. */
static bool
take(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who, int64_t *ret_wait)
{
    if (!(rq->rates_taken & 1U << rate) && count(rq, tenant, rate, who, 1, ret_wait)) {
        return false;
    }
    rq->rates_taken |= 1U << rate;
    return true;
}

enum err
lockout_rate_take(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who)
{
    int64_t wait_ms;

    return take(rq, tenant, rate, who, &wait_ms) ? ERR_OK : refuse(rq, wait_ms);
}

bool
lockout_rate_passes(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who)
{
    int64_t wait_ms;

    return take(rq, tenant, rate, who, &wait_ms);
}

bool
lockout_lets_pass(
    struct rq *rq, const struct tenant *tenant, str name, int64_t limit, int64_t period_s)
{
    const struct tenant_rate_config config = {true, limit, period_s};
    const unsigned bit = 1U << TENANT_RATE_COUNT;
    int64_t wait_ms;

    if (!(rq->rates_taken & bit)
        && count_named(
            rq, tenant, &config, str_fmt(rq->arena, "pass " STRF, STRV(name)), 1, &wait_ms)) {
        return false;
    }
    rq->rates_taken |= bit;
    return true;
}
