/* SPDX-License-Identifier: Apache-2.0 */
/* The first factor: login id and password on one page, or the known person's password again. */
#include "flow/signin/signin_internal.h"
#include "model/action/action.h"
#include "model/credential/credential.h"

static const struct {
    enum login_id_type type;
    enum page_field field;
} login_fields[] = {
    [LOGIN_ID_EMAIL] = {LOGIN_ID_EMAIL, PAGE_FIELD_LOGIN_ID},
    [LOGIN_ID_PHONE] = {LOGIN_ID_PHONE, PAGE_FIELD_LOGIN_PHONE},
    [LOGIN_ID_USERNAME] = {LOGIN_ID_USERNAME, PAGE_FIELD_LOGIN_USERNAME},
};

/* What stands in the field: typed before, or hinted by the client (OIDC Core s3.1.2.1
 * login_hint). */
static str
typed_login_id(const struct visit *visit)
{
    str typed = signin_value(visit, "loginId");

    return typed.n ? str_head(typed, 255) : visit->a->login_hint;
}

static void
add_extras(struct visit *visit, struct page *page)
{
    view_bool(&page->view, NULL, S("can_keep"), true);
    view_bool(&page->view, NULL, S("is_kept"), signin_is_kept(visit));
}

/* To pages of ours that go on with the same request; written out once for all of them. */
static void
add_links(struct visit *visit, struct page *page, bool is_first)
{
    const struct application *application = visit->a->application;
    struct rq *rq = visit->rq;
    const struct {
        const char *name;
        str path;
        bool is_shown;
    } links[] = {
        {"forgot_url", S("/password/forgot"), true},
        {"register_url", S("/oauth2/register"), is_first && application->registration.enabled},
        {"mail_url", S("/oauth2/passwordless"), is_first && application->passwordless.enabled},
        {"way_url", visit->way, is_first && visit->way.n > 0},
    };
    str query = rq_wants_json(rq) ? NO_STR : authorization_link(rq, visit->a, NO_STR);

    for (size_t i = 0; query.n && i < COUNT(links); i++) {
        if (links[i].is_shown) {
            page_url(page, NULL, str_from(links[i].name),
                str_fmt(rq->arena, STRF STRF, STRV(links[i].path), STRV(query)));
        }
    }
}

static enum err
render_first(struct visit *visit)
{
    enum login_id_type type = (enum login_id_type)visit->a->application->registration.login_id_type;
    struct page page;

    if (!signin_page(visit, PAGE_SIGNIN, &signin_password_first, &page)) {
        return FAIL_SERVER(visit->rq);
    }
    page_add_field(&page, login_fields[type].field, typed_login_id(visit), NO_STR, true);
    page_add_field(&page, PAGE_FIELD_PASSWORD, NO_STR, NO_STR, true);
    add_extras(visit, &page);
    add_links(visit, &page, true);
    signin_add_captcha(visit, &page, "signin");
    return signin_show(visit, &signin_password_first, &page);
}

static enum err
render_again(struct visit *visit)
{
    struct page page;

    if (visit->user == NULL) { /* the session ended meanwhile */
        return render_first(visit);
    }
    if (!signin_page(visit, PAGE_PASSWORD, &signin_password_again, &page)) {
        return FAIL_SERVER(visit->rq);
    }
    view_text(&page.view, NULL, S("login_id"), user_login_id(visit->user));
    page_add_field(&page, PAGE_FIELD_PASSWORD, NO_STR, NO_STR, true);
    add_extras(visit, &page);
    add_links(visit, &page, false);
    signin_add_captcha(visit, &page, "signin");
    return signin_show(visit, &signin_password_again, &page);
}

/* One path for unknown, wrong and switched off (invariant 10); only the lock has words of its
 * own, and it holds for unknown ids as well. */
static enum err
try_password(struct visit *visit, str login_id, enum err (*render)(struct visit *visit))
{
    str password = signin_value(visit, "password");
    enum credential_verdict verdict = CREDENTIAL_WRONG;
    struct dossier_list actions;
    struct user *user = NULL;
    bool is_there;
    enum err e;

    if (login_id.n == 0 || password.n == 0 || password.n > PASSWORD_MAX_BYTES) {
        visit->alert = "error.signin";
        return render(visit);
    }
    e = signin_check_captcha(visit, "signin", &is_there);
    if (e != ERR_OK || !is_there) {
        return e ? e : render(visit);
    }
    visit->rq->login_application = visit->a->application->id;
    e = credential_check(visit->rq, visit->a->tenant, login_id, password, &verdict, &user);
    if (e != ERR_OK) {
        return e;
    }
    if (verdict == CREDENTIAL_RIGHT && !user_may_sign_in(user, visit->rq->now)) {
        credential_note_failure(visit->rq, visit->a->tenant, user->id,
            user->active ? ATTEMPT_EXPIRED : ATTEMPT_CLOSED, login_id);
    }
    if (verdict != CREDENTIAL_RIGHT || !user_may_sign_in(user, visit->rq->now)) {
        visit->alert = verdict == CREDENTIAL_LOCKED ? "problem.locked.text" : "error.signin";
        return render(visit);
    }
    e = action_prevents(visit->rq, visit->a->tenant, user, visit->a->application->id, &actions);
    if (e == ERR_OK && actions.count) {
        credential_note_failure(visit->rq, visit->a->tenant, user->id, ATTEMPT_PREVENTED, login_id);
    }
    if (e != ERR_OK || actions.count) {
        visit->alert = "problem.locked.text";
        return e ? e : render(visit);
    }
    visit->user = user;
    return signin_proved(visit, login_id, password);
}

static enum err
submit_first(struct visit *visit)
{
    return try_password(visit, signin_value(visit, "loginId"), render_first);
}

static enum err
submit_again(struct visit *visit)
{
    if (visit->user == NULL || form_has(visit->form, S("switch"))) {
        visit->user = NULL;
        visit->session = NULL;
        visit->a->login_hint = NO_STR;
        return render_first(visit);
    }
    return try_password(visit, user_login_id(visit->user), render_again);
}

const struct signin_step signin_password_first = {"signin", render_first, submit_first, "signin"};
const struct signin_step signin_password_again = {"password", render_again, submit_again, "signin"};
