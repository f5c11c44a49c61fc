/* SPDX-License-Identifier: Apache-2.0 */
/* An OpenID provider, or a network as if it were one, is asked about somebody: OpenID Connect Discovery s4, Core s3.1.3 (token request, ID token
 * validation) and s5.3 (userinfo), RFC 6749 s4.1.3, RFC 7636 s4.5. Plain http only reaches this machine itself.
 * Refused: a discovery document of another issuer (s4.3), signed userinfo, an ID token that cannot be judged though
 * the provider publishes keys. */
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/jwk.h"
#include "codec/jwt.h"
#include "codec/url.h"
#include "crypto/sign.h"
#include "io/fetch/fetch.h"
#include "model/application/application.h"
#include "model/federate/federate_internal.h"
#include "model/rq/rq.h"

/* OpenID Connect Discovery s4.1: the issuer without the slash at its end. */
static bool
discover(struct federate_talk *talk)
{
    static const char *const title = "Discover the provider";
    str issuer = talk->idp->oauth.issuer;
    str base = issuer.n && issuer.p[issuer.n - 1] == '/' ? str_head(issuer, issuer.n - 1) : issuer;
    struct fetch_request request = {.method = S("GET"), .max_redirects = 2};
    const struct json *document;

    request.url = str_fmt(talk->rq->arena, STRF "/.well-known/openid-configuration", STRV(base));
    if (!federate_ask(talk, title, &request, &document)) {
        return false;
    }
    if (!str_eq(federate_text(document, S("issuer")), issuer)) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "The document is of another issuer.");
    }
    talk->token_endpoint = federate_text(document, S("token_endpoint"));
    talk->userinfo_endpoint = federate_text(document, S("userinfo_endpoint"));
    talk->jwks_uri = federate_text(document, S("jwks_uri"));
    return talk->token_endpoint.n > 0
           || federate_fail(talk, FEDERATE_REFUSED, title, "The document names no token endpoint.");
}

static bool
start(struct federate_talk *talk)
{
    const struct idp_oauth *oauth = &talk->idp->oauth;

    if (oauth->issuer.n) {
        return discover(talk);
    }
    talk->token_endpoint = oauth->token_endpoint;
    talk->userinfo_endpoint = oauth->userinfo_endpoint;
    return true;
}

static void
put_pair(struct buf *buf, const char *name, str value)
{
    if (value.n) {
        buf_fmt(buf, "%s%s=", buf->n ? "&" : "", name);
        form_encode_value(buf, value);
    }
}

str
federate_basic(struct federate_talk *talk)
{
    struct arena *arena = talk->rq->arena;
    struct buf buf;
    str pair;

    buf_init(&buf, arena, KB(8));
    form_encode_value(&buf, talk->client_id);
    buf_char(&buf, ':');
    form_encode_value(&buf, talk->client_secret);
    if (!buf_done(&buf, &pair)) {
        return NO_STR;
    }
    return str_fmt(arena, "Basic " STRF, STRV(base64_text(arena, str_bytes(pair))));
}

static bool
exchange(struct federate_talk *talk, const struct federate_code *code)
{
    static const char *const title = "Exchange the code";
    int how = talk->idp->oauth.client_auth;
    struct fetch_request request = {.method = S("POST"),
        .url = talk->token_endpoint,
        .content_type = S("application/x-www-form-urlencoded")};
    const struct json *answer;
    struct buf buf;

    buf_init(&buf, talk->rq->arena, KB(32));
    put_pair(&buf, "grant_type", S("authorization_code"));
    put_pair(&buf, "code", code->code);
    put_pair(&buf, "redirect_uri", code->redirect_uri);
    put_pair(&buf, "code_verifier", code->verifier);
    if (how != IDP_CLIENT_BASIC) {
        put_pair(&buf, "client_id", talk->client_id);
    }
    if (how == IDP_CLIENT_POST) {
        put_pair(&buf, "client_secret", talk->client_secret);
    }
    request.authorization = how == IDP_CLIENT_BASIC ? federate_basic(talk) : NO_STR;
    if (!buf_done(&buf, &request.body) || !federate_ask(talk, title, &request, &answer)) {
        return false;
    }
    talk->access_token = federate_text(answer, S("access_token"));
    talk->id_token = federate_text(answer, S("id_token"));
    talk->refresh_token = federate_text(answer, S("refresh_token"));
    return talk->access_token.n || talk->id_token.n
           || federate_fail(talk, FEDERATE_REFUSED, title, "The answer has no token.");
}

/* One of the published keys that the token may be signed with: of its id where it names one. */
static bool
key_fits(struct arena *arena, const struct json *value, const struct jwt *jwt)
{
    enum sign_alg alg = sign_alg_by_name(jwt->alg);
    struct sign_key *key = NULL;
    struct jwk jwk;
    bool holds;

    if (alg == SIGN_NONE || sign_alg_is_symmetric(alg) || !jwk_read(arena, value, &jwk)
        || (jwt->kid.n && jwk.kid.n && !str_eq(jwt->kid, jwk.kid))
        || (jwk.use.n && !str_eq(jwk.use, S("sig")))) {
        return false;
    }
    key = sign_key_from_jwk(alg, &jwk);
    holds = key != NULL && sign_check_jwt(key, jwt);
    sign_key_unref(key);
    return holds;
}

static bool
published_key_signed(struct federate_talk *talk, const struct jwt *jwt)
{
    struct fetch_request request = {.method = S("GET"), .url = talk->jwks_uri, .max_redirects = 2};
    const struct json *document, *keys;

    if (!federate_ask(talk, "Read the provider's keys", &request, &document)) {
        return false;
    }
    keys = json_get(document, S("keys"));
    for (const struct json *m = keys && keys->type == JSON_ARRAY ? keys->first : NULL; m != NULL;
         m = m->next) {
        if (key_fits(talk->rq->arena, m, jwt)) {
            return true;
        }
    }
    return false;
}

/* A client's secret as an HMAC key: OpenID Connect Core s10.1. */
static bool
secret_signed(struct federate_talk *talk, const struct jwt *jwt)
{
    enum sign_alg alg = sign_alg_by_name(jwt->alg);
    struct sign_key *key = sign_key_from_secret(alg, str_bytes(talk->client_secret));
    bool holds = key != NULL && sign_check_jwt(key, jwt);

    sign_key_unref(key);
    return holds;
}

/* Core s3.1.3.7: issuer (2), audience (3), authorized party (4, 5), signature (6-8), time (9, 10). */
bool
federate_judge(struct federate_talk *talk)
{
    static const char *const title = "Judge the ID token";
    const struct json *aud, *azp;
    struct jwt jwt;
    bool is_signed;

    if (talk->id_token.n == 0 || talk->jwks_uri.n == 0) {
        return true; /* what cannot be judged is not used */
    }
    if (talk->id_token.n > JWT_MAX_BYTES || !jwt_parse(talk->rq->arena, talk->id_token, &jwt)) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "It is no token.");
    }
    is_signed = sign_alg_is_symmetric(sign_alg_by_name(jwt.alg)) ? secret_signed(talk, &jwt)
                                                                 : published_key_signed(talk, &jwt);
    if (!is_signed) {
        return talk->trace->reach != FEDERATE_UNREACHABLE
               && federate_fail(
                   talk, FEDERATE_REFUSED, title, "None of the provider's keys signed it.");
    }
    aud = json_get(jwt.claims, S("aud"));
    azp = json_get(jwt.claims, S("azp"));
    if (!federate_is_issuer(talk->idp, federate_text(jwt.claims, S("iss")))
        || !federate_is_for(jwt.claims, talk->client_id)
        || (aud->type == JSON_ARRAY && aud->count > 1 && azp == NULL)
        || (azp != NULL && !str_eq(federate_text(jwt.claims, S("azp")), talk->client_id))) {
        return federate_fail(
            talk, FEDERATE_REFUSED, title, "It is of another issuer, or for another client.");
    }
    if (!federate_in_time(talk->rq, jwt.claims) || federate_text(jwt.claims, S("sub")).n == 0) {
        return federate_fail(
            talk, FEDERATE_REFUSED, title, "Its time is over, or it names nobody.");
    }
    talk->id_claims = jwt.claims;
    return federate_step(talk, title, true, NO_STR);
}

/* Core s5.3.2: what it says of another sub than the ID token's must not be used. */
bool
federate_ask_userinfo(struct federate_talk *talk)
{
    static const char *const title = "Ask who it is";
    struct fetch_request request = {.method = S("GET"), .url = talk->userinfo_endpoint};

    if (talk->userinfo_endpoint.n == 0 || talk->access_token.n == 0) {
        return talk->id_claims != NULL
               || federate_fail(talk, FEDERATE_REFUSED, title, "There is nothing to ask.");
    }
    request.authorization = str_fmt(talk->rq->arena, "Bearer " STRF, STRV(talk->access_token));
    if (!federate_ask(talk, title, &request, &talk->userinfo)) {
        return false;
    }
    return talk->id_claims == NULL
           || str_eq(
               federate_text(talk->userinfo, S("sub")), federate_text(talk->id_claims, S("sub")))
           || federate_fail(talk, FEDERATE_REFUSED, title, "The answer is about somebody else.");
}

/* Userinfo before ID token, as FusionAuth reads them; the ID token's own claims under its name, too. */
static const struct json *
merged(struct federate_talk *talk)
{
    const struct json *both = NULL;
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(talk->rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *m = talk->userinfo ? talk->userinfo->first : NULL; m; m = m->next) {
        json_out_name(&out, m->name);
        json_out_value(&out, m);
    }
    for (const struct json *m = talk->id_claims ? talk->id_claims->first : NULL; m; m = m->next) {
        if (json_get(talk->userinfo, m->name) == NULL) {
            json_out_name(&out, m->name);
            json_out_value(&out, m);
        }
    }
    if (talk->person != NULL && json_get(talk->id_claims, S("user")) == NULL) {
        json_out_name(&out, S("user"));
        json_out_value(&out, talk->person);
    }
    if (talk->id_claims != NULL && json_get(talk->userinfo, S("id_token")) == NULL
        && json_get(talk->id_claims, S("id_token")) == NULL) {
        json_out_name(&out, S("id_token"));
        json_out_value(&out, talk->id_claims);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) && json_parse(talk->rq->arena, text, &both, NULL) ? both : NULL;
}

static str
first_of(str a, str b)
{
    return a.n ? a : b;
}

/* An application's own client before the provider's. */
static void
take_client(struct federate_talk *talk, const struct idp_app *app)
{
    const struct idp_oauth *all = &talk->idp->oauth, *own = app ? &app->oauth : all;

    talk->client_id = first_of(own->client_id, all->client_id);
    talk->client_secret = first_of(own->client_secret, all->client_secret);
}

bool
federate_can_ask(const struct idp *idp)
{
    return idp->type == IDP_OPENID_CONNECT || federate_is_network(idp);
}

/* An access token was given; the network's own way to say to whom, where it has one. */
static bool
learn_who(struct federate_talk *talk)
{
    switch (talk->idp->type) {
    case IDP_SONY_PSN:
        return federate_sony(talk);
    case IDP_XBOX:
        return federate_xbox(talk);
    default:
        return federate_ask_userinfo(talk);
    }
}

static bool
learn(struct federate_talk *talk, const struct federate_code *code)
{
    if (talk->idp->type == IDP_STEAM) {
        return federate_steam(talk, code);
    }
    if (talk->idp->type == IDP_TWITTER) {
        return federate_twitter(talk, code);
    }
    if (code->person.n && !json_parse(talk->rq->arena, code->person, &talk->person, NULL)) {
        talk->person = NULL;
    }
    if (!start(talk)) {
        return false;
    }
    if (code->code.n == 0) {
        return federate_token(talk, code->token);
    }
    return exchange(talk, code) && federate_judge(talk) && learn_who(talk);
}

enum err
federate_openid(struct rq *rq, const struct idp *idp, const struct application *application,
    const struct federate_code *code, struct federate_trace *trace, struct federate_claims *ret)
{
    struct federate_talk talk = {.rq = rq, .idp = idp, .trace = trace};
    const struct idp_app *app = application ? idp_app(idp, application->id) : NULL;
    const struct json *all;
    enum err e = federate_is_network(idp)
                     ? federate_as_openid(rq, idp, app, code->is_native, &talk.idp)
                     : ERR_OK;

    CHECK(rq->place == RQ_WORKER);
    trace->reach = FEDERATE_REFUSED;
    if (e != ERR_OK) {
        return e;
    }
    take_client(&talk, app);
    if (!learn(&talk, code)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    all = merged(&talk);
    if (all == NULL) {
        return FAIL_SERVER(rq);
    }
    federate_read(talk.idp, all, ret);
    ret->token = first_of(talk.refresh_token, talk.idp == idp ? NO_STR : talk.access_token);
    trace->reach = FEDERATE_REACHED;
    return ERR_OK;
}

enum err
federate_probe(struct rq *rq, const struct idp *idp, struct federate_trace *trace)
{
    struct federate_talk talk = {.rq = rq, .idp = idp, .trace = trace};
    struct fetch_request keys = {.method = S("GET"), .max_redirects = 2};
    const struct json *document;

    CHECK(rq->place == RQ_WORKER);
    if (idp->type == IDP_OPENID_CONNECT && idp->oauth.issuer.n && discover(&talk)
        && talk.jwks_uri.n) {
        keys.url = talk.jwks_uri;
        (void)federate_ask(&talk, "Read the provider's keys", &keys, &document);
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}
