/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges of a second factor. Invariants: 1 one challenge lets in once: its ticket's use decides  2 a code of an
 * authenticator lets in once, whatever challenge it answers: the account's version decides  3 wrong answers are
 * bounded for a challenge (in the row) and for a person (in memory), wherever they come from  4 a password changed
 * in between voids the challenge. */
#include "model/factor/factor_challenge.h"

#include "model/application/application.h"
#include "model/event/event.h"
#include "model/factor/factor_internal.h"
#include "model/lockout/lockout.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum { MAX_SENT = 5 };

/* clang-format off */
#define D(member) FIELD_AT(struct challenge_detail, member)
static const struct field detail_fields[] = {
    {.name = "authentication",  .kind = FIELD_TEXT, .offset = D(authentication)},
    {.name = "state",           .kind = FIELD_JSON, .offset = D(state), .max = FACTOR_STATE_MAX},
    {.name = "trustChallenge",  .kind = FIELD_TEXT, .offset = D(trust_challenge)},
    {.name = "codeDigest",      .kind = FIELD_TEXT, .offset = D(code_digest)},
    {.name = "methodId",        .kind = FIELD_TEXT, .offset = D(method_id)},
    {.name = "codeExpiresAt",   .kind = FIELD_INT,  .offset = D(code_expires_at), .max = INT64_MAX},
    {.name = "sent",            .kind = FIELD_INT,  .offset = D(sent), .max = INT64_MAX},
    {.name = "isByPhone",       .kind = FIELD_BOOL, .offset = D(is_by_phone)},
    {.name = "passwordInstant", .kind = FIELD_INT,  .offset = D(password_instant), .max = INT64_MAX},
};
static const struct field_table detail_table = FIELD_TABLE("ChallengeDetail", detail_fields, struct challenge_detail, NULL);

#define P(member) FIELD_AT(struct factor_purpose, member)
static const struct field purpose_fields[] = {
    {.name = "kind",  .kind = FIELD_TEXT, .offset = P(kind)},
    {.name = "value", .kind = FIELD_TEXT, .offset = P(value)},
};
static const struct field_table purpose_table = FIELD_TABLE("CodePurpose", purpose_fields, struct factor_purpose, NULL);
/* clang-format on */

static str
write_detail(struct rq *rq, const struct field_table *table, const void *object)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    field_write(table, FIELD_FOR_STORE, object, &out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static enum err
read_detail(
    struct rq *rq, const struct ticket *ticket, const struct field_table *table, void *object)
{
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};

    return field_read(&reader, table, FIELD_STORED, ticket->detail, NO_STR, object)
               ? ERR_OK
               : FAIL_SERVER(rq);
}

static enum err
note(struct rq *rq, const struct tenant *tenant, const struct user *user, const char *kind,
    str method)
{
    struct event event = {.kind = kind, .user_id = user->id};

    if (method.n) {
        event.detail = str_fmt(rq->arena, "{\"method\":\"" STRF "\"}", STRV(method));
    }
    return event_add(rq, tenant, &event);
}

enum err
factor_challenge_start(struct rq *rq, const struct tenant *tenant,
    const struct challenge_order *order, struct ticket_made *ret)
{
    struct challenge_detail detail = order->detail;
    struct ticket_order ticket = {
        .kind = TICKET_TWO_FACTOR_LOGIN,
        .user_id = order->user->id,
        .application_id = order->application ? order->application->id : (struct uuid){{0}},
        .ttl_s = tenant->ids.two_factor_ttl_s,
        .code = order->wants_code ? &tenant->ids.two_factor_code : NULL,
    };
    enum err e;

    detail.password_instant = order->user->password_instant;
    detail.code_digest = order->code.n ? factor_digest(rq, tenant, order->code) : NO_STR;
    ticket.detail = write_detail(rq, &detail_table, &detail);
    if (ticket.detail.n == 0) {
        return FAIL_SERVER(rq);
    }
    e = ticket_make(rq, tenant, &ticket, ret);
    return e ? e : note(rq, tenant, order->user, "user.two-factor.challenge", NO_STR);
}

enum err
factor_challenge_find(struct rq *rq, const struct tenant *tenant, str id, struct challenge **ret)
{
    struct challenge *challenge = ARENA_NEW(rq->arena, struct challenge);
    struct ticket *ticket;
    enum err e = ticket_find(rq, tenant, TICKET_TWO_FACTOR_LOGIN, id, &ticket);

    *ret = NULL;
    if (e != ERR_OK || ticket == NULL) {
        return e;
    }
    if (challenge == NULL) {
        return FAIL_SERVER(rq);
    }
    challenge->ticket = ticket;
    e = read_detail(rq, ticket, &detail_table, &challenge->detail);
    e = e ? e : user_load(rq, tenant, ticket->user_id, USER_REGISTRATIONS, &challenge->user);
    if (e == ERR_OK && challenge->user != NULL
        && challenge->user->password_instant == challenge->detail.password_instant) {
        *ret = challenge;
    }
    return e;
}

/* ---- codes that are sent ---- */

/* What is counted of a person: guesses, and codes that somebody without a key had sent. */
#define GUESSES "second factor of"
#define CODES "codes sent to"

static str
count_name(struct rq *rq, const char *what, const struct user *user)
{
    return str_fmt(rq->arena, "%s " STRF, what, STRV(uuid_text(rq->arena, user->id)));
}

static bool
is_locked(struct rq *rq, const struct tenant *tenant, const char *what, const struct user *user)
{
    int64_t wait_s;

    return lockout_holds(rq, tenant, count_name(rq, what, user), &wait_s);
}

static enum err
refuse_method(struct rq *rq, const char *code, const char *message)
{
    struct field_reader reader = {rq->arena, &rq->faults};

    field_fault(&reader, "methodId", code, message);
    return FAIL(rq, ERR_FIELDS, "methodId", "cannot be sent to");
}

/* Who has a password or a token of somebody must not fill their mailbox with it. */
static enum err
may_send(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    if (rq->api_key != NULL) {
        return ERR_OK;
    }
    if (is_locked(rq, tenant, CODES, user)) {
        return refuse_method(rq, "tooMany", "Enough codes were sent: wait some minutes.");
    }
    lockout_note_guess(rq, tenant, count_name(rq, CODES, user));
    return ERR_OK;
}

enum err
factor_challenge_send(struct rq *rq, const struct tenant *tenant, const struct challenge *challenge,
    const struct factor *factor, bool is_voice)
{
    struct challenge_detail detail = challenge->detail;
    struct uuid app_id = challenge->ticket->application_id;
    struct factor_letter letter = {.user = challenge->user, .to = factor, .is_voice = is_voice};
    enum err e;

    if (factor->method == FACTOR_AUTHENTICATOR) {
        return refuse_method(rq, "invalid", "The app makes its codes itself: name another method.");
    }
    if (detail.sent >= MAX_SENT) {
        return refuse_method(rq, "tooMany", "Enough codes were sent: sign in anew.");
    }
    e = may_send(rq, tenant, challenge->user);
    if (e != ERR_OK) {
        return e;
    }
    detail.sent++;
    detail.method_id = factor->id;
    detail.code_digest = NO_STR;
    detail.code_expires_at = rq->now + tenant->ids.two_factor_code_ttl_s * SECOND_MS;
    e = uuid_is_nil(app_id) ? ERR_OK : application_in(rq, app_id, tenant->id, &letter.application);
    e = e ? e
          : ticket_change(rq, tenant, challenge->ticket, write_detail(rq, &detail_table, &detail),
              &tenant->ids.two_factor_code, &letter.code);
    return e ? e : factor_letter_send(rq, tenant, &letter);
}

enum err
factor_challenge_pass(
    struct rq *rq, const struct tenant *tenant, const struct challenge *challenge, str *ret_code)
{
    struct challenge_detail detail = challenge->detail;

    detail.method_id = detail.code_digest = NO_STR;
    detail.code_expires_at = 0;
    return ticket_change(rq, tenant, challenge->ticket, write_detail(rq, &detail_table, &detail),
        &tenant->ids.two_factor_code, ret_code);
}

enum err
factor_code_send(struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter,
    const struct factor_purpose *purpose)
{
    struct ticket_order order = {
        .kind = TICKET_TWO_FACTOR_SEND,
        .user_id = letter->user->id,
        .ttl_s = tenant->ids.two_factor_code_ttl_s,
        .detail = write_detail(rq, &purpose_table, purpose),
        .code = &tenant->ids.two_factor_code,
        .has_no_text = true,
        .is_only = true,
    };
    struct factor_letter sent = *letter;
    struct ticket_made made;
    enum err e = may_send(rq, tenant, letter->user);

    e = e ? e : ticket_make(rq, tenant, &order, &made);
    if (e != ERR_OK) {
        return e;
    }
    sent.code = made.code;
    return factor_letter_send(rq, tenant, &sent);
}

/* ---- answers ---- */

static enum err
refuse(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct ticket *ticket, enum challenge_verdict *ret)
{
    if (ticket != NULL) {
        ticket_fail(rq, ticket);
    }
    lockout_note_guess(rq, tenant, count_name(rq, GUESSES, user));
    rq->keeps_writes = true;
    *ret = CHALLENGE_WRONG;
    return note(rq, tenant, user, "user.two-factor.failed-attempt", NO_STR);
}

/* A code that was sent or given out for this challenge. */
static bool
is_of_challenge(struct rq *rq, const struct tenant *tenant, const struct challenge *c, str code)
{
    str digest = factor_digest(rq, tenant, code);

    if (c->detail.code_digest.n && ct_eq(str_bytes(c->detail.code_digest), str_bytes(digest))) {
        return true;
    }
    return (c->detail.code_expires_at == 0 || c->detail.code_expires_at > rq->now)
           && ticket_code_is(c->ticket, tenant, code);
}

/* *ret_factor: what was used, where it is known. */
static enum err
try_factors(struct rq *rq, const struct tenant *tenant, struct user *user, str code,
    enum challenge_verdict *ret, const struct factor **ret_factor)
{
    enum factor_proof proof;
    enum err e = factor_try(rq, tenant, user, code, &proof, ret_factor);

    *ret = proof == FACTOR_RIGHT      ? CHALLENGE_RIGHT
           : proof == FACTOR_RECOVERY ? CHALLENGE_RECOVERED
                                      : CHALLENGE_WRONG;
    return e;
}

static enum err
accept(struct rq *rq, const struct tenant *tenant, struct user *user, const struct factor *factor,
    enum challenge_verdict verdict)
{
    str method = factor                           ? str_from(factor_methods[factor->method])
                 : verdict == CHALLENGE_RECOVERED ? S("recoveryCode")
                                                  : NO_STR;
    enum err e = factor ? factor_note_use(rq, user, factor) : ERR_OK;

    return e ? e : note(rq, tenant, user, "user.two-factor.success", method);
}

enum err
factor_challenge_answer(struct rq *rq, const struct tenant *tenant, struct challenge *challenge,
    str code, enum challenge_verdict *ret)
{
    struct user *user = challenge->user;
    const struct factor *factor = factor_by_id(user, challenge->detail.method_id);
    enum err e = ERR_OK;

    *ret = CHALLENGE_LOCKED;
    if (is_locked(rq, tenant, GUESSES, user)) {
        return ERR_OK;
    }
    *ret = CHALLENGE_RIGHT;
    if (!is_of_challenge(rq, tenant, challenge, code)) {
        e = try_factors(rq, tenant, user, code, ret, &factor);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (*ret == CHALLENGE_WRONG) {
        return refuse(rq, tenant, user, challenge->ticket, ret);
    }
    ticket_use(rq, challenge->ticket);
    return accept(rq, tenant, user, factor, *ret);
}

/* The code that was sent last, if it is for this purpose and not over; *ret NULL else. */
static enum err
find_sent(struct rq *rq, const struct tenant *tenant, const struct user *user,
    const struct factor_purpose *wanted, struct ticket **ret)
{
    struct factor_purpose purpose;
    struct ticket *ticket;
    enum err e = ticket_find_of_user(rq, tenant, TICKET_TWO_FACTOR_SEND, user->id, &ticket);

    *ret = NULL;
    if (e != ERR_OK || ticket == NULL) {
        return e;
    }
    e = read_detail(rq, ticket, &purpose_table, &purpose);
    if (e == ERR_OK && str_eq(purpose.kind, wanted->kind)
        && (wanted->value.n == 0 || str_eq(purpose.value, wanted->value))) {
        *ret = ticket;
    }
    return e;
}

enum err
factor_code_answer(struct rq *rq, const struct tenant *tenant, struct user *user, str code,
    const struct factor_purpose *purpose, enum challenge_verdict *ret)
{
    const struct factor *factor = NULL;
    struct ticket *sent;
    enum err e;

    *ret = CHALLENGE_LOCKED;
    if (is_locked(rq, tenant, GUESSES, user)) {
        return ERR_OK;
    }
    *ret = CHALLENGE_WRONG;
    e = find_sent(rq, tenant, user, purpose, &sent);
    if (e == ERR_OK && sent != NULL && ticket_code_is(sent, tenant, code)) {
        ticket_use(rq, sent);
        *ret = CHALLENGE_RIGHT;
        return ERR_OK;
    }
    if (e == ERR_OK && str_eq(purpose->kind, S("method"))) {
        e = try_factors(rq, tenant, user, code, ret, &factor);
    }
    return e || *ret != CHALLENGE_WRONG ? e : refuse(rq, tenant, user, sent, ret);
}
