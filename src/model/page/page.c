/* SPDX-License-Identifier: Apache-2.0 */
/* Pages begun, filled and rendered: templates compiled once per language, when it is first used, headers set for each answer.
 *
 * Invariants: 1 a page allows no script, but form_post its one file and a captcha its provider's; 2 nothing of a request reaches a header
 * but a checked origin; 3 no page is stored by a cache or shown in a frame. */
#include "model/page/page_internal.h"

#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"
#include "codec/utf8.h"
#include "io/http/http.h"

enum { MAX_BODY = 256 * 1024, USUAL_BODY = 4 * 1024, MAX_TEMPLATES = 48 };

/* clang-format off */
static const char *const template_names[PAGE_COUNT] = {
    [PAGE_SIGNIN]     = "signin.mustache",
    [PAGE_PASSWORD]   = "password.mustache",
    [PAGE_REGISTER]   = "register.mustache",
    [PAGE_CONSENT]    = "consent.mustache",
    [PAGE_SIGNED_OUT] = "signed_out.mustache",
    [PAGE_SIGN_OUT]   = "sign_out.mustache",
    [PAGE_ERROR]      = "error.mustache",
    [PAGE_FORM_POST]  = "form_post.mustache",
    [PAGE_CARD]       = "card.mustache",
};

static const struct { str name, flag; } lists[PAGE_LIST_COUNT] = {
    [PAGE_LIST_FIELDS]     = {S_INIT("fields"),     S_INIT("has_fields")},
    [PAGE_LIST_HIDDEN]     = {S_INIT("hidden"),     S_INIT("has_hidden")},
    [PAGE_LIST_RULES]      = {S_INIT("rules"),      S_INIT("has_rules")},
    [PAGE_LIST_SCOPES]     = {S_INIT("scopes"),     S_INIT("has_scopes")},
    [PAGE_LIST_PARAGRAPHS] = {S_INIT("paragraphs"), S_INIT("has_paragraphs")},
    [PAGE_LIST_PAIRS]      = {S_INIT("pairs"),      S_INIT("has_pairs")},
    [PAGE_LIST_BLOCKS]     = {S_INIT("blocks"),     S_INIT("has_blocks")},
    [PAGE_LIST_LINKS]      = {S_INIT("links"),      S_INIT("has_links")},
    [PAGE_LIST_BUTTONS]    = {S_INIT("buttons"),    S_INIT("has_buttons")},
};
/* clang-format on */

/* One language's templates, expanded: what partials are looked up in. */
struct sources {
    struct {
        str name, text;
    } all[MAX_TEMPLATES];
    size_t count;
};

/* By language, when the first page in it is shown; never freed: they live as long as the process. */
static struct template *templates[PAGE_LANGUAGES][PAGE_COUNT];
static struct arena *compiled[PAGE_LANGUAGES]; /* where they are; guarded, as they are */
static pthread_mutex_t compile_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_ready;

/* A fault of ours, found by the tests: its text outlives the arena of what is not kept. */
static bool
refuse(const char *file, const char *why, const char **ret_why)
{
    static char text[256];

    snprintf(text, sizeof text, "pages/%s: %s", file, why);
    *ret_why = text;
    return false;
}

static bool
expand_all(struct arena *arena, size_t language, struct sources *ret, const char **ret_why)
{
    const char *why = NULL;

    ret->count = 0;
    for (const struct embedded *f = page_files; f->name != NULL; f++) {
        str name = str_from(f->name), text;
        if (!str_ends(name, S(".mustache"))) {
            continue;
        }
        if (ret->count == MAX_TEMPLATES) {
            return refuse(f->name, "there are too many templates", ret_why);
        }
        if (!page_source_expand(arena, language, page_file(name), &text, &why)) {
            return refuse(f->name, why, ret_why);
        }
        name.n -= S(".mustache").n;
        ret->all[ret->count].name = name;
        ret->all[ret->count++].text = text;
    }
    return true;
}

static str
partial(void *ctx, str name)
{
    const struct sources *sources = ctx;

    for (size_t i = 0; i < sources->count; i++) {
        if (str_eq(sources->all[i].name, name)) {
            return sources->all[i].text;
        }
    }
    return NO_STR;
}

static bool
compile_all(struct arena *arena, size_t language, const char **ret_why)
{
    struct sources sources;
    const char *why = NULL;

    if (!expand_all(arena, language, &sources, ret_why)) {
        return false;
    }
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        str name = str_from(template_names[i]);
        str source = partial(&sources, str_head(name, name.n - S(".mustache").n));
        templates[language][i] = template_compile(arena, source, partial, &sources, &why);
        if (templates[language][i] == NULL) {
            return refuse(template_names[i], why, ret_why);
        }
    }
    return true;
}

bool
page_init(const char **ret_why)
{
    static struct arena *arena; /* never freed: templates live as long as the process */

    if (is_ready) {
        return true;
    }
    *ret_why = "no memory for pages";
    arena_free(arena);
    arena = arena_new(MB(4));
    if (arena == NULL || !page_text_init(arena, ret_why) || !page_asset_init(arena, ret_why)) {
        return false;
    }
    is_ready = true;
    return true;
}

bool
page_compile(size_t language, const char **ret_why)
{
    struct arena *arena;
    bool is_done;

    pthread_mutex_lock(&compile_lock);
    if (compiled[language] == NULL) {
        arena = arena_new(MB(2));
        *ret_why = "no memory for pages";
        if (arena != NULL && compile_all(arena, language, ret_why)) {
            compiled[language] = arena;
        } else {
            arena_free(arena);
        }
    }
    is_done = compiled[language] != NULL;
    pthread_mutex_unlock(&compile_lock);
    return is_done;
}

static void
add_other_languages(struct page *page, size_t language)
{
    struct view_value *list = view_list(&page->view, NULL, S("languages"));

    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        if (i != language) {
            struct view_value *item = view_item(&page->view, list);
            view_text(&page->view, item, S("code"), page_languages[i]);
            view_text(&page->view, item, S("name"), page_text(page_languages[i], S("name")));
        }
    }
}

bool
page_start(struct page *page, struct arena *arena, enum page_id id, str lang)
{
    size_t language = page_language(lang);
    const char *why;

    CHECK(is_ready && id < PAGE_COUNT);
    *page = (struct page){.id = id, .lang = page_languages[language], .status = 200};
    if (!page_compile(language, &why) || !view_init(&page->view, arena)) {
        return false;
    }
    add_other_languages(page, language);
    return !arena_failed(arena);
}

struct view_value *
page_list(struct page *page, enum page_list list)
{
    if (page->lists[list] == NULL) {
        page->lists[list] = view_list(&page->view, NULL, lists[list].name);
        view_bool(&page->view, NULL, lists[list].flag, true);
    }
    return page->lists[list];
}

void
page_add_hidden(struct page *page, str name, str value)
{
    struct view_value *item = view_item(&page->view, page_list(page, PAGE_LIST_HIDDEN));

    view_text(&page->view, item, S("name"), name);
    view_text(&page->view, item, S("value"), value);
}

str
page_initial(str name)
{
    return str_head(name, utf8_char_bytes(name));
}

/* What may stand in a CSP source list without ending it. */
static bool
is_source(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && memchr(":/.-+", c, 5) == NULL) {
            return false;
        }
    }
    return s.n > 0;
}

static str
content_security_policy(const struct page *page, struct arena *arena)
{
    bool has_source = is_source(page->form_action_origin);
    str parts[] = {
        S("default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'"),
        has_source ? S(" ") : NO_STR,
        has_source ? page->form_action_origin : NO_STR,
        S("; frame-ancestors 'none'; base-uri 'none'"),
        page->id == PAGE_FORM_POST ? S("; script-src 'self'") : NO_STR,
        page->captcha_policy.n ? S("; ") : NO_STR,
        page->captcha_policy,
    };

    return str_join(arena, parts, COUNT(parts), NO_STR);
}

static void
add_headers(struct http_answer *answer, str policy)
{
    http_add_header(answer, S("Cache-Control"), S("no-store"));
    http_add_header(answer, S("Content-Security-Policy"), policy);
    http_add_header(answer, S("X-Frame-Options"), S("DENY"));
    http_add_header(answer, S("X-Content-Type-Options"), S("nosniff"));
    http_add_header(answer, S("Referrer-Policy"), S("no-referrer"));
}

void
page_render(const struct page *page, struct arena *arena, struct http_answer *answer)
{
    str policy = content_security_policy(page, arena), body;
    struct buf buf;
    char *room;

    buf_init(&buf, arena, MAX_BODY);
    room = buf_reserve(&buf, USUAL_BODY); /* most pages then never move */
    if (room != NULL) {
        template_render(templates[page_language(page->lang)][page->id], &page->view, &buf);
    }
    if (!buf_done(&buf, &body) || arena_failed(arena)) {
        answer->status = 500;
        answer->body = S("Something went wrong on our side. Try again in a minute.\n");
        http_add_header(answer, S("Content-Type"), S("text/plain; charset=utf-8"));
        add_headers(answer, S("default-src 'none'; frame-ancestors 'none'"));
        return;
    }
    answer->status = page->status;
    answer->body = body;
    http_add_header(answer, S("Content-Type"), S("text/html; charset=utf-8"));
    add_headers(answer, policy);
}
