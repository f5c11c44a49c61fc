/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/user: people by id, or by what finds them. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"
#include "flow/api/api_user.h"

static str
identity_of(const struct user *user, str type)
{
    if (str_eq(type, S("email"))) {
        return user->email;
    }
    if (str_eq(type, S("username"))) {
        return user_unique_username(user);
    }
    return str_eq(type, S("phoneNumber")) ? user->phone_number : NO_STR;
}

bool
api_user_has(struct rq *rq, const struct user *user, str login_id, const struct field_texts *types)
{
    str normal = identity_normal(rq->arena, login_id);

    for (size_t i = 0; i < types->count; i++) {
        str own = identity_normal(rq->arena, identity_of(user, types->items[i]));
        if (normal.n && str_eq(own, normal)) {
            return true;
        }
    }
    return false;
}

/* Is it looked for as a number before it is looked for as a username? */
static bool
is_phone_first(const struct field_texts *types, bool *ret_is_phone)
{
    *ret_is_phone = false;
    for (size_t i = 0; i < types->count; i++) {
        if (str_eq(types->items[i], S("phoneNumber"))) {
            *ret_is_phone = true;
            return true;
        }
        if (str_eq(types->items[i], S("username"))) {
            break;
        }
    }
    for (size_t i = 0; i < types->count; i++) {
        *ret_is_phone = *ret_is_phone || str_eq(types->items[i], S("phoneNumber"));
    }
    return false;
}

enum err
api_user_phone(
    struct rq *rq, const struct tenant *tenant, const struct field_texts *types, str *login_id)
{
    str phone = identity_phone(rq->arena, *login_id);
    struct user *named = NULL;
    bool is_phone, is_first = is_phone_first(types, &is_phone);
    enum err e = ERR_OK;

    if (!is_phone || phone.n == 0) {
        return ERR_OK;
    }
    if (!is_first) {
        e = user_find(rq, tenant, *login_id, USER_PLAIN, &named);
    }
    if (e == ERR_OK && named == NULL) {
        *login_id = phone;
    }
    return e;
}

static enum err
answer_user(struct rq *rq, const struct user *user)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("user"));
    user_write_retrieved(user, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

static enum err
find_by(struct rq *rq, str login_id, const struct field_texts *types)
{
    struct user *user;
    enum err e = api_tenant(rq);

    e = e ? e : api_user_phone(rq, rq->tenant, types, &login_id);
    e = e ? e : user_find(rq, rq->tenant, login_id, USER_REGISTRATIONS, &user);
    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL || !api_user_has(rq, user, login_id, types)) {
        return api_not_found(rq);
    }
    return answer_user(rq, user);
}

enum err
api_user_id_types(struct rq *rq, struct field_texts *ret)
{
    static str usual[] = {S_INIT("email"), S_INIT("username")};
    enum err e = api_query_all(rq, "loginIdTypes", ret);

    for (size_t i = 0; e == ERR_OK && i < ret->count; i++) {
        size_t known = 0;
        while (api_proof_id_types[known] != NULL
               && !str_eq(ret->items[i], str_from(api_proof_id_types[known]))) {
            known++;
        }
        if (api_proof_id_types[known] == NULL) {
            e = api_refuse(rq, "loginIdTypes", "invalid",
                "The types of login ids are email, phoneNumber and username.");
        }
    }
    if (e == ERR_OK && ret->count == 0) {
        *ret = (struct field_texts){usual, COUNT(usual)};
    }
    return e;
}

static enum err
find_by_login_id(struct rq *rq)
{
    struct field_texts login_ids, types;
    enum err e = api_query_all(rq, "loginId", &login_ids);

    e = e ? e : api_user_id_types(rq, &types);
    return e ? e : find_by(rq, login_ids.items[0], &types);
}

enum { MAILED_KINDS = 3 };
static const struct mailed { /* ids that came with a mail stand for a person */
    const char *name;
    enum ticket_kind kinds[MAILED_KINDS];
} mailed[] = {
    {"verificationId", {TICKET_VERIFY_EMAIL, TICKET_VERIFY_IDENTITY, TICKET_VERIFY_REGISTRATION}},
    {"changePasswordId", {TICKET_CHANGE_PASSWORD, TICKET_SETUP_PASSWORD, TICKET_SETUP_PASSWORD}},
};

static enum err
find_by_mail(struct rq *rq, str text, const enum ticket_kind *kinds)
{
    const struct tenant *tenant;
    struct proof *proof;
    enum err e = api_proof_find(rq, text, kinds, MAILED_KINDS, &tenant, &proof);

    return e ? e : answer_user(rq, proof->user);
}

enum err
api_user_retrieve(struct rq *rq)
{
    static str types[] = {S_INIT("email"), S_INIT("username")};
    struct field_texts given;
    enum err e = ERR_OK;

    if (rq->segments[0].n) {
        return api_user_retrieve_one(rq);
    }
    for (size_t i = 0; e == ERR_OK && i < COUNT(types); i++) {
        e = api_query_all(rq, str_z(rq->arena, types[i]), &given);
        if (e == ERR_OK && given.count) {
            return find_by(rq, given.items[0], &(struct field_texts){&types[i], 1});
        }
    }
    e = e ? e : api_query_all(rq, "loginId", &given);
    if (e == ERR_OK && given.count) {
        return find_by_login_id(rq);
    }
    for (size_t i = 0; e == ERR_OK && i < COUNT(mailed); i++) {
        str text = rq_query_get(rq, str_from(mailed[i].name));
        if (text.n) {
            return find_by_mail(rq, text, mailed[i].kinds);
        }
    }
    return e ? e
             : api_refuse(
                 rq, "userId", "missing", "Name the user: by id, email, username or loginId.");
}
