/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the provider about a token. Every answer that is not a clear yes is a no: a captcha that lets through when it is
 * broken is none. The other way round than with breached passwords, where nobody is to be shut out by somebody else's fault. */
#include "model/captcha/captcha_internal.h"

#include "base/log.h"
#include "codec/form.h"
#include "codec/json.h"
#include "codec/url.h"
#include "io/fetch/fetch.h"
#include "model/field/field_decimal.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"

enum { TIMEOUT_MS = 3000, ANSWER_BYTES = KB(64), TOKEN_MAX = 8192 };

/* clang-format off */
static const struct provider {
    const char *verify;
    bool has_action, sends_site_key;
    enum { NO_SCORE, GOODNESS, RISK } score;
} providers[] = {
    [CAPTCHA_GOOGLE_V2]           = {"https://www.google.com/recaptcha/api/siteverify", false, false, NO_SCORE},
    [CAPTCHA_GOOGLE_V3]           = {"https://www.google.com/recaptcha/api/siteverify", true,  false, GOODNESS},
    [CAPTCHA_HCAPTCHA]            = {"https://api.hcaptcha.com/siteverify",             false, true,  NO_SCORE},
    [CAPTCHA_HCAPTCHA_ENTERPRISE] = {"https://api.hcaptcha.com/siteverify",             false, true,  RISK},
};
/* clang-format on */

struct question { /* rq_errand first */
    struct rq_errand errand;
    const struct tenant *tenant;
    str token;
    const char *action;
    struct digest digest;
    enum captcha_verdict verdict;
};

static void
add(struct buf *body, const char *name, str value)
{
    buf_fmt(body, "%s%s=", body->n ? "&" : "", name);
    form_encode_value(body, value);
}

static bool
make_body(struct rq *rq, const struct question *q, str *ret)
{
    const struct captcha_config *config = &q->tenant->captcha;
    struct buf body;

    buf_init(&body, rq->arena, 4 * TOKEN_MAX);
    add(&body, "secret", config->secret_key);
    add(&body, "response", q->token);
    if (providers[config->method].sends_site_key) {
        add(&body, "sitekey", config->site_key);
    }
    return buf_done(&body, ret);
}

static bool
is_host_of(str base, str host)
{
    struct url url;

    return base.n > 0 && url_parse(base, &url) && str_ieq(url.host, host);
}

/* The page stood on one of our hosts: a token that somebody's own page was given, with our site key, is not ours. */
static bool
is_ours(struct rq *rq, const struct tenant *tenant, const struct json *answer)
{
    str host;

    return json_str(json_get(answer, S("hostname")), &host)
           && (is_host_of(rq->house->base_url, host) || is_host_of(tenant->base_url, host));
}

static bool
is_score_good(const struct captcha_config *config, const struct json *answer)
{
    const struct json *score = json_get(answer, S("score"));
    int64_t value;

    if (providers[config->method].score == NO_SCORE) {
        return true;
    }
    if (score == NULL || score->type != JSON_NUMBER || !field_decimal_parse(score->text, &value)) {
        return false;
    }
    return providers[config->method].score == GOODNESS ? value >= config->threshold
                                                       : value <= config->threshold;
}

/* NULL: it passed. */
static const char *
fault_of(struct rq *rq, const struct question *q, const struct json *answer)
{
    const struct captcha_config *config = &q->tenant->captcha;
    bool is_success = false;
    str action;

    if (!json_bool(json_get(answer, S("success")), &is_success) || !is_success) {
        return "the provider does not vouch for the token";
    }
    if (!is_ours(rq, q->tenant, answer)) {
        return "the token is of another host";
    }
    if (providers[config->method].has_action
        && (!json_str(json_get(answer, S("action")), &action)
            || !str_eq(action, str_from(q->action)))) {
        return "the token is of another page";
    }
    return is_score_good(config, answer) ? NULL : "the score is on the wrong side of the threshold";
}

static void
say(struct rq *rq, const struct question *q, const char *why)
{
    LOG(rq->now, "captcha.refused", LOG_STR("request", str_from(rq->id)),
        LOG_STR("tenant", uuid_text(rq->arena, q->tenant->id)), LOG_STR("why", str_from(why)));
}

/* On a worker. */
static void
ask(struct rq *rq, struct rq_errand *errand)
{
    struct question *q = (struct question *)(void *)errand;
    struct fetch_request request = {.method = S("POST"),
        .url = str_from(providers[q->tenant->captcha.method].verify),
        .content_type = S("application/x-www-form-urlencoded"),
        .max_bytes = ANSWER_BYTES,
        .timeout_ms = TIMEOUT_MS};
    struct fetch_answer answer = {.verdict = FETCH_FAILED};
    const struct json *json = NULL;
    const char *why;

    q->verdict = CAPTCHA_AWAY;
    if (rq->house->fetch != NULL && make_body(rq, q, &request.body)) {
        answer = fetch_wait(rq->house->fetch, rq->arena, &request);
    }
    if (answer.verdict != FETCH_OK || answer.status != 200
        || !json_parse(rq->arena, answer.body, &json, NULL) || json->type != JSON_OBJECT) {
        say(rq, q, "the provider cannot be reached, or says nothing that can be read");
        return;
    }
    why = fault_of(rq, q, json);
    if (why == NULL && !captcha_use(rq->house->captchas, &q->digest)) {
        why = "the token was used already";
    }
    q->verdict = why ? CAPTCHA_FAILED : CAPTCHA_PASSED;
    if (why != NULL) {
        say(rq, q, why);
    }
}

static const struct question *
find_done(const struct rq *rq, const struct digest *digest)
{
    for (const struct rq_errand *e = rq->errands; e != NULL; e = e->next) {
        const struct question *q = (const struct question *)(const void *)e;
        if (e->run == ask && ct_eq(digest_bytes(&q->digest), digest_bytes(digest))) {
            return q;
        }
    }
    return NULL;
}

enum err
captcha_check(struct rq *rq, const struct tenant *tenant, str token, const char *action,
    enum captcha_verdict *ret)
{
    const struct question *done;
    struct question *q;
    enum err e;

    *ret = CAPTCHA_PASSED;
    if (!tenant->captcha.enabled) {
        return ERR_OK;
    }
    *ret = CAPTCHA_FAILED;
    if (token.n == 0 || token.n > TOKEN_MAX) {
        return ERR_OK;
    }
    q = ARENA_NEW(rq->arena, struct question);
    if (q == NULL || rq->house->captchas == NULL) {
        return FAIL_SERVER(rq);
    }
    *q = (struct question){.errand = {.run = ask},
        .tenant = tenant,
        .token = token,
        .action = action,
        .digest = sha256(str_bytes(token))};
    done = find_done(rq, &q->digest);
    if (done != NULL) {
        *ret = done->verdict;
        return ERR_OK;
    }
    e = rq_send(rq, &q->errand);
    *ret = q->verdict;
    return e;
}
