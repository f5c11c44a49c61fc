/* SPDX-License-Identifier: Apache-2.0 */
/* Looks passwords up by k-anonymity: the first five hex digits of the SHA-1 digest are asked for, all that begin so are
 * answered (padded, so that the size says nothing either), and the rest is compared here. Nothing but those digits leaves. */
#include "base/log.h"
#include "codec/hashrange.h"
#include "codec/url.h"
#include "crypto/hash.h"
#include "io/fetch/fetch.h"
#include "model/application/application.h"
#include "model/breach/breach_internal.h"
#include "model/event/event.h"
#include "model/proof/proof.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

enum {
    TIMEOUT_MS = 2000,
    SILENT_MS = 30 * SECOND_MS,
    ANSWER_BYTES = KB(256), /* padded answers have some 40 KiB */
    COMMON_FROM = 1000,     /* sightings */
};

static const char *const statuses[] = {
    [BREACH_UNKNOWN] = "",
    [BREACH_NONE] = "None",
    [BREACH_PASSWORD] = "PasswordOnly",
    [BREACH_COMMON] = "CommonPassword",
};

struct lookup { /* rq_errand first */
    struct rq_errand errand;
    const struct tenant *tenant;
    uint8_t digest[SHA1_BYTES];
    enum breach_verdict verdict;
};

static bool
is_silent(struct breaches *all, int64_t now)
{
    bool is;

    pthread_mutex_lock(&all->lock);
    is = all->silent_until > now && all->silent_until <= now + SILENT_MS;
    pthread_mutex_unlock(&all->lock);
    return is;
}

static void
be_silent(struct breaches *all, int64_t now)
{
    pthread_mutex_lock(&all->lock);
    all->silent_until = now + SILENT_MS;
    pthread_mutex_unlock(&all->lock);
}

static bool
is_of_this_machine(str text)
{
    struct url url;

    return url_parse(text, &url) && (url_is_loopback(&url) || str_ieq(url.host, S("localhost")));
}

/* False with why when the service said nothing that can be used. */
static bool
ask(struct rq *rq, struct lookup *lookup, const char **ret_why)
{
    static const struct fetch_header padding = {S_INIT("Add-Padding"), S_INIT("true")};
    static const char *const why[] = {
        [FETCH_OK] = "it answered nothing that can be read",
        [FETCH_REFUSED] = "its address is not one that this server connects to",
        [FETCH_FAILED] = "no connection could be made",
        [FETCH_TOO_LARGE] = "its answer is too large",
        [FETCH_TIMEOUT] = "no answer came in time",
    };
    struct hashrange_hex hex = hashrange_hex(lookup->digest);
    str base = rq->house->breaches->url, digits = {hex.digits, sizeof hex.digits};
    struct fetch_request request = {.method = S("GET"),
        .url = str_fmt(rq->arena, STRF STRF, STRV(base), STRV(str_head(digits, HASHRANGE_PREFIX))),
        .headers = &padding,
        .header_count = 1,
        .max_bytes = ANSWER_BYTES,
        .timeout_ms = TIMEOUT_MS,
        .may_use_http = is_of_this_machine(base)};
    struct fetch_answer answer = fetch_wait(rq->house->fetch, rq->arena, &request);
    int64_t count;

    *ret_why = why[answer.verdict];
    if (answer.verdict != FETCH_OK || answer.status != 200
        || !hashrange_count(answer.body, str_skip(digits, HASHRANGE_PREFIX), &count)) {
        return false;
    }
    lookup->verdict = count == 0            ? BREACH_NONE
                      : count < COMMON_FROM ? BREACH_PASSWORD
                                            : BREACH_COMMON;
    return true;
}

/* On a worker. */
static void
look_up(struct rq *rq, struct rq_errand *errand)
{
    struct lookup *lookup = (struct lookup *)(void *)errand;
    struct breaches *all = rq->house->breaches;
    bool is_out = false;
    const char *why;

    if (all != NULL && rq->house->fetch != NULL && !is_silent(all, rq->now)
        && !ask(rq, lookup, &why)) {
        is_out = true;
        be_silent(all, rq->now);
        LOG(rq->now, "breach.unreached", LOG_STR("request", str_from(rq->id)),
            LOG_STR("tenant", uuid_text(rq->arena, lookup->tenant->id)),
            LOG_STR("why", str_from(why)));
    }
    breach_count(rq, lookup->tenant, lookup->verdict, is_out);
}

/* What an errand of this request has found already. */
static const struct lookup *
find_done(const struct rq *rq, const uint8_t digest[SHA1_BYTES])
{
    for (const struct rq_errand *e = rq->errands; e != NULL; e = e->next) {
        const struct lookup *lookup = (const struct lookup *)(const void *)e;
        if (e->run == look_up && ct_eq(BYTES_OF(lookup->digest), (bytes){digest, SHA1_BYTES})) {
            return lookup;
        }
    }
    return NULL;
}

static enum err
find(struct rq *rq, const struct tenant *tenant, str password, enum breach_verdict *ret)
{
    struct lookup *lookup = ARENA_NEW(rq->arena, struct lookup);
    const struct lookup *done;
    enum err e;

    arena_keep_secret(rq->arena);
    *ret = BREACH_UNKNOWN;
    if (lookup == NULL || !hash_sha1(str_bytes(password), lookup->digest)) {
        return FAIL_SERVER(rq);
    }
    done = find_done(rq, lookup->digest);
    if (done != NULL) {
        *ret = done->verdict;
        return ERR_OK;
    }
    lookup->errand.run = look_up;
    lookup->tenant = tenant;
    e = rq_send(rq, &lookup->errand);
    *ret = lookup->verdict;
    return e;
}

enum err
breach_check_new(struct rq *rq, const struct tenant *tenant, struct field_reader *reader,
    const struct user *user, const char *path)
{
    const char *at = str_z(rq->arena, str_fmt(rq->arena, "%s%spassword", path, path[0] ? "." : ""));
    enum breach_verdict verdict;
    enum err e;

    if (!tenant->password.breach.enabled || user->password.n == 0) {
        return ERR_OK;
    }
    e = find(rq, tenant, user->password, &verdict);
    if (e != ERR_OK || verdict == BREACH_UNKNOWN || verdict == BREACH_NONE) {
        return e;
    }
    field_fault(reader, at ? at : path,
        verdict == BREACH_COMMON ? "breachedCommonPassword" : "breachedPasswordOnly",
        "This password is on a list of passwords that got out: choose another one.");
    return ERR_OK;
}

/* A day after the last look, or with another password than then. What was found once is not asked again. */
static bool
is_due(const struct rq *rq, const struct user *user)
{
    int64_t checked = user->breach.checked_instant;

    return !user_is_breached(user)
           && (user->breach.status.n == 0 || checked > rq->now || rq->now - checked >= DAY_MS);
}

static enum err
tell(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *user)
{
    struct event event = {"user.password.breach", user->id,
        application ? application->id : (struct uuid){{0}}, NO_STR};
    enum err e = event_add(rq, tenant, &event);

    if (e == ERR_OK && tenant->password.breach.on_login == BREACH_NOTIFY) {
        e = proof_notice(rq, tenant, application, user, tenant->password.breach.notice_id);
    }
    return e;
}

enum err
breach_check_login(struct rq *rq, const struct tenant *tenant,
    const struct application *application, struct user *user, str password)
{
    const struct breach_config *config = &tenant->password.breach;
    struct user before = *user;
    enum breach_verdict verdict;
    enum err e;

    if (!config->enabled || config->on_login == BREACH_OFF || password.n == 0
        || !is_due(rq, user)) {
        return ERR_OK;
    }
    e = find(rq, tenant, password, &verdict);
    if (e != ERR_OK || verdict == BREACH_UNKNOWN) {
        return e;
    }
    user->breach =
        (struct user_breach){str_from(statuses[verdict]), rq->now, user->password_instant};
    e = user_note_breach(rq, tenant, &before, user);
    return e || verdict == BREACH_NONE ? e : tell(rq, tenant, application, user);
}
