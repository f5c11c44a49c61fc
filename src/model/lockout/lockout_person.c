/* SPDX-License-Identifier: Apache-2.0 */
/* Failures by person: what a tenant's user action is taken for (FailedAuthenticationConfiguration.userActionId), and what is
 * forgiven. From everywhere and by whatever login id, because the tenant asks for it: without a user action nobody can be
 * kept out everywhere so cheaply (lockout.c). Who is due waits in a bounded ring; nothing is written here. */
#include "model/lockout/lockout_internal.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"

/* One byte longer than a login id's key, and shorter than one with a network: nobody can type it. */
static bool
key_of(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct lockout_key *ret)
{
    if (!lockout_key_of(rq, tenant, uuid_text(rq->arena, user_id), ret)) {
        return false;
    }
    CHECK(ret->n < sizeof ret->b);
    ret->b[ret->n++] = 'P';
    return true;
}

static bool
is_same(const struct lockout_due *a, struct uuid tenant_id, struct uuid user_id)
{
    return uuid_eq(a->tenant_id, tenant_id) && uuid_eq(a->user_id, user_id);
}

/* True when it waits now. */
static bool
put(struct lockouts *l, const struct lockout_due *due)
{
    for (size_t i = 0; i < l->due_count; i++) {
        if (is_same(&l->due[(l->due_first + i) % COUNT(l->due)], due->tenant_id, due->user_id)) {
            return true;
        }
    }
    if (l->due_count == COUNT(l->due)) {
        return false;
    }
    l->due[(l->due_first + l->due_count++) % COUNT(l->due)] = *due;
    return true;
}

bool
lockout_count_person(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct lockouts *l = rq->house->lockouts;
    const struct failed_login_config *config = &tenant->failed_login;
    const struct lockout_due due = {tenant->id, user_id, rq->now, 0};
    struct lockout_count *c;
    struct lockout_key key;
    bool is_due = false;

    if (!key_of(rq, tenant, user_id, &key)) {
        return false;
    }
    pthread_mutex_lock(&l->lock);
    c = lockout_count_for(l, &key);
    if (c != NULL) {
        c->failures = rq->now - c->last_at > config->reset_s * SECOND_MS ? 1 : c->failures + 1;
        c->last_at = rq->now;
        c->user_id = user_id;
        is_due = c->failures >= config->too_many && put(l, &due);
        if (is_due) {
            lockout_count_forget(l, c);
        }
    }
    pthread_mutex_unlock(&l->lock);
    return is_due;
}

void
lockout_forget_person(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct lockouts *l = rq->house->lockouts;
    struct lockout_count *c;
    struct lockout_key key;

    if (!key_of(rq, tenant, user_id, &key)) {
        return;
    }
    pthread_mutex_lock(&l->lock);
    c = map_get(l->counts, (bytes){key.b, key.n});
    if (c != NULL) {
        lockout_count_forget(l, c);
    }
    pthread_mutex_unlock(&l->lock);
}

/* Who is forgiven is not due any more either. */
static void
forget_due(struct lockouts *l, struct uuid tenant_id, struct uuid user_id)
{
    for (size_t n = l->due_count; n > 0; n--) {
        struct lockout_due due = l->due[l->due_first];
        l->due_first = (l->due_first + 1) % COUNT(l->due);
        l->due_count--;
        if (!is_same(&due, tenant_id, user_id)) {
            l->due[(l->due_first + l->due_count++) % COUNT(l->due)] = due;
        }
    }
}

/* The counts of a person from other networks are found by looking through all: it takes a mail, or an administrator, to
 * come here. */
static void
forgive(struct lockouts *l, struct uuid tenant_id, struct uuid user_id)
{
    struct lockout_count *next;

    if (uuid_is_nil(user_id)) {
        return;
    }
    pthread_mutex_lock(&l->lock);
    for (struct lockout_count *c = l->oldest; c != NULL; c = next) {
        next = c->next;
        if (uuid_eq(c->user_id, user_id)
            && uuid_eq(uuid_from((bytes){c->key.b, sizeof tenant_id.b}), tenant_id)) {
            lockout_count_forget(l, c);
        }
    }
    forget_due(l, tenant_id, user_id);
    pthread_mutex_unlock(&l->lock);
}

void
lockout_forgive(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    forgive(rq->house->lockouts, tenant->id, user_id);
    db_notice(&rq->writes,
        str_fmt(rq->arena, "lock " STRF " " STRF, STRV(uuid_text(rq->arena, tenant->id)),
            STRV(uuid_text(rq->arena, user_id))));
}

bool
lockouts_hear(struct lockouts *l, str notice)
{
    struct uuid tenant_id, user_id;
    str first;

    if (!str_starts(notice, S("lock "))) {
        return false;
    }
    notice = str_skip(notice, 5);
    if (str_cut(&notice, ' ', &first) && uuid_parse(first, &tenant_id)
        && uuid_parse(notice, &user_id)) {
        forgive(l, tenant_id, user_id);
    }
    return true;
}

bool
lockout_due_take(struct lockouts *l, struct lockout_due *ret)
{
    bool is_there;

    pthread_mutex_lock(&l->lock);
    is_there = l->due_count > 0;
    if (is_there) {
        *ret = l->due[l->due_first];
        l->due_first = (l->due_first + 1) % COUNT(l->due);
        l->due_count--;
    }
    pthread_mutex_unlock(&l->lock);
    return is_there;
}

void
lockout_due_put(struct lockouts *l, const struct lockout_due *due)
{
    pthread_mutex_lock(&l->lock);
    (void)put(l, due);
    pthread_mutex_unlock(&l->lock);
}

size_t
lockout_due_count(struct lockouts *l)
{
    size_t n;

    pthread_mutex_lock(&l->lock);
    n = l->due_count;
    pthread_mutex_unlock(&l->lock);
    return n;
}
