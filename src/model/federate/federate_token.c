/* SPDX-License-Identifier: Apache-2.0 */
/* A token that somebody brings in place of a code. One that a network gave to another client says nothing of who
 * brings it, so each is asked about first: an ID token by its audience (OpenID Connect Core s3.1.3.7), an access token
 * in the network's own way. Xbox has none (Microsoft's tokens for it are opaque, and nobody says whose they are), so
 * its tokens are not taken. */
#include "codec/form.h"
#include "codec/json.h"
#include "io/fetch/fetch.h"
#include "model/federate/federate_internal.h"
#include "model/rq/rq.h"

static const char *const title_whose = "Ask whose token it is";

static bool
is_anothers(struct federate_talk *talk)
{
    return federate_fail(talk, FEDERATE_REFUSED, title_whose, "It was given to another client.");
}

/* Who the userinfo endpoint speaks of is who the token was given for. */
static bool
ask_about(struct federate_talk *talk, str token, str claim, str subject)
{
    talk->access_token = token;
    return federate_ask_userinfo(talk)
           && (str_eq(federate_text(talk->userinfo, claim), subject)
               || federate_fail(
                   talk, FEDERATE_REFUSED, "Ask who it is", "The answer is about somebody else."));
}

static bool
take_id_token(struct federate_talk *talk, str token)
{
    talk->id_token = token;
    return federate_judge(talk)
           && (talk->id_claims != NULL
               || federate_fail(talk, FEDERATE_REFUSED, "Judge the ID token",
                   "The provider publishes no keys to judge it by."));
}

static bool
take_epic(struct federate_talk *talk, str token)
{
    struct fetch_request request = {.method = S("POST"),
        .url = S("https://api.epicgames.dev/epic/oauth/v2/tokenInfo"),
        .content_type = S("application/x-www-form-urlencoded")};
    const struct json *answer;
    bool is_active = false;
    struct buf buf;
    str account;

    buf_init(&buf, talk->rq->arena, KB(32));
    buf_fmt(&buf, "token=");
    form_encode_value(&buf, token);
    if (!buf_done(&buf, &request.body) || !federate_ask(talk, title_whose, &request, &answer)) {
        return false;
    }
    account = federate_text(answer, S("account_id"));
    if (!json_bool(json_get(answer, S("active")), &is_active) || !is_active || account.n == 0
        || !str_eq(federate_text(answer, S("client_id")), talk->client_id)) {
        return is_anothers(talk);
    }
    return ask_about(talk, token, S("sub"), account);
}

static bool
take_facebook(struct federate_talk *talk, str token)
{
    struct fetch_request request = {.method = S("GET")};
    const struct json *answer, *data;
    bool is_valid = false;
    struct buf buf;

    buf_init(&buf, talk->rq->arena, KB(32));
    buf_fmt(&buf, "https://graph.facebook.com/debug_token?input_token=");
    form_encode_value(&buf, token);
    request.authorization = str_fmt(
        talk->rq->arena, "Bearer " STRF "|" STRF, STRV(talk->client_id), STRV(talk->client_secret));
    if (!buf_done(&buf, &request.url) || !federate_ask(talk, title_whose, &request, &answer)) {
        return false;
    }
    data = json_get(answer, S("data"));
    if (!json_bool(json_get(data, S("is_valid")), &is_valid) || !is_valid
        || !str_eq(federate_text(data, S("app_id")), talk->client_id)) {
        return is_anothers(talk);
    }
    talk->access_token = token;
    return federate_ask_userinfo(talk);
}

/* Nintendo's access tokens are JWTs of its published keys, with our client as their audience; an ID token differs by
 * its typ and opens nothing there. */
static bool
take_nintendo(struct federate_talk *talk, str token)
{
    const struct json *claims;

    talk->jwks_uri = S("https://accounts.nintendo.com/1.0.0/certificates");
    talk->id_token = token;
    if (!federate_judge(talk)) {
        return false;
    }
    claims = talk->id_claims;
    talk->id_claims = NULL;
    if (!str_eq(federate_text(claims, S("typ")), S("token"))) {
        return federate_fail(talk, FEDERATE_REFUSED, title_whose, "It is no access token.");
    }
    return ask_about(talk, token, S("id"), federate_text(claims, S("sub")));
}

static bool
take_sony(struct federate_talk *talk, str token)
{
    talk->access_token = token;
    return federate_sony(talk);
}

static bool
take_twitch(struct federate_talk *talk, str token)
{
    struct fetch_request request = {
        .method = S("GET"), .url = S("https://id.twitch.tv/oauth2/validate")};
    const struct json *answer;
    str user;

    request.authorization = str_fmt(talk->rq->arena, "OAuth " STRF, STRV(token));
    if (!federate_ask(talk, title_whose, &request, &answer)) {
        return false;
    }
    user = federate_text(answer, S("user_id")); /* none: it is the client's own, of no person */
    if (user.n == 0 || !str_eq(federate_text(answer, S("client_id")), talk->client_id)) {
        return is_anothers(talk);
    }
    return ask_about(talk, token, S("sub"), user);
}

static bool (*const takers[IDP_TYPE_COUNT])(struct federate_talk *talk, str token) = {
    [IDP_APPLE] = take_id_token,
    [IDP_EPIC_GAMES] = take_epic,
    [IDP_FACEBOOK] = take_facebook,
    [IDP_GOOGLE] = take_id_token,
    [IDP_NINTENDO] = take_nintendo,
    [IDP_SONY_PSN] = take_sony,
    [IDP_TWITCH] = take_twitch,
};

bool
federate_takes_token(const struct idp *idp)
{
    return takers[idp->type] != NULL || idp->type == IDP_STEAM || idp->type == IDP_TWITTER;
}

/* RFC 6750 s2.1: what may stand behind "Bearer ". */
static bool
is_b64token(str token)
{
    str signs = S("-._~+/=");
    size_t i = 0;

    while (
        i < token.n
        && ((token.p[i] >= 'a' && token.p[i] <= 'z') || (token.p[i] >= 'A' && token.p[i] <= 'Z')
            || (token.p[i] >= '0' && token.p[i] <= '9') || str_find(signs, token.p[i]) < signs.n)) {
        i++;
    }
    return i == token.n && token.n > 0;
}

bool
federate_token(struct federate_talk *talk, str token)
{
    if (takers[talk->idp->type] == NULL || !is_b64token(token)) {
        return federate_fail(talk, FEDERATE_REFUSED, title_whose, "It is no token.");
    }
    return takers[talk->idp->type](talk, token);
}
