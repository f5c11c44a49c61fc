/* SPDX-License-Identifier: Apache-2.0 */
/* Social networks and makers of games, told as OpenID providers: where each is asked and what its claims are called.
 * What FusionAuth's types say of a client is put beside it. A token that a network gave to somebody else's client
 * says nothing of who brings it: one is believed only if the network says that it was given to ours. */
#include "codec/form.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "io/fetch/fetch.h"
#include "model/application/application.h"
#include "model/federate/federate_internal.h"
#include "model/key/key.h"
#include "model/rq/rq.h"

enum { APPLE_SECRET_S = 300 };

struct network {
    const char *issuer; /* discovered; NULL: asked at these */
    const char *token, *userinfo;
    const char *subject, *username; /* claims; the address is email and email_verified */
    int client_auth;
};
static const struct network networks[IDP_TYPE_COUNT] = {
    /* clang-format off */
    [IDP_APPLE]      = {.issuer = "https://appleid.apple.com", .subject = "sub", .username = NULL, .client_auth = IDP_CLIENT_POST},
    [IDP_EPIC_GAMES] = {.token = "https://api.epicgames.dev/epic/oauth/v2/token", .userinfo = "https://api.epicgames.dev/epic/oauth/v2/userInfo",
                        .subject = "sub", .username = "preferred_username", .client_auth = IDP_CLIENT_BASIC},
    [IDP_FACEBOOK]   = {.token = "https://graph.facebook.com/oauth/access_token", .userinfo = "https://graph.facebook.com/me",
                        .subject = "id", .username = NULL, .client_auth = IDP_CLIENT_POST},
    [IDP_GOOGLE]     = {.issuer = "https://accounts.google.com", .subject = "sub", .username = NULL, .client_auth = IDP_CLIENT_POST},
    [IDP_LINKEDIN]   = {.token = "https://www.linkedin.com/oauth/v2/accessToken", .userinfo = "https://api.linkedin.com/v2/userinfo",
                        .subject = "sub", .username = NULL, .client_auth = IDP_CLIENT_POST},
    [IDP_NINTENDO]   = {.token = "https://accounts.nintendo.com/connect/1.0.0/api/token", .userinfo = "https://api.accounts.nintendo.com/2.0.0/users/me",
                        .subject = "id", .username = "preferred_username", .client_auth = IDP_CLIENT_BASIC},
    [IDP_SONY_PSN]   = {.token = "https://auth.api.sonyentertainmentnetwork.com/2.0/oauth/token", .subject = "user_id", .username = "online_id",
                        .client_auth = IDP_CLIENT_BASIC},
    [IDP_STEAM]      = {.token = "https://api.steampowered.com", .subject = "steamid", .username = "personaname", .client_auth = IDP_CLIENT_NONE},
    [IDP_TWITCH]     = {.token = "https://id.twitch.tv/oauth2/token", .userinfo = "https://id.twitch.tv/oauth2/userinfo",
                        .subject = "sub", .username = "preferred_username", .client_auth = IDP_CLIENT_POST},
    [IDP_TWITTER]    = {.token = "https://api.twitter.com/oauth/access_token", .userinfo = "https://api.twitter.com/1.1/account/verify_credentials.json",
                        .subject = "id_str", .username = "screen_name", .client_auth = IDP_CLIENT_NONE},
    [IDP_XBOX]       = {.token = "https://login.live.com/oauth20_token.srf", .subject = "xid", .username = "gtg", .client_auth = IDP_CLIENT_POST},
    /* clang-format on */
};

bool
federate_is_network(const struct idp *idp)
{
    return networks[idp->type].subject != NULL;
}

static str
first_of(str a, str b)
{
    return a.n ? a : b;
}

static str
own(const struct idp_app *app, str of_app, str of_idp)
{
    return app ? first_of(of_app, of_idp) : of_idp;
}

/* What Apple takes for a client's secret: a JWT that the team's key signed (SO-A5: made anew for each request). */
static enum err
apple_secret(
    struct rq *rq, const struct idp *idp, const struct idp_app *app, str client_id, str *ret)
{
    struct uuid key_id = app && !uuid_is_nil(app->key_id) ? app->key_id : idp->key_id;
    const struct key *key;
    struct json_out out;
    struct buf buf;
    str claims;
    enum err e = key_load(rq, key_id, &key);

    *ret = NO_STR;
    if (e != ERR_OK || key == NULL || key->sign == NULL) {
        return e; /* without its key the provider refuses the code: it is a step of the trace */
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("iss"), own(app, app ? app->team_id : NO_STR, idp->team_id));
    json_put_i64(&out, S("iat"), rq->now / SECOND_MS);
    json_put_i64(&out, S("exp"), rq->now / SECOND_MS + APPLE_SECRET_S);
    json_put_str(&out, S("aud"), str_from(networks[IDP_APPLE].issuer));
    json_put_str(&out, S("sub"), client_id);
    json_out_object_end(&out);
    if (!buf_done(&buf, &claims)) {
        return FAIL_SERVER(rq);
    }
    *ret = sign_jwt(rq->arena, key->sign, S("JWT"), key->kid, claims);
    return ERR_OK;
}

/* Facebook tells of a person what it is asked for. */
static str
facebook_me(struct rq *rq, const struct idp *idp, const struct idp_app *app)
{
    struct buf buf;
    str url;

    buf_init(&buf, rq->arena, KB(2));
    buf_fmt(&buf, "%s?fields=", networks[IDP_FACEBOOK].userinfo);
    form_encode_value(&buf, S("id,name,"));
    form_encode_value(&buf, own(app, app ? app->fields : NO_STR, idp->fields));
    return buf_done(&buf, &url) ? url : NO_STR;
}

static void
set_names(struct idp_oauth *oauth, const struct idp *idp, const struct idp_app *app)
{
    const struct network *network = &networks[idp->type];

    oauth->issuer = str_from(network->issuer);
    oauth->token_endpoint = str_from(network->token);
    oauth->userinfo_endpoint = str_from(network->userinfo);
    oauth->client_auth = network->client_auth;
    oauth->email_verified_claim = S("email_verified");
    oauth->unique_id_claim =
        first_of(own(app, app ? app->unique_id_claim : NO_STR, idp->unique_id_claim),
            str_from(network->subject));
    oauth->email_claim =
        first_of(own(app, app ? app->email_claim : NO_STR, idp->email_claim), S("email"));
    oauth->username_claim =
        first_of(own(app, app ? app->username_claim : NO_STR, idp->username_claim),
            str_from(network->username));
}

enum err
federate_as_openid(struct rq *rq, const struct idp *idp, const struct idp_app *app, bool is_native,
    const struct idp **ret)
{
    struct idp *as = ARENA_NEW(rq->arena, struct idp);
    struct idp_oauth *oauth;

    if (as == NULL) {
        return FAIL_SERVER(rq);
    }
    *as = *idp;
    *ret = as;
    oauth = &as->oauth;
    set_names(oauth, idp, app);
    oauth->client_id = own(app, app ? app->client_id : NO_STR, idp->client_id);
    oauth->client_secret = own(app, app ? app->client_secret : NO_STR, idp->client_secret);
    if (idp->type == IDP_FACEBOOK) {
        oauth->client_id = own(app, app ? app->app_id : NO_STR, idp->app_id);
        oauth->userinfo_endpoint = facebook_me(rq, idp, app);
    }
    if (idp->type == IDP_STEAM) {
        oauth->client_secret = own(app, app ? app->web_api_key : NO_STR, idp->web_api_key);
    }
    if (idp->type == IDP_TWITTER) {
        oauth->client_id = own(app, app ? app->consumer_key : NO_STR, idp->consumer_key);
        oauth->client_secret = own(app, app ? app->consumer_secret : NO_STR, idp->consumer_secret);
    }
    if (idp->type != IDP_APPLE) {
        return ERR_OK;
    }
    oauth->client_id = is_native ? own(app, app ? app->bundle_id : NO_STR, idp->bundle_id)
                                 : own(app, app ? app->services_id : NO_STR, idp->services_id);
    return apple_secret(rq, idp, app, oauth->client_id, &oauth->client_secret);
}

/* Google writes its own name in two ways (SO-G1). */
bool
federate_is_issuer(const struct idp *idp, str issuer)
{
    return str_eq(issuer, idp->oauth.issuer)
           || (idp->type == IDP_GOOGLE && str_eq(issuer, S("accounts.google.com")))
           || (idp->type == IDP_NINTENDO && str_eq(issuer, S("https://accounts.nintendo.com")));
}

bool
federate_is_authority(const struct idp *idp, const struct federate_claims *claims)
{
    str at_gmail = S("@gmail.com"), email = claims->email;

    return idp->type != IDP_GOOGLE || federate_text(claims->all, S("hd")).n > 0
           || (email.n > at_gmail.n && str_ieq(str_skip(email, email.n - at_gmail.n), at_gmail));
}

/* ---- Steam: its web interface, with the publisher's key ---- */

static bool
steam_ask(struct federate_talk *talk, const char *title, const char *path, str name, str value,
    const struct json **ret)
{
    bool is_partner = talk->idp->api_mode == IDP_STEAM_PARTNER;
    struct fetch_request request = {.method = S("GET")};
    const struct json *answer;
    struct buf buf;

    buf_init(&buf, talk->rq->arena, KB(2));
    buf_fmt(&buf,
        "https://%s%s?key=", is_partner ? "partner.steam-api.com" : "api.steampowered.com", path);
    form_encode_value(&buf, talk->client_secret);
    buf_fmt(&buf, "&appid=");
    form_encode_value(&buf, talk->client_id);
    buf_fmt(&buf, "&" STRF "=", STRV(name));
    form_encode_value(&buf, value);
    if (!buf_done(&buf, &request.url) || !federate_ask(talk, title, &request, &answer)) {
        return false;
    }
    *ret = json_get(answer, S("response"));
    return *ret != NULL || federate_fail(talk, FEDERATE_REFUSED, title, "It says nothing.");
}

/* The id of whoever was given the ticket (of a game), or the token (of a web page), for our game. */
static bool
steam_id(struct federate_talk *talk, const struct federate_code *code, str *ret)
{
    static const char *const title = "Ask whose ticket it is";
    const struct json *answer;

    if (code->ticket.n) {
        if (!steam_ask(talk, title, "/ISteamUserAuth/AuthenticateUserTicket/v1/", S("ticket"),
                code->ticket, &answer)) {
            return false;
        }
        answer = json_get(answer, S("params"));
        *ret = str_eq(federate_text(answer, S("result")), S("OK"))
                   ? federate_text(answer, S("steamid"))
                   : NO_STR;
    } else {
        if (!steam_ask(talk, title, "/ISteamUserOAuth/GetTokenDetails/v1/", S("access_token"),
                code->token, &answer)) {
            return false;
        }
        *ret = str_eq(federate_text(answer, S("clientid")), talk->client_id)
                   ? federate_text(answer, S("steamid"))
                   : NO_STR;
    }
    return ret->n > 0
           || federate_fail(
               talk, FEDERATE_REFUSED, title, "It was given to another game, or is over.");
}

bool
federate_steam(struct federate_talk *talk, const struct federate_code *code)
{
    static const char *const title = "Ask who it is";
    const struct json *answer, *players;
    str id;

    if (!steam_id(talk, code, &id)
        || !steam_ask(
            talk, title, "/ISteamUser/GetPlayerSummaries/v2/", S("steamids"), id, &answer)) {
        return false;
    }
    players = json_get(answer, S("players"));
    talk->userinfo = players && players->type == JSON_ARRAY ? players->first : NULL;
    return str_eq(federate_text(talk->userinfo, S("steamid")), id)
           || federate_fail(talk, FEDERATE_REFUSED, title, "The answer is about somebody else.");
}

/* ---- Xbox: Microsoft's token is changed for one of Xbox, and that for one that names the player ---- */

static bool
xbox_ask(struct federate_talk *talk, const char *title, const char *url, str properties,
    const char *party, const struct json **ret)
{
    struct fetch_request request = {
        .method = S("POST"), .url = str_from(url), .content_type = S("application/json")};
    struct json_out out;
    struct buf buf;

    rq_json_out(talk->rq, &buf, &out);
    json_out_object(&out);
    json_put_raw(&out, S("Properties"), properties);
    json_put_str(&out, S("RelyingParty"), str_from(party));
    json_put_str(&out, S("TokenType"), S("JWT"));
    json_out_object_end(&out);
    return buf_done(&buf, &request.body) && federate_ask(talk, title, &request, ret);
}

static str
xbox_properties(struct federate_talk *talk, str user_token)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(talk->rq, &buf, &out);
    json_out_object(&out);
    if (user_token.n) {
        json_put_str(&out, S("SandboxId"), S("RETAIL"));
        json_out_name(&out, S("UserTokens"));
        json_out_array(&out);
        json_out_str(&out, user_token);
        json_out_array_end(&out);
    } else {
        json_put_str(&out, S("AuthMethod"), S("RPS"));
        json_put_str(
            &out, S("RpsTicket"), str_fmt(talk->rq->arena, "d=" STRF, STRV(talk->access_token)));
        json_put_str(&out, S("SiteName"), S("user.auth.xboxlive.com"));
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

bool
federate_xbox(struct federate_talk *talk)
{
    static const char *const title = "Ask who it is";
    const struct json *answer, *players;
    str user_token;

    if (!xbox_ask(talk, "Enter Xbox", "https://user.auth.xboxlive.com/user/authenticate",
            xbox_properties(talk, NO_STR), "http://auth.xboxlive.com", &answer)) {
        return false;
    }
    user_token = federate_text(answer, S("Token"));
    if (user_token.n == 0) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "Xbox gave no token.");
    }
    if (!xbox_ask(talk, title, "https://xsts.auth.xboxlive.com/xsts/authorize",
            xbox_properties(talk, user_token), "http://xboxlive.com", &answer)) {
        return false;
    }
    players = json_get(json_get(answer, S("DisplayClaims")), S("xui"));
    talk->userinfo = players && players->type == JSON_ARRAY ? players->first : NULL;
    return (talk->userinfo != NULL && talk->userinfo->type == JSON_OBJECT)
           || federate_fail(talk, FEDERATE_REFUSED, title, "The answer names no player.");
}

/* ---- Sony: whoever is the client of a token may ask what it is ---- */

bool
federate_sony(struct federate_talk *talk)
{
    static const char *const title = "Ask who it is";
    struct fetch_request request = {.method = S("GET"), .authorization = federate_basic(talk)};
    struct buf buf;

    if (talk->access_token.n == 0) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "Sony gave no access token.");
    }
    buf_init(&buf, talk->rq->arena, KB(32));
    buf_fmt(&buf, STRF "/", STRV(talk->token_endpoint));
    form_encode_value(&buf, talk->access_token);
    if (!buf_done(&buf, &request.url) || !federate_ask(talk, title, &request, &talk->userinfo)) {
        return false;
    }
    return str_eq(federate_text(talk->userinfo, S("client_id")), talk->client_id)
           || federate_fail(talk, FEDERATE_REFUSED, title, "It was given to another client.");
}
