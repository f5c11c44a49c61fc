/* SPDX-License-Identifier: Apache-2.0 */
/* One-time tickets: what somebody may do once, for a while, because of a text that was sent to them. A ticket has
 *   a text  that finds it: id + 256 random bits, or what the tenant's generator says (a device's user code); and, or,
 *   a code  of few digits or letters, judged against a ticket that was found by its text or by its user, with a
 *           bounded number of wrong guesses.
 * Of both only keyed or strong digests are stored. One statement's WHERE decides who uses a ticket. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/tenant/tenant.h"

struct json;
struct rq;

/* clang-format off */
enum ticket_kind {                  /* stored: never renumbered */
    TICKET_NONE                = 0,
    TICKET_CHANGE_PASSWORD     = 1,
    TICKET_SETUP_PASSWORD      = 2,
    TICKET_VERIFY_EMAIL        = 3,
    TICKET_VERIFY_REGISTRATION = 4,
    TICKET_VERIFY_IDENTITY     = 5,
    TICKET_PASSWORDLESS        = 6,
    TICKET_TWO_FACTOR_LOGIN    = 7, /* twoFactorId */
    TICKET_TWO_FACTOR_SEND     = 8, /* a code to enable or disable a method, found by its user */
    TICKET_TWO_FACTOR_TRUST    = 9, /* twoFactorTrustId: looked at, not used */
    TICKET_WEBAUTHN_REGISTER   = 10,
    TICKET_WEBAUTHN_LOGIN      = 11,
    TICKET_PENDING_LINK        = 12,
    TICKET_DEVICE_CODE         = 13,
    TICKET_DEVICE_USER_CODE    = 14,
    TICKET_FAMILY_REQUEST      = 15,
    TICKET_TRUST               = 16, /* trustToken: proof of a fresh login or of a second factor */
    TICKET_ONE_TIME_PASSWORD   = 17, /* for the Login API, after a changed password */
    TICKET_SAML_REQUEST        = 18, /* the id of an authentication request, which the response names */
    TICKET_CONNECTION_TEST     = 19, /* what testing an identity provider found: looked at, not used */
    TICKET_HYPR                = 20, /* what HYPR was asked about a person */
    TICKET_AHEAD_EMAIL         = 21, /* an address, a number that is nobody's yet */
    TICKET_AHEAD_PHONE         = 22,
    TICKET_NEWS                = 23, /* opens nothing: counts what somebody was told of */
    TICKET_SAML_SEEN           = 24, /* opens nothing: an assertion came before */
};
enum { TICKET_LONG_TEXT = 64 };     /* characters of a text that tells its tenant: id + 256 random bits */
enum { TICKET_ATTEMPTS = 5 };       /* wrong codes, where the order says nothing else */
/* clang-format on */

struct ticket_order { /* what ticket_make is asked for */
    enum ticket_kind kind;
    struct uuid user_id, application_id; /* each may be nil */
    struct uuid given_id; /* nil: a new one; of two who give the same at once, one comes again */
    int64_t ttl_s, max_attempts; /* max_attempts 0: TICKET_ATTEMPTS */
    str detail; /* a JSON object, or empty; sealed under the user's key, or the tenant's without one */
    /* How the text looks; NULL and what is not below 32 random bytes: id + 256 random bits. */
    const struct secure_generator *text;
    const struct secure_generator *code; /* NULL: no code */
    str given_text, given_code;          /* in place of what is drawn; see ticket_text_ok */
    bool has_no_text;                    /* found by its user (and kind) alone; then with a code */
    bool is_only; /* it ends what the user had of this kind (and application) */
};
struct ticket_made {
    struct uuid id;
    int64_t expires_at;
    str text, code; /* shown once; empty where there is none */
};

struct ticket {
    struct uuid id, tenant_id, user_id, application_id;
    enum ticket_kind kind;
    int64_t insert_instant, expires_at, attempts, max_attempts;
    const struct json *detail; /* an object, or NULL */
    bool has_code;
    /* private */
    int64_t step;
    bytes code;
};

/* Declares a new ticket and gives its texts. ERR_NOT_FOUND for a user who was erased. A text that is somebody's
 * already (short ones may be) runs the handler again; a given one is ERR_CONFLICT. */
MUST_USE enum err ticket_make(struct rq *rq, const struct tenant *tenant,
    const struct ticket_order *order, struct ticket_made *ret);

/* A text for given_code, to be kept in the detail too, or sent later. */
str ticket_draw(struct rq *rq, const struct secure_generator *generator);
/* A text that looks like those of tickets made by this generator and finds none: for who must not learn that there is none. */
str ticket_draw_sham(struct rq *rq, const struct secure_generator *generator);
/* Whether a text of the caller's can find a ticket: something is left of it, and not more than ours have. */
bool ticket_text_ok(str text);

/* Look without using. *ret NULL when unknown, used, expired, of another kind, of somebody erased, or when its wrong
 * codes are used up: nobody is told which. */
MUST_USE enum err ticket_find(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    str text, struct ticket **ret);
/* The newest of a user. */
MUST_USE enum err ticket_find_of_user(struct rq *rq, const struct tenant *tenant,
    enum ticket_kind kind, struct uuid user_id, struct ticket **ret);
/* The one of that id, whose text was proven before (a sealed page, a signed state). */
MUST_USE enum err ticket_find_by_id(struct rq *rq, const struct tenant *tenant,
    enum ticket_kind kind, struct uuid id, struct ticket **ret);
/* How many of a user's that are still open were made since then. */
MUST_USE enum err ticket_count_since(struct rq *rq, const struct tenant *tenant,
    enum ticket_kind kind, struct uuid user_id, int64_t since_ms, int64_t *ret);
/* Ids of the tenants that may have the ticket of a text, where a caller names no tenant; none for a short text. */
MUST_USE enum err ticket_tenants(
    struct rq *rq, str text, size_t max, struct uuid **ret, size_t *ret_count);

/* Whether this is the ticket's code: letters of either case, spaces and hyphens ignored, in constant time. When it is
 * not: declare ticket_fail and answer the refusal with rq->keeps_writes set. */
MUST_USE bool ticket_code_is(const struct ticket *ticket, const struct tenant *tenant, str code);
/* The same in one: true when the ticket asks for no code, or it is this one; else the wrong guess is declared, to be
 * committed with the refusal. */
MUST_USE bool ticket_accepts(
    struct rq *rq, const struct tenant *tenant, const struct ticket *ticket, str code);
/* Declares one wrong guess more. */
void ticket_fail(struct rq *rq, const struct ticket *ticket);
/* Declares its use, which ends it: of two that race, or when a wrong guess or a change came between, the handler runs
 * again (ERR_AGAIN) and looks anew. */
void ticket_use(struct rq *rq, const struct ticket *ticket);
/* Declares another detail and, unless code is NULL, a new code in place of the old one. Wrong guesses stay counted. A lost
 * race runs the handler again. */
MUST_USE enum err ticket_change(struct rq *rq, const struct tenant *tenant,
    const struct ticket *ticket, str detail, const struct secure_generator *code, str *ret_code);

/* Declare the end of a user's tickets of a kind, of all rows of a user, of a tenant; of at most max that are over, and
 * how many. */
void ticket_forget_user_kind(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, enum ticket_kind kind);
void ticket_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
MUST_USE enum err ticket_sweep(struct rq *rq, size_t max, size_t *ret_count);
