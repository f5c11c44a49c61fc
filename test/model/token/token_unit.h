/* SPDX-License-Identifier: Apache-2.0 */
/* Grants for the tests of model/token. */
#pragma once
#include "../fixture.h"
#include "model/token/token.h"

static inline struct jwt_config
unit_config(int64_t grace_s)
{
    return (struct jwt_config){.refresh_usage = REFRESH_ONE_TIME,
        .refresh_expiration = REFRESH_FIXED,
        .refresh_ttl_min = 1000,
        .one_time = {grace_s},
        .sliding = {5000}};
}

static inline struct token
unit_grant(struct fixture *fx, struct uuid user_id, str *ret_text)
{
    struct rq *rq = fixture_rq(fx);
    struct token token = {.user_id = user_id,
        .application_id = fixture_id(fx),
        .session_id = fixture_id(fx),
        .scope = S("openid offline_access"),
        .nonce = S("n"),
        .authentication_type = S("PASSWORD"),
        .device_name = S("phone"),
        .device_type = S("MOBILE"),
        .address = S("192.0.2.1")};

    REQUIRE(token_create(rq, fx->tenant, &token, ret_text != NULL, ret_text) == ERR_OK);
    if (ret_text != NULL) {
        *ret_text = str_dup(fx->arena, *ret_text);
    }
    fixture_finish(rq);
    return token;
}

static inline enum token_verdict
unit_judge(struct fixture *fx, const struct jwt_config *config, str text)
{
    struct rq *rq = fixture_rq(fx);
    enum token_verdict verdict;
    struct token *token;

    REQUIRE(token_find_refresh(rq, fx->tenant, config, text, &verdict, &token) == ERR_OK);
    EXPECT((token == NULL) == (verdict == TOKEN_UNKNOWN));
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    return verdict;
}

/* One try of the refresh endpoint. *ret_text on the given arena, untouched unless ERR_OK. */
static inline enum err
unit_refresh_once(struct fixture *fx, const struct jwt_config *config, str text,
    struct arena *arena, str *ret_text)
{
    struct rq *rq = fixture_rq(fx);
    enum token_verdict verdict;
    struct token *token;
    str next = NO_STR;
    enum err e = token_find_refresh(rq, fx->tenant, config, text, &verdict, &token);

    if (e == ERR_OK && verdict != TOKEN_GOOD && verdict != TOKEN_GRACE) {
        e = ERR_INVALID_GRANT;
    }
    e = e != ERR_OK ? e : token_rotate(rq, fx->tenant, config, token, text, &next);
    e = e != ERR_OK ? e : fixture_commit(rq);
    if (e == ERR_OK) {
        *ret_text = str_dup(arena, next);
    }
    fixture_done(rq);
    return e;
}

static inline str
unit_refresh(struct fixture *fx, const struct jwt_config *config, str text)
{
    str next = NO_STR;

    REQUIRE(unit_refresh_once(fx, config, text, fx->arena, &next) == ERR_OK);
    return next;
}
