/* SPDX-License-Identifier: Apache-2.0 */
/* Twitter, who still speaks OAuth 1.0a (RFC 5849): each request is signed with the consumer's secret and the token's.
 * A token that was given to another consumer is refused there, because its signature is then not ours to make.
 * Twitter tells an email address only if it verified it. */
#include "codec/base64.h"
#include "codec/form.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "io/fetch/fetch.h"
#include "model/federate/federate_internal.h"
#include "model/rq/rq.h"

enum { NONCE_BYTES = 16, MAX_PARAMETERS = 8 };

/* One more parameter, in the order that s3.4.1.3.2 wants: callers put them by name. */
static void
put(struct form *form, str name, str value)
{
    CHECK(form->count < MAX_PARAMETERS);
    form->pairs[form->count++] = (struct form_pair){name, value};
}

static str
encoded(struct arena *arena, str text)
{
    struct buf buf;
    str ret;

    buf_init(&buf, arena, KB(32));
    form_encode_value(&buf, text);
    return buf_done(&buf, &ret) ? ret : NO_STR;
}

/* RFC 5849 s3.4.1.1 and s3.4.2. */
str
federate_oauth1_signature(
    struct arena *arena, str method, str url, const struct form *parameters, str key)
{
    struct sha1_mac mac;
    struct buf buf;
    str line, text;

    buf_init(&buf, arena, KB(32));
    form_encode(&buf, parameters);
    if (!buf_done(&buf, &line)) {
        return NO_STR;
    }
    buf_init(&buf, arena, KB(64));
    buf_str(&buf, method);
    buf_char(&buf, '&');
    form_encode_value(&buf, url);
    buf_char(&buf, '&');
    form_encode_value(&buf, line);
    if (!buf_done(&buf, &text)) {
        return NO_STR;
    }
    mac = hash_hmac_sha1(str_bytes(key), str_bytes(text));
    return base64_text(arena, BYTES_OF(mac.b));
}

/* RFC 5849 s3.5.1: what begins with oauth_ goes into the header, and the signature. */
static str
header(struct arena *arena, const struct form *parameters, str signature)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, KB(32));
    buf_lit(&buf, "OAuth ");
    for (size_t i = 0; i < parameters->count; i++) {
        const struct form_pair *p = &parameters->pairs[i];

        if (str_starts(p->name, S("oauth_"))) {
            buf_fmt(&buf, STRF "=\"", STRV(p->name));
            form_encode_value(&buf, p->value);
            buf_lit(&buf, "\", ");
        }
    }
    buf_lit(&buf, "oauth_signature=\"");
    form_encode_value(&buf, signature);
    buf_char(&buf, '"');
    return buf_done(&buf, &text) ? text : NO_STR;
}

struct token {
    str text, secret;
};

/* The Authorization of a request; include_email (of the query, or empty) and verifier are signed, too. */
static str
authorization(struct federate_talk *talk, str method, str url, const struct token *token,
    str include_email, str verifier)
{
    struct arena *arena = talk->rq->arena;
    struct form_pair pairs[MAX_PARAMETERS];
    struct form form = {pairs, 0};
    uint8_t nonce[NONCE_BYTES];
    str key, signature;

    rng_fill(talk->rq->rng, nonce, sizeof nonce);
    key = str_fmt(arena, STRF "&" STRF, STRV(encoded(arena, talk->client_secret)),
        STRV(encoded(arena, token->secret)));
    if (include_email.n) {
        put(&form, S("include_email"), include_email);
    }
    put(&form, S("oauth_consumer_key"), talk->client_id);
    put(&form, S("oauth_nonce"), str_hex(arena, BYTES_OF(nonce)));
    put(&form, S("oauth_signature_method"), S("HMAC-SHA1"));
    put(&form, S("oauth_timestamp"), str_fmt(arena, "%lld", (long long)(talk->rq->now / 1000)));
    put(&form, S("oauth_token"), token->text);
    if (verifier.n) {
        put(&form, S("oauth_verifier"), verifier);
    }
    put(&form, S("oauth_version"), S("1.0"));
    signature = federate_oauth1_signature(arena, method, url, &form, key);
    return signature.n ? header(arena, &form, signature) : NO_STR;
}

/* RFC 5849 s2.3: the verified request token for an access token. */
static bool
exchange(struct federate_talk *talk, str verifier, struct token *token)
{
    static const char *const title = "Exchange the token";
    struct fetch_request request = {.method = S("POST"), .url = talk->token_endpoint};
    struct form answer;
    str body;

    request.authorization =
        authorization(talk, request.method, request.url, token, NO_STR, verifier);
    if (!federate_ask_text(talk, title, &request, &body)) {
        return false;
    }
    if (!form_parse(talk->rq->arena, body, &answer)) {
        return federate_fail(talk, FEDERATE_REFUSED, title, "The answer is no form.");
    }
    *token = (struct token){
        form_get(&answer, S("oauth_token")), form_get(&answer, S("oauth_token_secret"))};
    return (token->text.n && token->secret.n)
               ? federate_step(talk, title, true, NO_STR)
               : federate_fail(talk, FEDERATE_REFUSED, title, "The answer has no token.");
}

bool
federate_twitter(struct federate_talk *talk, const struct federate_code *code)
{
    static const char *const title = "Ask who it is";
    const struct idp_oauth *oauth = &talk->idp->oauth;
    struct token token = {code->token, code->secret};
    struct fetch_request request = {.method = S("GET")};

    talk->token_endpoint = oauth->token_endpoint;
    if (code->verifier.n && !exchange(talk, code->verifier, &token)) {
        return false;
    }
    request.url =
        str_fmt(talk->rq->arena, STRF "?include_email=true", STRV(oauth->userinfo_endpoint));
    request.authorization =
        authorization(talk, request.method, oauth->userinfo_endpoint, &token, S("true"), NO_STR);
    talk->access_token = token.text;
    return federate_ask(talk, title, &request, &talk->userinfo);
}
