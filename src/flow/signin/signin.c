/* SPDX-License-Identifier: Apache-2.0 */
/* The journey between its pages (DESIGN section 8). Invariants: 1 until the password is right no
 * request writes, but for a registration that tells whose login id it wanted; 2 an answer is taken only from the browser the page was sent to; 3 the
 * decision for client, scope and person is the sealed one, never a form field (OA-22). */
#include "flow/signin/signin_internal.h"
#include "model/action/action.h"
#include "model/breach/breach.h"
#include "model/claims/claims.h"
#include "model/consent/consent.h"
#include "model/credential/credential.h"
#include "model/proof/proof.h"

static const struct signin_step *const steps[] = {&signin_password_first, &signin_password_again,
    &signin_register, &signin_complete, &signin_consent, &signin_mail_ask, &signin_mail_sent,
    &signin_mail_code, &signin_mail_link, &signin_factor};

bool
signin_is_same_person(const struct visit *visit)
{
    const struct authorization *a = visit->a;

    return visit->session != NULL && visit->user != NULL && uuid_eq(visit->user->id, a->user_id)
           && uuid_eq(visit->session->id, a->session_id)
           && user_may_sign_in(visit->user, visit->rq->now);
}

enum err
signin_begin_again(struct visit *visit)
{
    visit->a->user_id = (struct uuid){{0}};
    visit->user = NULL;
    visit->session = NULL;
    return signin_password_first.render(visit);
}

str
signin_value(const struct visit *visit, const char *name)
{
    return visit->form ? form_get(visit->form, str_from(name)) : NO_STR;
}

bool
signin_is_kept(const struct visit *visit)
{
    return str_eq(signin_value(visit, "rememberDevice"), S("true"));
}

static enum err
load_session(struct visit *visit)
{
    struct authorization *a = visit->a;
    struct session *session = NULL;
    enum err e = session_find(visit->rq, a->tenant, &session);

    visit->session = session;
    if (e == ERR_OK && session != NULL && visit->user == NULL) {
        e = user_load(visit->rq, a->tenant, session->user_id, USER_REGISTRATIONS, &visit->user);
    }
    if (visit->user == NULL) {
        visit->session = NULL; /* an erased person's session says nothing */
    }
    return e;
}

/* OA-23: without a secret, and with an address any app on the device may claim, nobody can tell who
 * asks: what was allowed once was perhaps allowed to another (RFC 8252 s8.6). */
static bool
is_claimable(const struct authorization *a)
{
    return application_is_public(a->application) && !str_starts(a->redirect_uri, S("https://"));
}

/* Third parties ask; what was allowed before counts only if the application lets decisions be
 * remembered. */
static enum err
find_consent(struct visit *visit, bool *ret_needed)
{
    const struct authorization *a = visit->a;
    const struct oauth_config *oauth = &a->application->oauth;
    struct consent wanted = {visit->user->id, a->application->id, a->scope, a->redirect_uri};
    bool holds = false;
    enum err e = ERR_OK;

    *ret_needed =
        a->prompt_consent
        || (oauth->relationship == APP_THIRD_PARTY && oauth->consent_mode != CONSENT_NEVER);
    if (*ret_needed && !a->prompt_consent && oauth->consent_mode == CONSENT_REMEMBER
        && !is_claimable(a)) {
        e = consent_holds(visit->rq, a->tenant, &wanted, &holds);
        *ret_needed = !holds;
    }
    return e;
}

/* What has to be verified before the person is let in who came by this login id. */
static enum ticket_kind
wanted_of(const struct visit *visit, str login_id)
{
    return proof_wanted(visit->a->tenant, visit->a->application, visit->user,
        proof_identity_of(visit->rq, visit->user, login_id));
}

static enum err
gather(struct visit *visit, struct journey_facts *ret)
{
    const struct authorization *a = visit->a;
    const struct user *user = visit->user;
    int64_t auth_instant = visit->session ? visit->session->auth_instant : 0;
    bool is_proved = user != NULL && uuid_eq(a->user_id, user->id) && visit->session != NULL
                     && uuid_eq(visit->session->id, a->session_id);
    struct dossier_list actions;
    enum err e = ERR_OK;

    *ret = (struct journey_facts){
        .has_session = visit->session != NULL,
        .is_proved = is_proved,
        .is_session_old =
            a->max_age_s >= 0
            && visit->rq->now - auth_instant >= (a->max_age_s ? a->max_age_s * SECOND_MS : -1),
        .is_other_person = user != NULL && !uuid_is_nil(a->expected_user_id)
                           && !uuid_eq(a->expected_user_id, user->id),
        .may_sign_in = user != NULL && user_may_sign_in(user, visit->rq->now),
        .is_registered = user != NULL && user_registration(user, a->application->id) != NULL,
        .needs_registration = a->application->oauth.needs_registration,
        .may_register = a->application->registration.enabled,
        .is_incomplete = user != NULL && signin_is_incomplete(a, user),
        .is_gated = user != NULL && wanted_of(visit, NO_STR) != TICKET_NONE,
        .prompt_none = a->prompt_none,
        .prompt_login = a->prompt_login,
    };
    if (user != NULL) {
        e = action_prevents(visit->rq, a->tenant, user, a->application->id, &actions);
        ret->may_sign_in = ret->may_sign_in && actions.count == 0;
        ret->is_proved = ret->is_proved && actions.count == 0;
        e = e ? e : find_consent(visit, &ret->needs_consent);
        e = e ? e : signin_needs_factor(visit, &ret->needs_factor);
    }
    return e;
}

static enum err
show_forbidden(struct visit *visit)
{
    struct rq *rq = visit->rq;
    struct page page;

    if (rq_wants_json(rq) || !page_start(&page, rq->arena, PAGE_ERROR, rq->lang)) {
        return FAIL(
            rq, ERR_FORBIDDEN, NULL, "is not open to this account: ask its owner for access");
    }
    view_text(&page.view, NULL, S("tenant"), visit->a->tenant->name);
    view_text(&page.view, NULL, S("application"), visit->a->application->name);
    page_problem(&page, PAGE_PROBLEM_FORBIDDEN, str_from(rq->id));
    page_render(&page, rq->arena, rq->answer);
    return ERR_OK;
}

/* Whom the journey is about from here on: the page that follows carries it sealed. */
static void
note_person(struct visit *visit)
{
    struct authorization *a = visit->a;

    CHECK(visit->user != NULL && visit->session != NULL);
    a->user_id = visit->user->id;
    a->session_id = visit->session->id;
    a->auth_instant = visit->session->auth_instant;
    if (a->authentication_type.n == 0) {
        a->authentication_type = S("PASSWORD");
    }
}

enum err
signin_refuse(struct visit *visit, const char *alert)
{
    visit->user = NULL;
    visit->alert = alert;
    return signin_password_first.render(visit);
}

/* Registered with the default roles, and asked to verify it where the application says so. */
static enum err
join(struct visit *visit, struct registration *ret)
{
    struct authorization *a = visit->a;
    const struct role *roles = a->application->roles.items;
    size_t count = a->application->roles.count;
    str *names = ARENA_ARRAY(visit->rq->arena, count, str);
    enum err e;

    *ret = (struct registration){.application_id = a->application->id};
    for (size_t i = 0; names != NULL && i < count; i++) {
        if (roles[i].is_default) {
            names[ret->roles.count++] = roles[i].name;
        }
    }
    ret->roles.items = names;
    ret->verified = !a->application->verifies_registration;
    ret->verified_instant = ret->verified ? visit->rq->now : 0;
    e = registration_create(visit->rq, a->tenant, visit->user, ret);
    return e ? e
             : proof_registration(visit->rq, a->tenant, a->application, visit->user, ret,
                 &visit->mailed[GATE_REGISTRATION]);
}

/* A membership that has just begun is gated as one of before is. */
static enum err
refuse_unverified(struct visit *visit)
{
    if (visit->a->prompt_none) {
        return authorization_refuse(
            visit->rq, visit->a, ERR_INTERACTION_REQUIRED, "the person has to be asked");
    }
    return signin_gate(visit, TICKET_VERIFY_REGISTRATION);
}

/* The person is known and nothing stands in the way: register where the application lets people
 * in, and answer the client. */
enum err
signin_finish(struct visit *visit)
{
    struct authorization *a = visit->a;
    struct registration membership = {.verified = true};
    bool is_member = user_registration(visit->user, a->application->id) != NULL;
    enum err e = ERR_OK;

    note_person(visit);
    if (!is_member && a->application->registration.enabled) {
        e = join(visit, &membership);
    }
    session_touch(visit->rq, a->tenant, visit->session);
    if (e == ERR_OK && !membership.verified
        && a->application->unverified.behavior == UNVERIFIED_GATED) {
        return refuse_unverified(visit);
    }
    return e ? e : authorization_grant(visit->rq, a);
}

static enum err
go_to(struct visit *visit, enum journey_step next)
{
    struct rq *rq = visit->rq;

    visit->known_step = next;
    switch (next) {
    case JOURNEY_SIGNIN:
        return signin_password_first.render(visit);
    case JOURNEY_PASSWORD:
        return signin_password_again.render(visit);
    case JOURNEY_COMPLETE:
        note_person(visit);
        return signin_complete.render(visit);
    case JOURNEY_CONSENT:
        note_person(visit);
        return signin_consent.render(visit);
    case JOURNEY_DONE:
        return signin_finish(visit);
    case JOURNEY_UNVERIFIED:
        return signin_gate(visit, wanted_of(visit, NO_STR));
    case JOURNEY_FORBIDDEN:
        return show_forbidden(visit);
    case JOURNEY_LOGIN_REQUIRED:
        return authorization_refuse(rq, visit->a, ERR_LOGIN_REQUIRED, "the person has to sign in");
    case JOURNEY_CONSENT_REQUIRED:
        return authorization_refuse(
            rq, visit->a, ERR_CONSENT_REQUIRED, "the person has to consent");
    case JOURNEY_INTERACTION_REQUIRED:
        return authorization_refuse(
            rq, visit->a, ERR_INTERACTION_REQUIRED, "the person has to be asked");
    case JOURNEY_STEP_COUNT:
        break;
    }
    return FAIL_SERVER(rq);
}

enum err
signin_continue(struct visit *visit)
{
    struct journey_facts facts;
    enum err e = gather(visit, &facts);

    return e ? e : go_to(visit, signin_journey_next(&facts));
}

enum err
signin_begin(struct rq *rq, struct authorization *authorization)
{
    struct visit visit = {.rq = rq, .a = authorization};
    enum err e;

    rq->lang = page_lang(authorization->ui_locales, rq_query_get(rq, S("lang")),
        rq_header(rq, S("accept-language")));
    e = load_session(&visit);
    e = e ? e : signin_bootstrap(&visit);
    if (e == ERR_OK && authorization->wants_register && visit.session == NULL
        && !authorization->prompt_none) {
        return signin_register.render(&visit);
    }
    if (e == ERR_OK && authorization->wants_mail && !authorization->prompt_none) {
        return signin_mail_begin(&visit);
    }
    return e ? e : signin_continue(&visit);
}

str
signin_authentication(const struct visit *visit)
{
    return visit->authentication.n ? visit->authentication : S("PASSWORD");
}

/* The first time every browser is new: that is no news. */
static enum err
note_entry(struct visit *visit, str password)
{
    const struct authorization *a = visit->a;
    bool is_first = visit->user->last_login_instant == 0;
    bool is_known = session_note_device(visit->rq, a->tenant, visit->user->id);
    enum err e =
        credential_note_login(visit->rq, a->tenant, visit->user, a->application->id, password);

    return e || is_first || is_known ? e
                                     : proof_tell_device(visit->rq, a->tenant, a->application,
                                         visit->user, signin_authentication(visit));
}

enum err
signin_proved(struct visit *visit, str login_id, str password)
{
    struct authorization *a = visit->a;
    enum ticket_kind wanted = wanted_of(visit, login_id);
    bool is_by_phone = proof_identity_of(visit->rq, visit->user, login_id) == PROOF_PHONE;
    bool is_asked = false;
    enum err e = breach_check_login(visit->rq, a->tenant, a->application, visit->user, password);

    if (e != ERR_OK) {
        return e;
    }
    if (wanted != TICKET_NONE) {
        return signin_gate(visit, wanted);
    }
    if (user_password_due(visit->rq, a->tenant, visit->user, password.n > 0, password)
        != PASSWORD_FINE) {
        visit->way = S("/password/forgot");
        return signin_refuse(visit, "error.due");
    }
    e = signin_ask_factor(visit, is_by_phone, &is_asked);
    return e || is_asked ? e : signin_enter(visit, password, false);
}

enum err
signin_enter(struct visit *visit, str password, bool has_factor)
{
    struct authorization *a = visit->a;
    const struct session wanted = {.user_id = visit->user->id,
        .is_kept = signin_is_kept(visit),
        .has_factor = has_factor,
        .auth_instant = visit->rq->now};
    struct session *session;
    enum err e = session_start_as(visit->rq, a->tenant, &wanted, &session);

    if (e != ERR_OK) {
        return e;
    }
    e = note_entry(visit, password);
    visit->session = session;
    a->user_id = visit->user->id;
    a->session_id = session->id;
    a->auth_instant = session->auth_instant;
    a->authentication_type = signin_authentication(visit);
    a->prompt_login = false;
    visit->alert = NULL;
    return e ? e : signin_continue(visit);
}

static const struct signin_step *
find_step(str name)
{
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (str_eq(name, str_from(steps[i]->name))) {
            return steps[i];
        }
    }
    return NULL;
}

enum err
signin_endpoint(struct rq *rq)
{
    struct authorization *a = ARENA_NEW(rq->arena, struct authorization);
    struct visit visit = {.rq = rq, .a = a};
    const struct signin_step *step;
    enum err e;

    if (rq_is_from_elsewhere(rq)) {
        return FAIL(rq, ERR_FORBIDDEN, NULL,
            "came from another site: go back to the application and sign in again");
    }
    e = a ? signin_read_form(rq, &visit.form) : FAIL_SERVER(rq);
    e = e ? e : authorization_open(rq, signin_value(&visit, "state"), a);
    if (e != ERR_OK) {
        return e;
    }
    rq->lang =
        page_lang(a->ui_locales, signin_value(&visit, "lang"), rq_header(rq, S("accept-language")));
    if (form_has(visit.form, S("lang"))) {
        a->ui_locales = rq->lang; /* chosen: it stays to the end of the journey */
    }
    step = find_step(signin_value(&visit, "step"));
    if (step == NULL) {
        return FAIL(rq, ERR_INVALID_REQUEST, "step", "is not known");
    }
    e = load_session(&visit);
    if (e != ERR_OK) {
        return e;
    }
    if (form_has(visit.form, S("lang"))) {
        return step->render(&visit); /* the same page in another language, with what was typed */
    }
    return step->submit(&visit);
}
