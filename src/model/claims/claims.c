/* SPDX-License-Identifier: Apache-2.0 */
/* Access and id tokens made (RFC 9068 s2, OIDC Core s2). Deviation: the header's typ is at+jwt
 * where FusionAuth writes JWT, so that no token can stand in for another kind (RFC 8725 s3.11). */
#include "model/claims/claims.h"

#include "codec/base64.h"
#include "model/claims/claims_internal.h"
#include "model/key/key.h"
#include "model/token/token.h"
#include "model/user/user.h"

static str
role_at(const struct registration *registration, size_t i)
{
    return registration->group_roles.items[i];
}

static bool
has_text(const struct field_texts *list, size_t count, str wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list->items[i], wanted)) {
            return true;
        }
    }
    return false;
}

static void
put_roles(const struct claims_subject *subject, struct json_out *out)
{
    const struct registration *registration =
        subject->user ? user_registration(subject->user, subject->application->id) : NULL;

    if (registration == NULL) {
        return;
    }
    json_out_name(out, S("roles"));
    json_out_array(out);
    for (size_t i = 0; i < registration->roles.count; i++) {
        /* A role the application gave up is no role, whoever still holds its name. */
        if (application_has_role(subject->application, registration->roles.items[i])) {
            json_out_str(out, registration->roles.items[i]);
        }
    }
    for (size_t i = 0; i < registration->group_roles.count; i++) {
        if (!has_text(&registration->roles, registration->roles.count, role_at(registration, i))
            && !has_text(&registration->group_roles, i, role_at(registration, i))) {
            json_out_str(out, role_at(registration, i));
        }
    }
    json_out_array_end(out);
}

static void
put_origin(const struct claims_subject *subject, struct json_out *out)
{
    json_put_id(out, S("tid"), subject->tenant->id);
    json_put_given(out, S("authenticationType"), subject->authentication_type);
}

static void
put_person(const struct claims_subject *subject, struct json_out *out)
{
    const struct user *user = subject->user;

    if (user->email.n) {
        json_put_str(out, S("email"), user->email);
        json_put_bool(out, S("email_verified"), user->verified);
    }
    json_put_given(out, S("preferred_username"), user->username);
}

void
claims_membership(const struct claims_subject *subject, struct json_out *out)
{
    if (subject->application != NULL) {
        json_put_id(out, S("applicationId"), subject->application->id);
        put_roles(subject, out);
    }
    put_origin(subject, out);
}

/* Tokens asked for through the API carry no scope; FusionAuth's clients expect the person's
 * names there. */
static bool
shows_person(const struct claims_subject *subject, str scope_word)
{
    return subject->user != NULL
           && (subject->by_api || str_has_word(subject->scope, scope_word)
               || (subject->application != NULL
                   && subject->application->oauth.scope_handling == SCOPE_COMPATIBILITY));
}

static void
put_subject(const struct claims_subject *subject, struct json_out *out)
{
    json_put_id(out, S("sub"), subject->user ? subject->user->id : subject->application->id);
}

static void
put_audience(const struct claims_subject *subject, struct json_out *out)
{
    if (subject->application != NULL) {
        json_put_id(out, S("aud"), subject->application->id);
    }
}

/* RFC 8707 s2: the application and what the token is for; what the application does not list any more is left out. */
static void
put_audiences(const struct claims_subject *subject, struct json_out *out)
{
    const struct field_texts *known =
        subject->application ? &subject->application->oauth.resource_uris : NULL;
    str rest = subject->resource, word;
    char id[UUID_TEXT];

    if (rest.n == 0 && subject->grant != NULL) {
        rest = subject->grant->resource;
    }
    if (rest.n == 0 || known == NULL) {
        put_audience(subject, out);
        return;
    }
    uuid_write(subject->application->id, id);
    json_out_name(out, S("aud"));
    json_out_array(out);
    json_out_str(out, (str){id, sizeof id});
    while (str_cut(&rest, ' ', &word)) {
        if (has_text(known, known->count, word)) {
            json_out_str(out, word);
        }
    }
    json_out_array_end(out);
}

static void
put_access_claims(
    struct rq *rq, const struct claims_subject *subject, int64_t ttl_s, struct json_out *out)
{
    json_put_str(out, S("iss"), tenant_issuer(subject->tenant));
    put_subject(subject, out);
    put_audiences(subject, out);
    json_put_i64(out, S("exp"), rq->now / SECOND_MS + ttl_s);
    json_put_i64(out, S("iat"), rq->now / SECOND_MS);
    json_put_id(out, S("jti"), rq_new_id(rq));
    if (subject->application != NULL) {
        json_put_id(out, S("client_id"), subject->application->id);
    }
    json_put_given(out, S("scope"), subject->scope);
    if (subject->grant != NULL) {
        json_put_id(out, S("sid"), subject->grant->id);
    }
    if (subject->auth_instant) {
        json_put_i64(out, S("auth_time"), subject->auth_instant / SECOND_MS);
    }
    claims_membership(subject, out);
    if (shows_person(subject, S("email"))) {
        put_person(subject, out);
    }
}

static enum err
load_key(
    struct rq *rq, const struct claims_subject *subject, struct uuid wanted, const struct key **ret)
{
    enum err e = uuid_is_nil(wanted) ? ERR_OK : key_load(rq, wanted, ret);

    if (e == ERR_OK && (uuid_is_nil(wanted) || *ret == NULL)) {
        e = key_of_tenant(rq, subject->tenant, ret);
    }
    if (e == ERR_OK && (*ret == NULL || !(*ret)->has_private)) {
        e = FAIL_SERVER(rq);
    }
    return e;
}

static enum err
sign(struct rq *rq, const struct key *key, str typ, const struct buf *claims, str *ret)
{
    str text;

    if (!buf_done(claims, &text)) {
        return FAIL_SERVER(rq);
    }
    arena_keep_secret(rq->arena);
    *ret = sign_jwt(rq->arena, key->sign, typ, key->kid, text);
    return ret->n ? ERR_OK : FAIL_SERVER(rq);
}

enum err
claims_access_token(
    struct rq *rq, const struct claims_subject *subject, str *ret_token, int64_t *ret_ttl_s)
{
    const struct jwt_config *jwt = application_jwt(subject->application, subject->tenant);
    int64_t ttl_s = subject->ttl_s > 0 ? MIN(subject->ttl_s, jwt->ttl_s) : jwt->ttl_s;
    const struct key *key = NULL;
    struct json_out out;
    struct buf buf;
    enum err e = load_key(rq, subject, jwt->access_token_key_id, &key);

    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    put_access_claims(rq, subject, ttl_s, &out);
    json_out_object_end(&out);
    *ret_ttl_s = ttl_s;
    rq_count(rq, RQ_ACCESS_TOKEN);
    return sign(rq, key, S("at+jwt"), &buf, ret_token);
}

/* The left half of the token's hash (OIDC Core s3.1.3.6); optional in the code flow, so it is
 * left out for keys whose hash is not SHA-256. */
static void
put_at_hash(struct rq *rq, const struct key *key, str access_token, struct json_out *out)
{
    struct digest d;

    if (access_token.n && str_ends(sign_alg_name(sign_key_alg(key->sign)), S("256"))) {
        d = sha256(str_bytes(access_token));
        json_put_str(out, S("at_hash"), base64url_text(rq->arena, (bytes){d.b, sizeof d.b / 2}));
    }
}

struct sign_key *
claims_secret_key(const struct tenant *tenant, const struct application *application)
{
    struct uuid id = application_jwt(application, tenant)->id_token_key_id;
    bool has_secret =
        application != NULL && application->oauth.client_auth != CLIENT_AUTH_NOT_REQUIRED;

    return has_secret ? key_of_client(id, application->oauth.client_secret) : NULL;
}

static enum err
make_id_token(struct rq *rq, const struct claims_subject *subject, str access_token,
    const struct key *key, str *ret_token)
{
    const struct jwt_config *jwt = application_jwt(subject->application, subject->tenant);
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("iss"), tenant_issuer(subject->tenant));
    put_subject(subject, &out);
    put_audience(subject, &out);
    json_put_i64(&out, S("exp"), rq->now / SECOND_MS + jwt->ttl_s);
    json_put_i64(&out, S("iat"), rq->now / SECOND_MS);
    json_put_id(&out, S("jti"), rq_new_id(rq));
    json_put_i64(&out, S("auth_time"), subject->auth_instant / SECOND_MS);
    json_put_given(&out, S("nonce"), subject->nonce);
    put_at_hash(rq, key, access_token, &out);
    if (subject->grant != NULL) {
        json_put_id(&out, S("sid"), subject->grant->id);
    }
    put_origin(subject, &out); /* roles are for access tokens: an id token permits nothing */
    claims_userinfo(subject->user, subject->application, subject->scope, &out);
    json_out_object_end(&out);
    return sign(rq, key, S("JWT"), &buf, ret_token);
}

/* By the application's secret, where its settings say so; who proves nothing has none that could prove anything. */
enum err
claims_id_token(
    struct rq *rq, const struct claims_subject *subject, str access_token, str *ret_token)
{
    const struct jwt_config *jwt = application_jwt(subject->application, subject->tenant);
    struct sign_key *secret = claims_secret_key(subject->tenant, subject->application);
    struct key by_secret = {.sign = secret};
    const struct key *key = &by_secret;
    enum err e = secret ? ERR_OK : load_key(rq, subject, jwt->id_token_key_id, &key);

    e = e ? e : make_id_token(rq, subject, access_token, key, ret_token);
    rq_count(rq, RQ_ID_TOKEN);
    sign_key_unref(secret);
    return e;
}

static void
put_profile(const struct user *user, struct json_out *out)
{
    json_put_given(out, S("name"), user->full_name);
    json_put_given(out, S("given_name"), user->first_name);
    json_put_given(out, S("middle_name"), user->middle_name);
    json_put_given(out, S("family_name"), user->last_name);
    json_put_given(out, S("preferred_username"), user->username);
    json_put_given(out, S("picture"), user->image_url);
    json_put_given(out, S("birthdate"), user->birth_date);
    json_put_given(out, S("zoneinfo"), user->timezone);
    if (user->languages.count) {
        json_put_str(out, S("locale"), user->languages.items[0]);
    }
    json_put_i64(out, S("updated_at"), user->last_update_instant / SECOND_MS);
}

/* The address an application keeps as data.address, when it is an object (OIDC Core s5.1.1). */
static void
put_address(struct json_out *out, const struct user *user)
{
    AUTO(arena_end) struct arena *arena = user->data.n ? arena_new(KB(512)) : NULL;
    const struct json *data, *address;

    if (arena == NULL || !json_parse(arena, user->data, &data, NULL)) {
        return;
    }
    address = json_get(data, S("address"));
    if (address != NULL && address->type == JSON_OBJECT) {
        json_out_name(out, S("address"));
        json_out_value(out, address);
    }
}

/* OIDC Core s5.4. The address scope gives what the account keeps under data.address, when that
 * is an object. */
void
claims_userinfo(
    const struct user *user, const struct application *application, str scope, struct json_out *out)
{
    bool gives_all = application->oauth.scope_handling == SCOPE_COMPATIBILITY;
    str phone = user->phone_number.n ? user->phone_number : user->mobile_phone;

    if (gives_all || str_has_word(scope, S("profile"))) {
        put_profile(user, out);
    }
    if (user->email.n && (gives_all || str_has_word(scope, S("email")))) {
        json_put_str(out, S("email"), user->email);
        json_put_bool(out, S("email_verified"), user->verified);
    }
    if (phone.n && (gives_all || str_has_word(scope, S("phone")))) {
        json_put_str(out, S("phone_number"), phone);
        json_put_bool(out, S("phone_number_verified"), false);
    }
    if (gives_all || str_has_word(scope, S("address"))) {
        put_address(out, user);
    }
}
