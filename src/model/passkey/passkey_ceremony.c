/* SPDX-License-Identifier: Apache-2.0 */
/* Ceremonies begun and ended (WebAuthn Level 3 s7.1, s7.2, around the judgement of passkey_judge.c).
 *
 * The challenge is the text of a ticket: id and 256 random bits, bound to tenant, person, purpose and application, used
 * once. Invariants: 1 a challenge of a registration is none of a login  2 a passkey is added to the person the challenge
 * was made for, and to nobody else  3 the ticket's end and the passkey's row are one set. */
#include "model/passkey/passkey_ceremony.h"

#include "codec/url.h"
#include "codec/webauthn.h"
#include "model/rq/rq.h"

enum { ORIGINS_MORE = 3 }; /* the house's, the tenant's, the relying party's */

const char *const passkey_workflows[] = {"bootstrap", "general", "reauthentication", NULL};

struct webauthn_workflow
passkey_workflow(const struct tenant *tenant, const struct application *application,
    enum passkey_workflow workflow)
{
    const struct webauthn_config *config = &tenant->webauthn;
    struct webauthn_workflow first = config->bootstrap, second = config->reauthentication;

    if (application != NULL && application->webauthn.enabled) {
        first.enabled = application->webauthn.bootstrap.enabled;
        second.enabled = application->webauthn.reauthentication.enabled;
    }
    first.enabled = first.enabled && config->enabled;
    second.enabled = second.enabled && config->enabled;
    if (workflow == PASSKEY_GENERAL) {
        return (struct webauthn_workflow){
            config->enabled, WEBAUTHN_ANY, MIN(first.verification, second.verification)};
    }
    return workflow == PASSKEY_BOOTSTRAP ? first : second;
}

/* -- start -- */

static enum err
make_challenge(struct rq *rq, const struct passkey_start *start, enum ticket_kind kind,
    int64_t ttl_s, struct passkey_options *options)
{
    struct ticket_order order = {
        .kind = kind,
        .user_id = start->user->id,
        .application_id = start->application ? start->application->id : (struct uuid){{0}},
        .ttl_s = ttl_s,
    };
    struct ticket_made made;
    struct json_out out;
    struct buf buf;
    enum err e;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_bool(&out, S("needsVerification"), options->verification == WEBAUTHN_REQUIRED);
    json_put_str(&out, S("displayName"), start->display_name);
    json_put_str(&out, S("name"), start->name);
    json_put_str(&out, S("userAgent"), start->user_agent);
    json_put_id(&out, S("passkeyId"), start->passkey_id);
    json_put_raw(&out, S("state"), start->state.n ? start->state : S("null"));
    json_out_object_end(&out);
    if (!buf_done(&buf, &order.detail)) {
        return FAIL_SERVER(rq);
    }
    e = ticket_make(rq, start->tenant, &order, &made);
    options->challenge = made.text;
    options->timeout_ms = ttl_s * SECOND_MS;
    return e;
}

/* Those of the person that are of this relying party, and fit the start. */
static enum err
list_passkeys(struct rq *rq, const struct passkey_start *start, bool is_login,
    struct passkey_options *options)
{
    struct passkey *items;
    size_t count;
    enum err e = passkey_list(rq, start->tenant, start->user->id, &items, &count);

    if (e != ERR_OK) {
        return e;
    }
    options->passkeys = ARENA_ARRAY(rq->arena, PASSKEY_MAX, const struct passkey *);
    if (options->passkeys == NULL) {
        return FAIL_SERVER(rq);
    }
    options->is_full = count == PASSKEY_MAX;
    for (size_t i = 0; i < count; i++) {
        bool is_named = uuid_is_nil(start->passkey_id) || uuid_eq(start->passkey_id, items[i].id);
        bool can_verify =
            items[i].supports_verification || options->verification != WEBAUTHN_REQUIRED;

        if (str_eq(items[i].rp_id, options->rp_id) && (!is_login || (is_named && can_verify))) {
            options->passkeys[options->count++] = &items[i];
        }
    }
    return ERR_OK;
}

static struct passkey_options
options_of(struct rq *rq, const struct passkey_start *start)
{
    struct webauthn_workflow workflow =
        passkey_workflow(start->tenant, start->application, start->workflow);

    return (struct passkey_options){
        .rp_id = passkey_rp_id(rq, start->tenant),
        .verification = workflow.verification,
        .attachment = workflow.attachment,
    };
}

enum err
passkey_start_registration(
    struct rq *rq, const struct passkey_start *start, struct passkey_options *ret)
{
    struct passkey_options options = options_of(rq, start);
    enum err e = list_passkeys(rq, start, false, &options);

    e = e ? e
          : make_challenge(rq, start, TICKET_WEBAUTHN_REGISTER,
              start->tenant->ids.webauthn_register_ttl_s, &options);
    *ret = options;
    return e;
}

enum err
passkey_start_login(struct rq *rq, const struct passkey_start *start, struct passkey_options *ret)
{
    struct passkey_options options = options_of(rq, start);
    enum err e = list_passkeys(rq, start, true, &options);

    if (e == ERR_OK && options.count > 0) {
        e = make_challenge(
            rq, start, TICKET_WEBAUTHN_LOGIN, start->tenant->ids.webauthn_login_ttl_s, &options);
    }
    *ret = options;
    return e;
}

/* -- complete -- */

static enum err
find_ticket(
    struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, struct passkey_open *open)
{
    struct uuid *ids;
    size_t count;
    enum err e;

    if (tenant != NULL) {
        open->tenant = tenant;
        return ticket_find(rq, tenant, kind, open->challenge, &open->ticket);
    }
    e = ticket_tenants(rq, open->challenge, 2, &ids, &count);
    for (size_t i = 0; e == ERR_OK && open->ticket == NULL && i < count; i++) {
        e = tenant_load(rq, ids[i], &open->tenant);
        if (e == ERR_OK && open->tenant != NULL) {
            e = ticket_find(rq, open->tenant, kind, open->challenge, &open->ticket);
        }
    }
    return e;
}

enum err
passkey_find_open(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    bytes client_data, struct passkey_open *ret, bool *ret_found)
{
    struct passkey_open open = {.tenant = NULL};
    struct webauthn_client client;
    enum err e;

    *ret_found = false;
    if (!webauthn_read_client(rq->arena, client_data, &client)) {
        return ERR_OK;
    }
    open.challenge = client.challenge;
    open.origin = client.origin;
    e = find_ticket(rq, tenant, kind, &open);
    if (e != ERR_OK || open.ticket == NULL) {
        return e;
    }
    e = user_load(rq, open.tenant, open.ticket->user_id, USER_REGISTRATIONS, &open.user);
    if (e == ERR_OK && !uuid_is_nil(open.ticket->application_id)) {
        e = application_in(rq, open.ticket->application_id, open.tenant->id, &open.application);
    }
    *ret_found = e == ERR_OK && open.user != NULL;
    *ret = open;
    return e;
}

static str
detail_text(const struct passkey_open *open, str name)
{
    str text = NO_STR;

    (void)!json_str(json_get(open->ticket->detail, name), &text);
    return text;
}

str
passkey_state(struct rq *rq, const struct passkey_open *open)
{
    const struct json *state = json_get(open->ticket->detail, S("state"));
    struct json_out out;
    struct buf buf;
    str text;

    if (state == NULL || state->type != JSON_OBJECT) {
        return NO_STR;
    }
    rq_json_out(rq, &buf, &out);
    json_out_value(&out, state);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static str
origin_of(struct rq *rq, str text)
{
    struct url url;

    if (text.n == 0 || !url_parse(text, &url)) {
        return NO_STR;
    }
    return url.has_authority ? url_origin(rq->arena, &url) : text; /* android:apk-key-hash:... */
}

/* Somebody we know may name an origin of the relying party's domain, as long as nobody in between can change what it
 * shows: https, or this machine (WebAuthn s13.4.9). */
static bool
may_be_origin(struct rq *rq, str rp_id, str origin)
{
    struct url url;
    str dot_id = str_fmt(rq->arena, "." STRF, STRV(rp_id));

    if (!url_parse(origin, &url) || !str_eq(url_origin(rq->arena, &url), origin)) {
        return false;
    }
    return (str_eq(url.host, rp_id) || str_ends(url.host, dot_id))
           && (str_eq(url.scheme, S("https")) || str_eq(url.host, S("localhost"))
               || url_is_loopback(&url));
}

/* Where a browser may have asked the authenticator: on our own pages, on those of the application, on the domain that
 * the tenant was given, and where the caller says. */
static enum err
expect(
    struct rq *rq, const struct passkey_open *open, str caller_origin, struct passkey_ceremony *ret)
{
    const struct field_texts *urls =
        open->application ? &open->application->oauth.origin_urls : NULL;
    size_t more = urls ? urls->count : 0, count = 0;
    str *origins = ARENA_ARRAY(rq->arena, ORIGINS_MORE + 1 + more, str);

    if (origins == NULL) {
        return FAIL_SERVER(rq);
    }
    ret->rp_id = passkey_rp_id(rq, open->tenant);
    ret->challenge = open->challenge;
    (void)!json_bool(
        json_get(open->ticket->detail, S("needsVerification")), &ret->needs_verification);
    origins[count++] = origin_of(rq, rq->house->base_url);
    origins[count++] = origin_of(rq, open->tenant->base_url);
    if (open->tenant->webauthn.rp_id.n) {
        origins[count++] = str_fmt(rq->arena, "https://" STRF, STRV(ret->rp_id));
    }
    if (may_be_origin(rq, ret->rp_id, caller_origin)) {
        origins[count++] = caller_origin;
    }
    for (size_t i = 0; i < more; i++) {
        origins[count++] = origin_of(rq, urls->items[i]);
    }
    ret->origins = origins;
    ret->origin_count = count;
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
passkey_complete_registration(struct rq *rq, const struct passkey_open *open,
    const struct passkey_registration *response, str caller_origin, struct passkey *passkey,
    const struct passkey_refusal **ret_refusal)
{
    static const struct passkey_refusal taken = {
        "s7.1 step 26", "credential.id", "The credential is registered already."};
    struct passkey_ceremony ceremony = {.needs_verification = true};
    struct passkey *other = NULL;
    enum err e = expect(rq, open, caller_origin, &ceremony);

    if (e != ERR_OK) {
        return e;
    }
    *ret_refusal = passkey_judge_registration(rq->arena, &ceremony, response, passkey);
    if (*ret_refusal != NULL) {
        return ERR_OK;
    }
    e = passkey_find(rq, open->tenant, passkey->credential_id, &other);
    if (e != ERR_OK || other != NULL) {
        *ret_refusal = &taken;
        return e;
    }
    passkey->user_id = open->user->id;
    passkey->display_name = detail_text(open, S("displayName"));
    passkey->name = detail_text(open, S("name"));
    passkey->user_agent = detail_text(open, S("userAgent"));
    ticket_use(rq, open->ticket);
    return passkey_add(rq, open->tenant, passkey);
}

/* WebAuthn s7.2 steps 5 and 6: one of those that were asked for, and the person's own. */
static bool
may_answer(const struct passkey_open *open, const struct passkey *passkey)
{
    struct uuid wanted;

    if (passkey == NULL || !uuid_eq(passkey->user_id, open->user->id)) {
        return false;
    }
    return uuid_parse(detail_text(open, S("passkeyId")), &wanted)
           && (uuid_is_nil(wanted) || uuid_eq(wanted, passkey->id));
}

enum err
passkey_complete_login(struct rq *rq, const struct passkey_open *open,
    const struct passkey_assertion *response, str caller_origin, struct passkey **ret,
    const struct passkey_refusal **ret_refusal)
{
    static const struct passkey_refusal unknown = {
        "s7.2 step 5", "credential.id", "The passkey is not one that was asked for."};
    struct passkey_ceremony ceremony = {.needs_verification = true};
    struct passkey *before, *after = ARENA_NEW(rq->arena, struct passkey);
    enum err e = passkey_find(rq, open->tenant, response->id, &before);

    e = e ? e : expect(rq, open, caller_origin, &ceremony);
    if (e == ERR_OK && after == NULL) {
        e = FAIL_SERVER(rq);
    }
    if (e != ERR_OK || !may_answer(open, before)) {
        *ret_refusal = &unknown;
        return e;
    }
    *after = *before;
    *ret_refusal = passkey_judge_assertion(rq->arena, &ceremony, response, after);
    if (*ret_refusal != NULL) {
        return ERR_OK;
    }
    ticket_use(rq, open->ticket);
    *ret = after;
    return passkey_use(rq, open->tenant, before, after);
}
