/* SPDX-License-Identifier: Apache-2.0 */
/* The demo relying party (OIDC Core s3.1, RFC 7636, RFC 9207). What a client must keep between
 * requests it keeps sealed in a cookie of its own; it speaks to the endpoints like a client from
 * outside, only without a socket. */
#include "app/demo.h"

#include <stdio.h>

#include "app/dispatch.h"
#include "codec/base64.h"
#include "codec/url.h"
#include "crypto/aead.h"
#include "crypto/keyring.h"
#include "model/claims/claims.h"
#include "model/outbox/outbox.h"
#include "model/page/page.h"

#define FIRST_APP "e9fdb985-9173-4e01-9d73-ac2d60d1dc8e"
#define THIRD_APP "5d2a8b3e-6c55-4f0e-9a1f-0c2f7a6d9b11"
#define SECRET "demo-secret-that-is-only-for-this-demo"
#define COOKIE "cardea.demo"

static struct dispatch *way_in;

struct notes { /* what the demo remembers of a browser: JSON in its cookie */
    str client_id, verifier, state, refresh_token, access_token, id_token;
};

void
demo_open(struct dispatch *dispatch)
{
    way_in = dispatch;
}

void
demo_print_welcome(const struct house *house)
{
    printf("\n"
           "  Cardea is running.\n"
           "\n"
           "    Demo application   " STRF "/demo\n"
           "    Sign in as         ada@example.com    password: correct horse\n"
           "    Administrator      admin@example.com  password: correct horse\n"
           "    API key            demo-api-key-that-is-only-for-this-demo\n"
           "\n"
           "    curl -H 'Authorization: demo-api-key-that-is-only-for-this-demo' '" STRF
           "/api/user?email=ada@example.com'\n"
           "    curl " STRF "/.well-known/openid-configuration\n"
           "\n"
           "  Stop with Ctrl-C. What was made stays in the data folder.\n\n",
        STRV(house->base_url), STRV(house->base_url), STRV(house->base_url));
    fflush(stdout);
}

static str *
members_of(struct notes *notes, size_t at)
{
    str *all[] = {&notes->client_id, &notes->verifier, &notes->state, &notes->refresh_token,
        &notes->access_token, &notes->id_token};

    return at < COUNT(all) ? all[at] : NULL;
}

static struct key32
cookie_key(const struct rq *rq)
{
    return keyring_house_key(rq->house->keyring, S("demo"));
}

static void
keep(struct rq *rq, struct notes *notes)
{
    AUTO(key32_wipe) struct key32 key = cookie_key(rq);
    struct json_out out;
    struct buf buf;
    bytes sealed;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_array(&out);
    for (size_t i = 0; members_of(notes, i) != NULL; i++) {
        json_out_str(&out, *members_of(notes, i));
    }
    json_out_array_end(&out);
    if (buf_done(&buf, &text)) {
        sealed = aead_seal(rq->arena, rq->rng, &key, str_bytes(S("demo")), str_bytes(text));
        rq_set_cookie(rq, S(COOKIE), base64url_text(rq->arena, sealed), -1);
    }
}

static bool
recall(struct rq *rq, struct notes *ret)
{
    AUTO(key32_wipe) struct key32 key = cookie_key(rq);
    str cookie = rq_cookie(rq, rq_cookie_name(rq, S(COOKIE)));
    const struct json *list, *item;
    bytes raw, plain;

    *ret = (struct notes){.client_id = S(FIRST_APP)};
    if (cookie.n == 0 || !base64url_decode(rq->arena, cookie, &raw)
        || !aead_open(rq->arena, &key, str_bytes(S("demo")), raw, &plain)
        || !json_parse(rq->arena, bytes_str(plain), &list, NULL)) {
        return false;
    }
    item = list->first;
    for (size_t i = 0; item != NULL && members_of(ret, i) != NULL; i++, item = item->next) {
        *members_of(ret, i) = item->text;
    }
    return true;
}

static str
random_text(struct rq *rq)
{
    uint8_t random[32];

    rng_fill(rq->rng, random, sizeof random);
    return base64url_text(rq->arena, BYTES_OF(random));
}

static str
own_url(struct rq *rq, const char *path)
{
    return str_fmt(rq->arena, STRF "%s", STRV(rq->house->base_url), path);
}

enum err
demo_signin(struct rq *rq)
{
    struct notes notes = {
        .client_id = S(FIRST_APP), .verifier = random_text(rq), .state = random_text(rq)};
    struct digest d = sha256(str_bytes(notes.verifier));
    struct form_pair pairs[] = {
        {S("client_id"), NO_STR},
        {S("response_type"), S("code")},
        {S("redirect_uri"), own_url(rq, "/demo/callback")},
        {S("scope"), S("openid profile email offline_access")},
        {S("state"), notes.state},
        {S("code_challenge"), base64url_text(rq->arena, digest_bytes(&d))},
        {S("code_challenge_method"), S("S256")},
    };
    struct form form = {pairs, COUNT(pairs)};
    struct buf buf;
    str url;

    if (str_eq(rq_query_get(rq, S("app")), S("third"))) {
        notes.client_id = S(THIRD_APP);
    }
    pairs[0].value = notes.client_id;
    buf_init(&buf, rq->arena, KB(8));
    buf_lit(&buf, "/oauth2/authorize?");
    form_encode(&buf, &form);
    if (!buf_done(&buf, &url)) {
        return FAIL_SERVER(rq);
    }
    keep(rq, &notes);
    return rq_redirect(rq, url);
}

/* POST /oauth2/token as a client from outside would. */
static bool
ask_token(struct rq *rq, const struct form *form, struct notes *notes)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    struct http_header type = {S("content-type"), S("application/x-www-form-urlencoded")};
    const struct json *answer;
    struct buf buf;
    str body;

    buf_init(&buf, rq->arena, KB(16));
    form_encode(&buf, form);
    if (arena == NULL || !buf_done(&buf, &body)) {
        return false;
    }
    struct http_exchange x = {
        .arena = arena,
        .request = {.method = HTTP_POST,
            .method_text = S("POST"),
            .path = S("/oauth2/token"),
            .headers = &type,
            .header_count = 1,
            .body = body,
            .peer = rq->http->peer,
            .version = 11},
    };

    dispatch_perform(way_in, &x);
    if (x.answer.status != 200
        || !json_parse(rq->arena, str_dup(rq->arena, x.answer.body), &answer, NULL)) {
        return false;
    }
    notes->verifier = notes->state = NO_STR;
    (void)!json_str(json_get(answer, S("refresh_token")), &notes->refresh_token);
    (void)!json_str(json_get(answer, S("id_token")), &notes->id_token);
    return json_str(json_get(answer, S("access_token")), &notes->access_token);
}

static enum err
go_home(struct rq *rq)
{
    return rq_redirect(rq, S("/demo"));
}

enum err
demo_callback(struct rq *rq)
{
    struct form_pair pairs[] = {
        {S("grant_type"), S("authorization_code")},
        {S("client_id"), NO_STR},
        {S("client_secret"), S(SECRET)},
        {S("code"), rq_query_get(rq, S("code"))},
        {S("redirect_uri"), own_url(rq, "/demo/callback")},
        {S("code_verifier"), NO_STR},
    };
    struct form form = {pairs, COUNT(pairs)};
    struct notes notes;

    if (recall(rq, &notes) && notes.access_token.n && notes.state.n == 0) {
        return go_home(rq); /* the back button: this answer was used */
    }
    /* A client must refuse an answer it did not ask for (RFC 6749 s10.12). */
    if (notes.state.n == 0
        || !ct_eq(str_bytes(notes.state), str_bytes(rq_query_get(rq, S("state"))))) {
        return FAIL(rq, ERR_INVALID_REQUEST, "state", "is not the one this demo sent");
    }
    if (rq_query_get(rq, S("error")).n) {
        notes = (struct notes){.client_id = S(FIRST_APP)};
        keep(rq, &notes);
        return go_home(rq);
    }
    pairs[1].value = notes.client_id;
    pairs[5].value = notes.verifier;
    if (!ask_token(rq, &form, &notes)) {
        return FAIL(rq, ERR_INVALID_GRANT, "code", "was not accepted: sign in again");
    }
    keep(rq, &notes);
    return go_home(rq);
}

enum err
demo_refresh(struct rq *rq)
{
    struct form_pair pairs[] = {
        {S("grant_type"), S("refresh_token")},
        {S("client_id"), NO_STR},
        {S("client_secret"), S(SECRET)},
        {S("refresh_token"), NO_STR},
    };
    struct form form = {pairs, COUNT(pairs)};
    struct notes notes;

    if (!recall(rq, &notes) || notes.refresh_token.n == 0) {
        return go_home(rq);
    }
    pairs[1].value = notes.client_id;
    pairs[3].value = notes.refresh_token;
    if (!ask_token(rq, &form, &notes)) {
        notes = (struct notes){.client_id = S(FIRST_APP)};
    }
    keep(rq, &notes);
    return go_home(rq);
}

enum err
demo_signout(struct rq *rq)
{
    struct notes notes;
    struct buf buf;
    str url;

    if (!recall(rq, &notes)) {
        return go_home(rq);
    }
    buf_init(&buf, rq->arena, KB(16));
    buf_lit(&buf, "/oauth2/logout?client_id=");
    buf_str(&buf, notes.client_id);
    buf_lit(&buf, "&id_token_hint=");
    form_encode_value(&buf, notes.id_token);
    buf_lit(&buf, "&post_logout_redirect_uri=");
    form_encode_value(&buf, own_url(rq, "/demo"));
    if (!buf_done(&buf, &url)) {
        return FAIL_SERVER(rq);
    }
    rq_set_cookie(rq, S(COOKIE), NO_STR, 0);
    return rq_redirect(rq, url);
}

static bool
start_card(struct rq *rq, struct page *page, str heading)
{
    if (!page_start(page, rq->arena, PAGE_CARD, rq->lang)) {
        return false;
    }
    view_text(&page->view, NULL, S("tenant"), S("Cardea"));
    view_text(&page->view, NULL, S("heading"), heading);
    page_self(page, rq->http->path, NO_STR);
    return true;
}

static void
show_stranger(struct page *page)
{
    page_add_paragraph(
        page, S("This page is a small application that leaves signing in to Cardea."));
    page_add_pair(page, S("Login"), S("ada@example.com"));
    page_add_pair(page, S("Password"), S("correct horse"));
    page_add_link(page, S("Sign in"), S("/demo/signin"), true);
    page_add_link(
        page, S("Sign in to a third-party application"), S("/demo/signin?app=third"), false);
    page_add_link(page, S("Mail outbox"), S("/demo/mail"), false);
}

/* Who came, as the access token tells. */
static enum err
show_person(
    struct rq *rq, struct page *page, const struct access *access, const struct notes *notes)
{
    const struct json *claims;

    if (!json_parse(rq->arena, access->claims, &claims, NULL)) {
        return FAIL_SERVER(rq);
    }
    page_add_paragraph(page, S("You are signed in. These are the claims of your access token."));
    for (const struct json *c = claims->first; c != NULL; c = c->next) {
        page_add_pair(page, c->name, c->type == JSON_STRING ? c->text : c->raw);
    }
    if (notes->refresh_token.n) {
        page_add_link(page, S("Refresh the tokens"), S("/demo/refresh"), true);
    }
    page_add_link(page, S("Sign out"), S("/demo/signout"), false);
    page_add_link(page, S("Mail outbox"), S("/demo/mail"), false);
    return ERR_OK;
}

enum err
demo_home(struct rq *rq)
{
    struct access *access = NULL;
    struct notes notes;
    struct page page;
    enum err e = ERR_OK;

    if (recall(rq, &notes) && notes.access_token.n) {
        e = claims_believe(rq, notes.access_token, &access);
    }
    if (e != ERR_OK || !start_card(rq, &page, S("Northwind Storefront"))) {
        return e ? e : FAIL_SERVER(rq);
    }
    if (access == NULL) {
        show_stranger(&page);
    } else {
        view_bool(&page.view, NULL, S("is_wide"), true);
        e = show_person(rq, &page, access, &notes);
    }
    page_render(&page, rq->arena, rq->answer);
    return e;
}

enum err
demo_mail(struct rq *rq)
{
    struct outbox_mail *mails;
    struct page page;
    size_t count;
    enum err e = tenant_or_default(rq, (struct uuid){{0}}, &rq->tenant);

    if (e != ERR_OK || rq->tenant == NULL) {
        return e ? e : FAIL(rq, ERR_NOT_FOUND, NULL, "is not there");
    }
    e = outbox_list(rq, rq->tenant, 20, &mails, &count);
    if (e != ERR_OK || !start_card(rq, &page, S("Mail outbox"))) {
        return e ? e : FAIL_SERVER(rq);
    }
    view_bool(&page.view, NULL, S("is_wide"), true);
    if (count == 0) {
        page_add_paragraph(&page,
            S("No mail yet. Create an account at the sign-in page, and its welcome will be here."));
    }
    for (size_t i = 0; i < count; i++) {
        page_add_block(&page,
            str_fmt(rq->arena, STRF " - " STRF, STRV(mails[i].to), STRV(mails[i].subject)),
            mails[i].text);
    }
    page_add_link(&page, S("Back"), S("/demo"), false);
    page_render(&page, rq->arena, rq->answer);
    return ERR_OK;
}
