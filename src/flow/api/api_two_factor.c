/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/two-factor: methods of people renamed and removed, their recovery codes, and what these calls share with
 * api_two_factor_enable.c, which adds methods. Each call works with an API key for anybody, and with an access token
 * for its own person. Deviation: recovery codes are shown when they are made and never again, as FusionAuth does
 * since 1.68; GET gives an empty list. */
#include "flow/api/api_two_factor.h"

#include "codec/base32.h"
#include "codec/base64.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_refresh.h"
#include "flow/api/api_user.h"
#include "model/claims/claims.h"
#include "model/event/event.h"

/* clang-format off */
struct change { /* types TwoFactorUpdateRequest, TwoFactorDisableRequest */
    struct uuid application_id;
    str code, event_info, method_id, name;
};
#define C(member) FIELD_AT(struct change, member)
static const struct field update_fields[] = {
    {.name = "eventInfo",     .kind = FIELD_JSON, .offset = C(event_info), .max = 8192},
    {.name = "methodId",      .kind = FIELD_TEXT, .offset = C(method_id), .max = 32},
    {.name = "name",          .kind = FIELD_TEXT, .offset = C(name), .flags = FIELD_PERSONAL, .max = 256},
};
const struct field_table api_two_factor_update_table = FIELD_TABLE("TwoFactorUpdateRequest", update_fields, struct change, NULL);
static const struct field disable_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,   .offset = C(application_id)},
    {.name = "code",          .kind = FIELD_SECRET, .offset = C(code), .max = 64},
    {.name = "eventInfo",     .kind = FIELD_JSON,   .offset = C(event_info), .max = 8192},
    {.name = "methodId",      .kind = FIELD_TEXT,   .offset = C(method_id), .max = 32},
};
const struct field_table api_two_factor_disable_table = FIELD_TABLE("TwoFactorDisableRequest", disable_fields, struct change, NULL);
/* clang-format on */

static enum err
refuse_caller(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key or an access token");
}

static enum err
bearer_person(struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret)
{
    struct access *access;
    bool is_trusted = false;
    enum err e = api_refresh_bearer(rq, &access);

    if (e == ERR_OK && access != NULL) {
        e = api_refresh_is_trusted(rq, access, &is_trusted);
    }
    if (e != ERR_OK || !is_trusted || (!uuid_is_nil(id) && !uuid_eq(id, access->user_id))) {
        return e ? e : refuse_caller(rq);
    }
    *ret_tenant = access->tenant;
    e = user_load(rq, access->tenant, access->user_id, USER_REGISTRATIONS, ret);
    return e == ERR_OK && *ret == NULL ? refuse_caller(rq) : e;
}

enum err
api_two_factor_person(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret)
{
    enum err e;

    arena_keep_secret(rq->arena);
    if (rq->api_key == NULL) {
        return bearer_person(rq, id, ret_tenant, ret);
    }
    if (uuid_is_nil(id)) {
        return api_refuse(rq, "userId", "blank", "Say whose second factor it is.");
    }
    e = api_user_find(rq, id, ret_tenant, ret);
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

enum err
api_two_factor_load(struct rq *rq, struct api_two_factor_holder *person)
{
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "userId", &id);

    *person = (struct api_two_factor_holder){.rq = rq};
    e = e ? e : api_two_factor_person(rq, id, &person->tenant, &person->user);
    if (e != ERR_OK) {
        return e;
    }
    CHECK(person->tenant != NULL && person->user != NULL); /* else it was not found */
    person->before = *person->user;
    return ERR_OK;
}

enum err
api_two_factor_store(struct api_two_factor_holder *person)
{
    return user_update(person->rq, person->tenant, &person->before, person->user);
}

enum err
api_two_factor_application(
    struct rq *rq, struct uuid id, const struct tenant *tenant, const struct application **ret)
{
    enum err e = uuid_is_nil(id) ? ERR_OK : application_in(rq, id, tenant->id, ret);

    if (e == ERR_OK && !uuid_is_nil(id) && *ret == NULL) {
        e = api_refuse(rq, "applicationId", "invalid", "Name an application of this tenant.");
    }
    return e;
}

enum err
api_two_factor_tell(struct api_two_factor_holder *person, struct uuid application_id,
    const struct factor *factor, int which)
{
    struct factor_letter letter = {.user = person->user, .to = factor};
    enum err e =
        api_two_factor_application(person->rq, application_id, person->tenant, &letter.application);

    return e ? e : factor_notice(person->rq, person->tenant, &letter, which);
}

enum err
api_two_factor_note(
    struct api_two_factor_holder *person, const char *kind, const struct factor *factor)
{
    struct event event = {.kind = kind, .user_id = person->user->id};

    if (factor != NULL) {
        event.detail = str_fmt(person->rq->arena, "{\"methodId\":\"" STRF "\",\"method\":\"%s\"}",
            STRV(factor->id), factor_methods[factor->method]);
    }
    return event_add(person->rq, person->tenant, &event);
}

enum err
api_two_factor_complain(struct rq *rq, const char *member, bool is_given, const char *message)
{
    return api_refuse(rq, member, is_given ? "invalid" : "blank", message);
}

void
api_two_factor_put_codes(struct json_out *out, const struct field_texts *codes)
{
    json_out_name(out, S("recoveryCodes"));
    json_out_array(out);
    for (size_t i = 0; i < codes->count; i++) {
        json_out_str(out, codes->items[i]);
    }
    json_out_array_end(out);
}

enum err
api_two_factor_refuse(struct rq *rq, enum challenge_verdict verdict)
{
    return rq_answer_empty(rq, verdict == CHALLENGE_LOCKED ? 423 : 421);
}

/* ---- PUT and DELETE ---- */

static enum err
find_method(struct api_two_factor_holder *person, str id, const struct factor **ret)
{
    *ret = factor_by_id(person->user, id);
    if (*ret == NULL) {
        return api_two_factor_complain(
            person->rq, "methodId", id.n > 0, "Name one of the user's methods by its id.");
    }
    return ERR_OK;
}

static enum err
read_change(struct rq *rq, const struct field_table *table, struct change *change)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, table, change, &body);
    str code = rq_query_get(rq, S("code")), method_id = rq_query_get(rq, S("methodId"));

    if (change->code.n == 0) {
        change->code = code;
    }
    if (change->method_id.n == 0) {
        change->method_id = method_id;
    }
    return e ? e : api_faults(rq);
}

enum err
api_two_factor_update(struct rq *rq)
{
    const struct factor *factor = NULL;
    struct api_two_factor_holder person;
    struct change change;
    enum err e = api_two_factor_load(rq, &person);

    e = e ? e : read_change(rq, &api_two_factor_update_table, &change);
    e = e ? e : find_method(&person, change.method_id, &factor);
    e = e ? e : factor_rename(rq, person.user, factor, change.name);
    e = e ? e : api_two_factor_store(&person);
    e = e ? e : api_two_factor_note(&person, "user.two-factor.method.update", factor);
    return e ? e : rq_answer_empty(rq, 200);
}

/* With the last method, and with a recovery code, nothing is left that spares a challenge. */
static enum err
remove_method(struct api_two_factor_holder *person, const struct factor *factor,
    struct uuid application_id, bool is_all)
{
    enum err e = factor_remove(person->rq, person->user, is_all ? NULL : factor);

    e = e ? e : api_two_factor_store(person);
    e = e ? e
          : api_two_factor_note(person, "user.two-factor.method.remove", is_all ? NULL : factor);
    e = e ? e
          : api_two_factor_tell(person, application_id, factor, MAIL_TEMPLATE_TWO_FACTOR_REMOVE);
    if (e == ERR_OK && factor_count(person->user) == 0) {
        factor_trust_forget(person->rq, person->tenant, person->user->id);
    }
    return e;
}

enum err
api_two_factor_disable(struct rq *rq)
{
    const struct factor_purpose purpose = {.kind = S("method")};
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    const struct factor *factor = NULL;
    struct api_two_factor_holder person;
    struct change change;
    enum err e = api_two_factor_load(rq, &person);

    e = e ? e : read_change(rq, &api_two_factor_disable_table, &change);
    e = e ? e : find_method(&person, change.method_id, &factor);
    if (e == ERR_OK && change.code.n == 0) {
        e = api_refuse(rq, "code", "blank", "Send a code of one of the user's methods.");
    }
    e = e ? e : factor_code_answer(rq, person.tenant, person.user, change.code, &purpose, &verdict);
    if (e != ERR_OK) {
        return e;
    }
    if (verdict != CHALLENGE_RIGHT && verdict != CHALLENGE_RECOVERED) {
        return api_two_factor_refuse(rq, verdict);
    }
    e = remove_method(&person, factor, change.application_id, verdict == CHALLENGE_RECOVERED);
    return e ? e : rq_answer_empty(rq, 200);
}

/* ---- recovery codes ---- */

static enum err
answer_codes(struct rq *rq, const struct field_texts *codes)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    api_two_factor_put_codes(&answer.out, codes);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_two_factor_codes(struct rq *rq)
{
    struct api_two_factor_holder person;
    enum err e = api_two_factor_load(rq, &person);

    return e ? e : answer_codes(rq, &(struct field_texts){NULL, 0});
}

enum err
api_two_factor_new_codes(struct rq *rq)
{
    struct field_texts codes;
    struct api_two_factor_holder person;
    enum err e = api_two_factor_load(rq, &person);

    e = e ? e : factor_new_codes(rq, person.tenant, person.user, &codes);
    e = e ? e : api_two_factor_store(&person);
    e = e ? e : api_two_factor_note(&person, "user.two-factor.recovery-codes", NULL);
    return e ? e : answer_codes(rq, &codes);
}

/* GET /api/two-factor/secret: made here, kept nowhere. */
enum err
api_two_factor_secret(struct rq *rq)
{
    struct api_answer answer;
    struct access *access = NULL;
    bytes secret;
    enum err e = rq->api_key != NULL ? ERR_OK : api_refresh_bearer(rq, &access);

    if (e != ERR_OK || (rq->api_key == NULL && access == NULL)) {
        return e ? e : refuse_caller(rq);
    }
    secret = factor_new_secret(rq);
    if (secret.n == 0) {
        return FAIL_SERVER(rq);
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("secret"), base64_text(rq->arena, secret));
    json_put_str(&answer.out, S("secretBase32Encoded"), base32_text(rq->arena, secret));
    return api_answer_send(rq, &answer, 200);
}
