/* SPDX-License-Identifier: Apache-2.0 */
/* What every page of the wing does alike: what was posted read, the captcha, the words for what is wrong with a field. */
#include "flow/signin/signin_internal.h"
#include "model/captcha/captcha.h"

/* A JSON answer carries what a form would: an object of texts. */
static enum err
form_of_json(struct rq *rq, struct form *ret)
{
    const struct json *body;
    size_t n = 0;
    enum err e = rq_json(rq, &body);

    if (e != ERR_OK || body == NULL || body->type != JSON_OBJECT || body->count > FORM_MAX_PAIRS) {
        return e ? e : FAIL(rq, ERR_INVALID_REQUEST, NULL, "needs a JSON object of texts");
    }
    ret->pairs = ARENA_ARRAY(rq->arena, body->count, struct form_pair);
    for (const struct json *m = body->first; ret->pairs != NULL && m != NULL; m = m->next) {
        ret->pairs[n].name = m->name;
        if (!json_str(m, &ret->pairs[n].value)) {
            ret->pairs[n].value = m->type == JSON_TRUE ? S("true") : NO_STR;
        }
        n++;
    }
    ret->count = n;
    return ret->pairs ? ERR_OK : FAIL_SERVER(rq);
}

enum err
signin_read_form(struct rq *rq, const struct form **ret)
{
    struct form *form;
    enum err e;

    if (!str_starts(rq_header(rq, S("content-type")), S("application/json"))) {
        return rq_form_of_page(rq, ret);
    }
    form = ARENA_NEW(rq->arena, struct form);
    e = form ? form_of_json(rq, form) : FAIL_SERVER(rq);
    *ret = form;
    return e;
}

void
signin_put_captcha(
    struct rq *rq, const struct tenant *tenant, struct page *page, const char *action)
{
    const struct captcha_config *config = &tenant->captcha;

    if (config->enabled) {
        page_add_captcha(
            page, rq->arena, (enum page_captcha)config->method, config->site_key, action);
    }
}

enum err
signin_judge_captcha(struct rq *rq, const struct tenant *tenant, const struct form *form,
    const char *action, const char **ret_alert)
{
    static const char *const names[] = {
        "captcha_token", "g-recaptcha-response", "h-captcha-response"};
    enum captcha_verdict verdict;
    str token = NO_STR;
    enum err e;

    for (size_t i = 0; token.n == 0 && form != NULL && i < COUNT(names); i++) {
        token = form_get(form, str_from(names[i]));
    }
    *ret_alert = NULL;
    e = captcha_check(rq, tenant, token, action, &verdict);
    if (e == ERR_OK && verdict != CAPTCHA_PASSED) {
        *ret_alert = verdict == CAPTCHA_AWAY ? "error.captcha.away" : "error.captcha";
    }
    return e;
}

void
signin_write_captcha(const struct tenant *tenant, const char *action, struct json_out *out)
{
    const struct captcha_config *config = &tenant->captcha;

    if (!config->enabled || action == NULL) {
        return;
    }
    json_out_name(out, S("captcha"));
    json_out_object(out);
    json_put_str(out, S("method"), str_from(captcha_methods[config->method]));
    json_put_str(out, S("siteKey"), config->site_key);
    json_put_str(out, S("action"), str_from(action));
    json_out_object_end(out);
}

void
signin_write_faults(const struct rq *rq, struct json_out *out)
{
    for (const struct field_fault *f = rq->faults.first; f != NULL; f = f->next) {
        if (f == rq->faults.first) {
            json_out_name(out, S("fieldErrors"));
            json_out_object(out);
        }
        json_put_str(out, f->path, f->message);
        if (f->next == NULL) {
            json_out_object_end(out);
        }
    }
}

/* Fault codes in the page's language; what has no words of its own is simply not usable. */
static const struct {
    const char *code, *key;
} words[] = {
    {"blank", "error.blank"},
    {"missing", "error.blank"},
    {"notEmail", "error.email"},
    {"duplicate", "error.taken"},
    {"blocked", "error.taken"},
    {"tooShort", "error.password.short"},
    {"tooLong", "error.password.long"},
    {"singleCase", "error.password.mixed"},
    {"onlyAlpha", "error.password.symbol"},
    {"requireNumber", "error.password.number"},
    {"containsLoginId", "error.password.login"},
    {"breachedPasswordOnly", "error.password.breached"},
    {"breachedCommonPassword", "error.password.breached"},
    {"notEqual", "error.confirm"},
    {"previouslyUsed", "error.password.used"},
    {"tooYoung", "error.password.young"},
    {"wrongCode", "error.code"},
};

static str
say(struct rq *rq, const struct tenant *tenant, str code)
{
    const struct password_rules *rules = &tenant->password;
    str number = str_fmt(rq->arena, "%lld",
        (long long)(str_eq(code, S("tooShort")) ? rules->min_length : rules->max_length));

    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_eq(code, str_from(words[i].code))) {
            return page_text_fmt(rq->arena, rq->lang, str_from(words[i].key), &number, 1);
        }
    }
    return page_text(rq->lang, S("error.invalid"));
}

str
signin_error_of(struct rq *rq, const struct tenant *tenant, str name)
{
    for (const struct field_fault *f = rq->faults.first; f != NULL; f = f->next) {
        if (str_eq(f->path, name)) {
            return say(rq, tenant, f->code);
        }
    }
    return NO_STR;
}

void
signin_add_rules(struct rq *rq, const struct tenant *tenant, struct page *page)
{
    const struct password_rules *rules = &tenant->password;
    str lang = rq->lang;
    str bounds[2] = {str_fmt(rq->arena, "%lld", (long long)rules->min_length),
        str_fmt(rq->arena, "%lld", (long long)rules->max_length)};
    const struct {
        bool holds;
        const char *key;
    } extra[] = {
        {rules->needs_mixed_case, "rule.mixed"},
        {rules->needs_number, "rule.number"},
        {rules->needs_non_alpha, "rule.symbol"},
        {rules->refuses_login_id, "rule.login"},
    };

    page_add_rule(page, page_text_fmt(rq->arena, lang, S("rule.length"), bounds, COUNT(bounds)));
    for (size_t i = 0; i < COUNT(extra); i++) {
        if (extra[i].holds) {
            page_add_rule(page, page_text(lang, str_from(extra[i].key)));
        }
    }
}
