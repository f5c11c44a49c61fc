/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of linking. Deviations from FusionAuth, for safety: an address links only the person whose email address
 * it is, not one who took it for a username; and where a tenant verifies addresses, an account whose address never
 * was loses its password, factors, links and sessions when its owner proves the address at a provider, so that
 * nobody waits in an account made for somebody else. */
#include "codec/json.h"
#include "model/application/application.h"
#include "model/event/event.h"
#include "model/federate/federate_internal.h"
#include "model/passkey/passkey.h"
#include "model/rq/rq.h"
#include "model/session/session.h"
#include "model/tenant/tenant.h"
#include "model/ticket/ticket.h"
#include "model/token/token.h"
#include "model/user/user.h"
#include "model/user/user_verified.h"

enum { MAX_NAME = 255, MAX_TOKEN = 8192 };

static str
text_claim(const struct json *all, str name)
{
    str text;

    return name.n && json_str(json_get(all, name), &text) ? str_trim(text) : NO_STR;
}

/* A subject may be a number where a provider never heard of OpenID Connect. */
static str
subject_claim(const struct json *all, str name)
{
    const struct json *v = name.n ? json_get(all, name) : NULL;

    if (v == NULL || (v->type != JSON_STRING && v->type != JSON_NUMBER)) {
        return NO_STR;
    }
    return v->type == JSON_STRING ? v->text : v->raw;
}

/* At most so many bytes of it, and no part of a character. */
static str
cut(str text, size_t max)
{
    size_t n = MIN(text.n, max);

    while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xC0) == 0x80) {
        n--;
    }
    return str_head(text, n);
}

static str
first_of(str a, str b)
{
    return a.n ? a : b;
}

void
federate_read(const struct idp *idp, const struct json *all, struct federate_claims *ret)
{
    const struct idp_oauth *oauth = &idp->oauth;
    const struct json *verified = json_get(all, oauth->email_verified_claim);
    str text;

    *ret = (struct federate_claims){.all = all};
    ret->subject = subject_claim(all, oauth->unique_id_claim);
    ret->email =
        first_of(text_claim(all, oauth->email_claim), text_claim(all, idp->unique_identity_claim));
    ret->username = text_claim(all, oauth->username_claim);
    ret->display_name =
        cut(first_of(first_of(ret->email, ret->username), text_claim(all, S("name"))), MAX_NAME);
    ret->says_verified = verified != NULL && verified->type != JSON_NULL;
    ret->is_verified =
        ret->says_verified
        && (verified->type == JSON_TRUE || (json_str(verified, &text) && str_eq(text, S("true"))));
    ret->is_authority = federate_is_authority(idp, ret);
}

/* One that is too long to keep is of no use cut. */
static str
kept_token(const struct federate_claims *claims)
{
    return claims->token.n <= MAX_TOKEN ? claims->token : NO_STR;
}

static bool
links_by_email(const struct idp *idp)
{
    return idp->linking == IDP_LINK_BY_EMAIL || idp->linking == IDP_LINK_BY_EMAIL_EXISTING;
}

static bool
may_create(const struct idp *idp)
{
    return idp->linking == IDP_LINK_BY_EMAIL || idp->linking == IDP_LINK_BY_USERNAME
           || idp->linking == IDP_LINK_ANONYMOUSLY;
}

static enum err
note(struct rq *rq, const struct federate_order *order, const char *kind, const struct user *user)
{
    struct event event = {
        .kind = kind, .user_id = user->id, .application_id = order->application->id};

    return event_add(rq, order->tenant, &event);
}

/* ---- a pending link ---- */

static void
put(struct json_out *out, str name, str value)
{
    if (value.n) {
        json_put_str(out, name, value);
    }
}

static enum err
make_pending(struct rq *rq, const struct federate_order *order, struct federate_result *ret)
{
    const struct federate_claims *claims = order->claims;
    struct ticket_order wanted = {
        .kind = TICKET_PENDING_LINK,
        .application_id = order->application->id,
        .ttl_s = order->tenant->ids.pending_link_ttl_s,
    };
    struct ticket_made made;
    struct json_out out;
    struct buf buf;
    enum err e;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    put(&out, S("identityProviderId"), uuid_text(rq->arena, order->idp->head.id));
    put(&out, S("identityProviderUserId"), claims->subject);
    put(&out, S("email"), claims->email);
    put(&out, S("username"), claims->username);
    put(&out, S("displayName"), claims->display_name);
    put(&out, S("token"), kept_token(claims));
    json_out_object_end(&out);
    if (!buf_done(&buf, &wanted.detail)) {
        return FAIL_SERVER(rq);
    }
    e = ticket_make(rq, order->tenant, &wanted, &made);
    ret->verdict = FEDERATE_PENDING;
    ret->pending_id = e ? NO_STR : made.text;
    return e;
}

bool
federate_pending_read(const struct ticket *ticket, struct federate_pending *ret)
{
    const struct json *detail = ticket->detail;
    str id = text_claim(detail, S("identityProviderId"));

    *ret = (struct federate_pending){.subject = text_claim(detail, S("identityProviderUserId"))};
    ret->email = text_claim(detail, S("email"));
    ret->username = text_claim(detail, S("username"));
    ret->display_name = text_claim(detail, S("displayName"));
    ret->token = text_claim(detail, S("token"));
    return uuid_parse(id, &ret->idp_id) && ret->subject.n > 0;
}

/* ---- the person ---- */

static bool
is_identity(struct rq *rq, str mine, str asked)
{
    str a = identity_normal(rq->arena, mine), b = identity_normal(rq->arena, asked);

    return a.n > 0 && str_eq(a, b);
}

/* Who has that address or name already. A login id of another sort links nobody: anybody may choose a username. */
static enum err
find_person(
    struct rq *rq, const struct federate_order *order, bool *ret_is_taken, struct user **ret)
{
    bool is_email = links_by_email(order->idp);
    str asked = is_email ? order->claims->email : order->claims->username;
    enum err e = user_find(rq, order->tenant, asked, USER_REGISTRATIONS, ret);
    const struct user *user = e ? NULL : *ret;

    *ret_is_taken = false;
    if (user != NULL
        && !is_identity(rq, is_email ? user->email : user_unique_username(user), asked)) {
        *ret_is_taken = true;
        *ret = NULL;
    }
    return e;
}

static enum err
create_person(struct rq *rq, const struct federate_order *order, struct user **ret)
{
    const struct federate_claims *claims = order->claims;
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    struct user *user = ARENA_NEW(rq->arena, struct user);
    enum err e;

    if (user == NULL) {
        return FAIL_SERVER(rq);
    }
    field_defaults(rq->arena, &user_table, user);
    user->id = rq_new_id(rq);
    user->active = true;
    if (links_by_email(order->idp)) {
        user->email = claims->email;
    } else if (order->idp->linking == IDP_LINK_BY_USERNAME) {
        user->username = claims->username;
    }
    user_settle(rq->arena, user);
    user_settle_verified(rq->arena, order->tenant, NULL, user);
    if (user->email.n && claims->is_authority) { /* the house trusts the provider for it */
        user_verify(user, USER_EMAIL, USER_VERIFIED_TRUSTED, rq->now);
    }
    e = federate_apply(rq, order, user, true);
    /* It was free a moment ago: whoever took it meanwhile lets user_create run the handler again. */
    e = e ? e : user_check_taken(rq, order->tenant, NULL, user, &reader, "user");
    e = e ? e : user_create(rq, order->tenant, user);
    *ret = user;
    return e ? e : note(rq, order, "user.create", user);
}

/* Whoever made the account did not prove the address; who comes now did. */
static enum err
take_over(struct rq *rq, const struct federate_order *order, struct user *user)
{
    struct user before = *user;
    enum err e;

    user->verified = false; /* as far as anybody proved it before */
    user_verify(user, USER_EMAIL, USER_VERIFIED_TRUSTED, rq->now);
    user->scheme = user->salt = user->hash = NO_STR;
    user->factor = 0;
    user->two_factor = (struct factors){.is_changed = true};
    user->password_instant = rq->now;
    e = user_update(rq, order->tenant, &before, user);
    if (e != ERR_OK) {
        return e;
    }
    session_end_all(rq, order->tenant, user->id);
    token_revoke_user(rq, order->tenant, user->id);
    ticket_forget_user(rq, order->tenant, user->id);
    passkey_forget_user(rq, order->tenant, user->id);
    link_forget_user(rq, order->tenant, user->id);
    return note(rq, order, "user.email.verified", user);
}

/* What a person could have as a login id: one line, not too long. */
static bool
is_login_id(struct rq *rq, str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < ' ') {
            return false;
        }
    }
    return identity_normal(rq->arena, value).n > 0;
}

static bool
names_nobody(struct rq *rq, const struct federate_order *order)
{
    const struct federate_claims *claims = order->claims;
    enum idp_linking linking = (enum idp_linking)order->idp->linking;

    if (links_by_email(order->idp)) {
        return !field_email_ok(claims->email) || !is_login_id(rq, claims->email);
    }
    return (linking == IDP_LINK_BY_USERNAME || linking == IDP_LINK_BY_USERNAME_EXISTING)
           && !is_login_id(rq, claims->username);
}

/* Whether the provider knows the person by what links them: then nobody else there has it. */
static bool
is_known_by_it(struct rq *rq, const struct federate_order *order)
{
    const struct federate_claims *claims = order->claims;

    return is_identity(
        rq, claims->subject, links_by_email(order->idp) ? claims->email : claims->username);
}

/* An address or a name links nobody who is somebody else of the provider's already: where many houses come by one
 * provider, each says of its people what it likes. */
static enum err
check_links(struct rq *rq, const struct federate_order *order, struct federate_result *ret)
{
    struct link *link = NULL;
    int64_t count = 0;
    enum err e = link_count(rq, order->tenant, ret->user->id, order->idp->head.id, &count);

    if (e == ERR_OK && count > 0) {
        e = link_find(rq, order->tenant, order->idp->head.id, order->claims->subject, &link);
    }
    if (link != NULL && uuid_eq(link->user_id, ret->user->id)) {
        return e; /* made since it was looked for: ours will miss, and the request runs anew */
    }
    if (e == ERR_OK && count > 0 && !is_known_by_it(rq, order)) {
        ret->verdict = FEDERATE_OTHER;
    } else if (e == ERR_OK && count >= link_limit(order->idp, order->tenant)) {
        ret->verdict = FEDERATE_FULL;
    }
    if (ret->verdict != FEDERATE_IN) {
        ret->user = NULL;
    }
    return e;
}

/* Whom the strategy chooses; *ret NULL with a verdict when nobody. */
static enum err
choose(struct rq *rq, const struct federate_order *order, struct federate_result *ret)
{
    const struct federate_claims *claims = order->claims;
    bool is_taken = false;
    enum err e = ERR_OK;

    if (names_nobody(rq, order)) {
        ret->verdict = FEDERATE_UNFIT;
        return ERR_OK;
    }
    if (links_by_email(order->idp) && claims->says_verified && !claims->is_verified) {
        ret->verdict = FEDERATE_UNVERIFIED;
        return ERR_OK;
    }
    if (order->idp->linking != IDP_LINK_ANONYMOUSLY) {
        e = find_person(rq, order, &is_taken, &ret->user);
    }
    if (e == ERR_OK && ret->user != NULL && links_by_email(order->idp) && claims->says_verified
        && !claims->is_authority) {
        ret->user = NULL; /* whoever had the address when the provider asked may not have it now */
        ret->verdict = FEDERATE_UNVERIFIED;
        return ERR_OK;
    }
    if (e != ERR_OK || ret->user != NULL) {
        bool was_unproven = e == ERR_OK && order->tenant->mail.verifies
                            && links_by_email(order->idp) && claims->is_verified
                            && !ret->user->verified;
        if (was_unproven) {
            return take_over(rq, order, ret->user);
        }
        return e ? e : check_links(rq, order, ret);
    }
    if (is_taken || !may_create(order->idp)) {
        ret->verdict = FEDERATE_UNLINKED;
        return ERR_OK;
    }
    return create_person(rq, order, &ret->user);
}

static enum err
add_link(struct rq *rq, const struct federate_order *order, struct federate_result *ret)
{
    const struct federate_claims *claims = order->claims;
    struct link link = {
        .user_id = ret->user->id,
        .subject = claims->subject,
        .display_name = claims->display_name,
        .token = kept_token(claims),
        .idp_type = -1,
        .is_only = !is_known_by_it(rq, order),
    };
    enum err e = link_add(rq, order->tenant, order->idp, &link);

    return e ? e : note(rq, order, "user.identity-provider.link", ret->user);
}

static enum err
make_link(struct rq *rq, const struct federate_order *order, struct federate_result *ret)
{
    enum idp_linking linking = (enum idp_linking)order->idp->linking;
    enum err e;

    if (order->makes_no_link || linking == IDP_LINK_DISABLED || linking == IDP_LINK_UNSUPPORTED) {
        ret->verdict = FEDERATE_UNLINKED;
        return ERR_OK;
    }
    if (linking == IDP_PENDING_LINK) {
        return make_pending(rq, order, ret);
    }
    e = choose(rq, order, ret);
    return e || ret->user == NULL ? e : add_link(rq, order, ret);
}

static enum err
follow_link(struct rq *rq, const struct federate_order *order, struct link *link, struct user *user)
{
    const struct federate_claims *claims = order->claims;
    enum err e;

    CHECK(link != NULL);
    if (claims->display_name.n) {
        link->display_name = claims->display_name;
    }
    if (kept_token(claims).n) {
        link->token = kept_token(claims);
    }
    e = link_note_login(rq, order->tenant, link);
    return e ? e : federate_apply(rq, order, user, false);
}

/* ---- the registration ---- */

static enum err
default_roles(struct rq *rq, const struct application *application, struct field_texts *ret)
{
    const struct role *roles = application->roles.items;

    *ret = (struct field_texts){ARENA_ARRAY(rq->arena, MAX(application->roles.count, 1), str), 0};
    for (size_t i = 0; ret->items != NULL && i < application->roles.count; i++) {
        if (roles[i].is_default) {
            ret->items[ret->count++] = roles[i].name;
        }
    }
    return ret->items ? ERR_OK : FAIL_SERVER(rq);
}

static enum err
append(struct rq *rq, struct user *user, const struct registration *registration)
{
    struct field_list *old;
    struct registration *items;

    CHECK(user != NULL);
    old = &user->registrations;
    items = ARENA_ARRAY(rq->arena, old->count + 1, struct registration);
    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    if (old->count) {
        memcpy(items, old->items, old->count * sizeof *items);
    }
    items[old->count] = *registration;
    *old = (struct field_list){items, old->count + 1};
    return ERR_OK;
}

static enum err
ensure_registration(struct rq *rq, const struct federate_order *order, struct user *user)
{
    const struct idp_app *app = idp_app(order->idp, order->application->id);
    struct registration registration;
    enum err e;

    if (user_registration(user, order->application->id) != NULL || app == NULL
        || !app->creates_registration) {
        return ERR_OK;
    }
    field_defaults(rq->arena, &registration_table, &registration);
    registration.application_id = order->application->id;
    registration.verified = true;
    registration.verified_instant = rq->now;
    federate_apply_registration(rq, order, &registration.data);
    e = default_roles(rq, order->application, &registration.roles);
    e = e ? e : registration_create(rq, order->tenant, user, &registration);
    e = e ? e : append(rq, user, &registration);
    return e ? e : note(rq, order, "user.registration.create", user);
}

enum err
federate_sign_in(struct rq *rq, const struct federate_order *order, struct federate_result *ret)
{
    str subject = order->claims->subject;
    struct link *link = NULL;
    enum err e;

    *ret = (struct federate_result){.verdict = FEDERATE_IN};
    if (subject.n == 0 || subject.n > LINK_MAX_SUBJECT) {
        ret->verdict = FEDERATE_UNFIT;
        return ERR_OK;
    }
    arena_keep_secret(rq->arena);
    e = link_find(rq, order->tenant, order->idp->head.id, subject, &link);
    if (e == ERR_OK && link != NULL) {
        e = user_load(rq, order->tenant, link->user_id, USER_REGISTRATIONS, &ret->user);
    }
    if (e != ERR_OK) {
        return e;
    }
    e = ret->user ? follow_link(rq, order, link, ret->user) : make_link(rq, order, ret);
    if (e != ERR_OK || ret->verdict != FEDERATE_IN) {
        return e;
    }
    return ensure_registration(rq, order, ret->user);
}

enum err
federate_let_in(struct rq *rq, const struct federate_order *order, struct uuid user_id,
    struct federate_result *ret)
{
    enum err e;

    *ret = (struct federate_result){.verdict = FEDERATE_IN};
    e = user_load(rq, order->tenant, user_id, USER_REGISTRATIONS, &ret->user);
    if (e == ERR_OK && ret->user == NULL) {
        ret->verdict = FEDERATE_UNLINKED;
        return ERR_OK;
    }
    return e ? e : ensure_registration(rq, order, ret->user);
}
