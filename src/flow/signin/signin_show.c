/* SPDX-License-Identifier: Apache-2.0 */
/* A step shown: as a page, or as JSON for an app that draws its own. */
#include "flow/signin/signin_internal.h"
#include "model/authorization/authorization_hosted.h"

bool
signin_page(struct visit *visit, enum page_id id, const struct signin_step *step, struct page *ret)
{
    struct rq *rq = visit->rq;
    str sealed = authorization_seal(rq, visit->a);

    if (sealed.n == 0 || !page_start(ret, rq->arena, id, rq->lang)) {
        return false;
    }
    view_text(&ret->view, NULL, S("tenant"), visit->a->tenant->name);
    view_text(&ret->view, NULL, S("application"), visit->a->application->name);
    view_text(&ret->view, NULL, S("action"), S("/signin"));
    if (visit->alert != NULL) {
        view_text(&ret->view, NULL, S("alert"), page_text(rq->lang, str_from(visit->alert)));
    }
    page_add_hidden(ret, S("state"), sealed);
    page_add_hidden(ret, S("step"), str_from(step->name));
    /* Chromium holds form-action against the redirect that follows, too. */
    ret->form_action_origin = page_form_action(rq->arena, authorization_lands_at(rq, visit->a));
    return true;
}

void
signin_add_captcha(const struct visit *visit, struct page *page, const char *action)
{
    signin_put_captcha(visit->rq, visit->a->tenant, page, action);
}

enum err
signin_check_captcha(struct visit *visit, const char *action, bool *ret_is_passed)
{
    const char *alert;
    enum err e = signin_judge_captcha(visit->rq, visit->a->tenant, visit->form, action, &alert);

    *ret_is_passed = e == ERR_OK && alert == NULL;
    if (e == ERR_OK && alert != NULL) {
        visit->alert = alert;
    }
    return e;
}

static enum err
show_json(struct visit *visit, const struct signin_step *step)
{
    struct rq *rq = visit->rq;
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("step"), str_from(step->name));
    json_put_str(&out, S("state"), authorization_seal(rq, visit->a));
    json_put_str(&out, S("application"), visit->a->application->name);
    if (visit->user != NULL && visit->session != NULL && visit->asked == NULL) {
        json_put_str(&out, S("loginId"), user_login_id(visit->user));
    }
    if (step == &signin_consent) {
        json_put_str(&out, S("scope"), visit->a->scope);
    }
    if (step == &signin_factor) {
        signin_write_methods(visit, &out);
    }
    signin_write_captcha(visit->a->tenant, step->captcha, &out);
    json_put_given(&out, S("code"), visit->code);
    if (visit->way.n) {
        json_put_str(&out, S("way"), authorization_link(rq, visit->a, visit->way));
    }
    if (visit->alert != NULL) {
        json_put_str(&out, S("error"), str_from(visit->alert));
        json_put_str(&out, S("message"), page_text(rq->lang, str_from(visit->alert)));
    }
    if (visit->notice != NULL) {
        json_put_str(&out, S("message"), page_text(rq->lang, str_from(visit->notice)));
    }
    signin_write_faults(rq, &out);
    json_out_object_end(&out);
    return rq_answer_json(rq, visit->alert ? 400 : 200, &buf);
}

enum err
signin_show(struct visit *visit, const struct signin_step *step, const struct page *page)
{
    struct rq *rq = visit->rq;

    if (rq_wants_json(rq)) {
        return show_json(visit, step);
    }
    page_render(page, rq->arena, rq->answer);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}
