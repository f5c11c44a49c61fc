/* SPDX-License-Identifier: Apache-2.0 */
/* Consent to a third-party application. Cancel and Allow weigh the same; the scope can only
 * shrink (OA-22); without a click nothing is granted (OA-95). */
#include "flow/signin/signin_internal.h"
#include "codec/url.h"
#include "model/authorization/authorization_hosted.h"
#include "model/consent/consent.h"
#include "model/event/event.h"

static const struct app_scope *
own_scope(const struct application *app, str word)
{
    const struct app_scope *scopes = app->scopes.items;

    for (size_t i = 0; i < app->scopes.count; i++) {
        if (str_eq(scopes[i].name, word)) {
            return &scopes[i];
        }
    }
    return NULL;
}

/* Without openid there is no answer to give; an application's own scopes can be unticked unless
 * it says it needs them. */
static bool
is_optional(const struct application *app, str word)
{
    const struct app_scope *own = own_scope(app, word);
    const struct app_requirable *provided = application_provided_scope(app, word);

    if (own != NULL) {
        return !own->required;
    }
    return provided != NULL && !provided->required
           && (str_eq(word, S("phone")) || str_eq(word, S("address")));
}

static void
add_scopes(struct visit *visit, struct page *page)
{
    str rest = visit->a->scope, word;

    while (str_cut(&rest, ' ', &word)) {
        const struct app_scope *own = own_scope(visit->a->application, word);
        struct page_scope scope = {
            .name = word,
            .title = own ? (own->consent_message.n ? own->consent_message : own->name) : NO_STR,
            .text = own ? own->consent_detail : NO_STR,
            .is_optional = is_optional(visit->a->application, word),
            .is_ticked = true,
        };
        if (word.n) {
            page_add_scope(page, &scope);
        }
    }
}

static str
initials(struct rq *rq, str name)
{
    size_t n = name.n ? 1 : 0;

    while (n < name.n && ((unsigned char)name.p[n] & 0xc0) == 0x80) {
        n++; /* whole characters only */
    }
    return str_dup(rq->arena, str_head(name, n));
}

static enum err
render(struct visit *visit)
{
    struct rq *rq = visit->rq;
    struct page page;
    struct url url;
    str name;

    if (!signin_is_same_person(visit)) {
        return signin_begin_again(visit); /* whoever posts this step without having come to it */
    }
    name = user_display_name(rq->arena, visit->user);
    if (!signin_page(visit, PAGE_CONSENT, &signin_consent, &page)) {
        return FAIL_SERVER(rq);
    }
    view_text(
        &page.view, NULL, S("application_initial"), initials(rq, visit->a->application->name));
    view_text(&page.view, NULL, S("login_id"), user_login_id(visit->user));
    if (!str_eq(name, user_login_id(visit->user))) {
        view_text(&page.view, NULL, S("user_name"), name);
    }
    view_text(&page.view, NULL, S("user_initials"), initials(rq, name));
    view_bool(&page.view, NULL, S("is_unverified"),
        visit->a->application->oauth.relationship == APP_THIRD_PARTY);
    if (url_parse(authorization_lands_at(rq, visit->a), &url)) {
        view_text(&page.view, NULL, S("redirect_host"), url.host.n ? url.host : url.scheme);
    }
    add_scopes(visit, &page);
    return signin_show(visit, &signin_consent, &page);
}

/* The asked scopes without the optional ones that were not ticked. */
static str
granted_scope(struct visit *visit)
{
    str rest = visit->a->scope, word, scope;
    struct buf buf;

    buf_init(&buf, visit->rq->arena, visit->a->scope.n + 1);
    while (str_cut(&rest, ' ', &word)) {
        bool is_granted = !is_optional(visit->a->application, word);
        for (size_t i = 0; i < visit->form->count; i++) {
            is_granted |= str_eq(visit->form->pairs[i].name, S("scope"))
                          && str_eq(visit->form->pairs[i].value, word);
        }
        if (is_granted) {
            buf_str(&buf, buf.n ? S(" ") : S(""));
            buf_str(&buf, word);
        }
    }
    return buf_done(&buf, &scope) ? scope : NO_STR;
}

static enum err
allow(struct visit *visit)
{
    struct authorization *a = visit->a;
    struct event event = {"user.consent.grant", visit->user->id, a->application->id, NO_STR};
    struct consent given = {visit->user->id, a->application->id, NO_STR, a->redirect_uri};
    enum err e;

    a->scope = granted_scope(visit);
    a->prompt_consent = false;
    given.scope = a->scope;
    e = consent_remember(visit->rq, a->tenant, &given, a->tenant->ids.remember_consent_ttl_s);
    e = e ? e : event_add(visit->rq, a->tenant, &event);
    return e ? e : signin_finish(visit);
}

static enum err
submit(struct visit *visit)
{
    if (!signin_is_same_person(visit) || form_has(visit->form, S("switch"))) {
        return signin_begin_again(visit);
    }
    if (str_eq(signin_value(visit, "answer"), S("allow"))) {
        return allow(visit);
    }
    if (str_eq(signin_value(visit, "answer"), S("deny"))) {
        return authorization_refuse(
            visit->rq, visit->a, ERR_ACCESS_DENIED, "the person did not allow it");
    }
    return render(visit);
}

const struct signin_step signin_consent = {"consent", render, submit};
