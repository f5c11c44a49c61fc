/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in through the API: what every such request says (type BaseLoginRequest), and how every way in ends,
 * whatever the proof was. */
#pragma once
#include "flow/api/api_info.h"

struct application;
struct rq;
struct tenant;
struct user;

struct api_device { /* type DeviceInfo */
    str description, last_address, name, type;
    int64_t last_instant;
};
struct api_metadata { /* type MetaData */
    struct api_device device;
    str data;
    struct field_texts scopes, resources;
};
extern const struct field_table api_metadata_table, api_login_table, api_login_ping_table;

struct api_login_base { /* type BaseLoginRequest: comes first in the struct of a request */
    struct uuid application_id;
    bool is_new_device, no_jwt;
    int64_t bot_score; /* no effect: a sign-in's risk is not measured */
    str address, event_info;
    struct api_metadata meta;
};
/* The rows of it for a request's table. */
/* clang-format off */
#define API_LOGIN_AT(member) FIELD_AT(struct api_login_base, member)
#define API_LOGIN_BASE_FIELDS \
    {.name = "applicationId",     .kind = FIELD_UUID,   .offset = API_LOGIN_AT(application_id)}, \
    {.name = "botDetectionScore", .kind = FIELD_DECIMAL, .offset = API_LOGIN_AT(bot_score), .max = 100000}, \
    {.name = "eventInfo",         .kind = FIELD_JSON,   .offset = API_LOGIN_AT(event_info), .max = 8192}, \
    {.name = "ipAddress",         .kind = FIELD_TEXT,   .offset = API_LOGIN_AT(address), .min = 2, .max = 45, .rule = api_info_check_address}, \
    {.name = "metaData",          .kind = FIELD_OBJECT, .offset = API_LOGIN_AT(meta), .more.table = &api_metadata_table}, \
    {.name = "newDevice",         .kind = FIELD_BOOL,   .offset = API_LOGIN_AT(is_new_device)}, \
    {.name = "noJWT",             .kind = FIELD_BOOL,   .offset = API_LOGIN_AT(no_jwt)}
/* clang-format on */

struct api_entry { /* somebody whose proof was right, on the way in */
    const struct tenant *tenant;
    const struct application *application; /* NULL: none was named */
    struct user *user;                     /* with registrations */
    const char *authentication;            /* FusionAuth's claim: "PASSWORD", "PASSWORDLESS" ... */
    str password; /* the one that was right: hashed anew where its hash is stale; empty: another proof */
    bool is_by_phone;    /* they named themselves by their telephone number */
    str trust;           /* twoFactorTrustId */
    str state;           /* JSON, given back with the answer; empty: none */
    bool has_no_refresh; /* this proof gives no refresh token */
    const struct api_login_base *base;
    bool
        is_proven_twice; /* a second factor was proven, or is another's to ask for (an identity provider) */
    str trust_token, given_trust; /* trustToken and twoFactorTrustId of the answer; empty: none */
};
/* The end of every way in: what may still stand between (423, 410, 203), the login record, tokens and
 * their cookies, 200 or 202 with the user. One copy of these rules. */
MUST_USE enum err api_login_finish(struct rq *rq, const struct api_entry *entry);
/* The status that says why this account gets in nowhere now; 0: nothing stands between. */
int api_login_barrier(const struct rq *rq, const struct user *user);
