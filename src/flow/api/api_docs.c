/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/docs and its chapters: the OpenAPI document for people. A page needs no script and nothing of another host;
 * the script finds operations in the list. Pages are made when they are first asked for, and kept. */
#include "flow/api/api_docs.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/mem.h"
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_openapi.h"
#include "model/page/page.h"

enum { MAX_PAGE = 2 * 1024 * 1024, MAX_MEMORY = 64 * 1024 * 1024, MAX_PAGES = 48 };

static const struct {
    const char *name, *value;
} headers[] = {
    {"content-type", "text/html; charset=utf-8"},
    {"content-security-policy", "default-src 'none'; style-src 'self'; img-src 'self'; script-src "
                                "'self'; form-action 'none'; "
                                "frame-ancestors 'none'; base-uri 'none'"},
    {"x-frame-options", "DENY"},
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "no-referrer"},
    {"cache-control", "no-cache"},
};

static struct { /* for as long as the process lives; the first page is the index */
    pthread_mutex_t lock;
    str pages[MAX_PAGES];
} kept = {PTHREAD_MUTEX_INITIALIZER, {{NULL, 0}}};

/* "Connectors, lambdas and webhooks" -> "connectors-lambdas-and-webhooks" */
static str
slug_of(struct arena *arena, str title)
{
    str lower = str_lower(arena, title);
    char *to = arena_alloc(arena, lower.n + 1);
    size_t n = 0;

    for (size_t i = 0; to != NULL && i < lower.n; i++) {
        bool is_letter = lower.p[i] >= 'a' && lower.p[i] <= 'z';
        if (is_letter || lower.p[i] == ' ') {
            to[n++] = is_letter ? lower.p[i] : '-';
        }
    }
    return (str){to, n};
}

static bool
is_of(const struct json *operation, str chapter)
{
    const struct json *tags = json_get(operation, S("tags"));

    return tags != NULL && tags->first != NULL && str_eq(tags->first->text, chapter);
}

typedef void visit_operation(
    struct api_docs *docs, void *ctx, str path, const struct json *operation);

static void
each_operation(struct api_docs *docs, str chapter, visit_operation *visit, void *ctx)
{
    const struct json *paths = json_get(docs->doc, S("paths"));

    for (const struct json *p = paths->first; p != NULL; p = p->next) {
        for (const struct json *o = p->first; o != NULL; o = o->next) {
            if (is_of(o, chapter)) {
                visit(docs, ctx, p->name, o);
            }
        }
    }
}

static void
add_entry(struct api_docs *docs, void *ctx, str path, const struct json *operation)
{
    struct view_value *item = view_item(&docs->view, ctx);

    view_text(&docs->view, item, S("id"), api_docs_text(operation, "operationId"));
    view_text(&docs->view, item, S("method"), api_docs_method(operation->name));
    view_text(&docs->view, item, S("path"), path);
    view_text(&docs->view, item, S("summary"), api_docs_text(operation, "summary"));
}

struct chapter_view {
    struct view_value *operations;
    struct api_docs_types types;
};

static void
add_operation(struct api_docs *docs, void *ctx, str path, const struct json *operation)
{
    struct chapter_view *chapter = ctx;

    api_docs_operation(docs, view_item(&docs->view, chapter->operations), path, operation);
    api_docs_types(docs, &chapter->types, operation);
}

static void
fill_index(struct api_docs *docs)
{
    const struct json *info = json_get(docs->doc, S("info")),
                      *tags = json_get(docs->doc, S("tags"));
    struct view_value *list = view_list(&docs->view, NULL, S("sections"));

    view_text(&docs->view, NULL, S("title"), S("Administration API"));
    view_text(
        &docs->view, NULL, S("intro"), api_docs_rich(docs, api_docs_text(info, "description")));
    for (const struct json *tag = tags->first; tag != NULL; tag = tag->next) {
        struct view_value *item = view_item(&docs->view, list);
        str title = api_docs_text(tag, "name");

        view_text(&docs->view, item, S("name"), title);
        view_text(&docs->view, item, S("slug"), slug_of(docs->view.arena, title));
        each_operation(docs, title, add_entry, view_list(&docs->view, item, S("entries")));
    }
}

static void
fill_chapter(struct api_docs *docs, const struct json *tag)
{
    struct chapter_view *chapter = ARENA_NEW(docs->view.arena, struct chapter_view);
    str title = api_docs_text(tag, "name");

    if (chapter == NULL) {
        return;
    }
    view_text(&docs->view, NULL, S("title"), title);
    view_text(
        &docs->view, NULL, S("intro"), api_docs_rich(docs, api_docs_text(tag, "description")));
    chapter->operations = view_list(&docs->view, NULL, S("operations"));
    chapter->types.list = view_list(&docs->view, NULL, S("types"));
    each_operation(docs, title, add_operation, chapter);
    view_bool(&docs->view, NULL, S("has_types"), chapter->types.count > 0);
}

/* What every page has; the chapter that the slug names. */
static const struct json *
fill_frame(struct api_docs *docs, str slug)
{
    const struct json *tags = json_get(docs->doc, S("tags")), *found = NULL;
    struct view_value *list = view_list(&docs->view, NULL, S("chapters"));

    for (const struct json *tag = tags->first; tag != NULL; tag = tag->next) {
        struct view_value *item = view_item(&docs->view, list);
        str title = api_docs_text(tag, "name"), its = slug_of(docs->view.arena, title);

        found = str_eq(its, slug) ? tag : found;
        view_text(&docs->view, item, S("name"), title);
        view_text(&docs->view, item, S("slug"), its);
        view_bool(&docs->view, item, S("is_here"), str_eq(its, slug));
    }
    view_text(&docs->view, NULL, S("version"), S(CARDEA_VERSION));
    view_text(&docs->view, NULL, S("icon"), page_asset_path(S("icon.svg")));
    view_text(&docs->view, NULL, S("hosted"), page_asset_path(S("hosted.css")));
    view_text(&docs->view, NULL, S("style"), page_asset_path(S("docs.css")));
    view_text(&docs->view, NULL, S("script"), page_asset_path(S("docs.js")));
    return found;
}

static str
no_partial(void *ctx, str name)
{
    (void)ctx;
    (void)name;
    return NO_STR;
}

static bool
render(const struct api_docs *docs, str *ret)
{
    const char *why;
    struct arena *arena = docs->view.arena;
    struct template *template =
        template_compile(arena, api_text_file(S("docs.mustache")), no_partial, NULL, &why);
    struct buf buf;

    if (template == NULL) {
        return false;
    }
    buf_init(&buf, arena, MAX_PAGE);
    template_render(template, &docs->view, &buf);
    return buf_done(&buf, ret) && !arena_failed(arena);
}

/* The page of a chapter, or the index when slug is empty. ERR_NOT_FOUND: there is no such chapter. */
static enum err
make_page(const struct rq *rq, struct arena *arena, str slug, str *ret)
{
    struct api_docs docs = {.host = rq->house->base_url};
    const struct json *tag;
    str text;

    if (!api_openapi_document(rq, &text) || !json_parse(arena, text, &docs.doc, NULL)
        || !view_init(&docs.view, arena)) {
        return ERR_BUSY;
    }
    tag = fill_frame(&docs, slug);
    if (slug.n && tag == NULL) {
        return ERR_NOT_FOUND;
    }
    view_bool(&docs.view, NULL, S("is_index"), slug.n == 0);
    if (tag != NULL) {
        fill_chapter(&docs, tag);
    } else {
        fill_index(&docs);
    }
    return render(&docs, ret) ? ERR_OK : ERR_BUSY;
}

/* Where a chapter's page is kept: by its place among them; MAX_PAGES: nowhere. */
static size_t
place_of(struct arena *arena, str slug)
{
    size_t count;
    const struct api_text *text = api_text_read(arena);
    const struct api_text_chapter *chapters = text != NULL ? api_text_chapters(text, &count) : NULL;

    if (slug.n == 0 || chapters == NULL) {
        return slug.n == 0 ? 0 : MAX_PAGES;
    }
    for (size_t i = 0; i < count && i + 1 < MAX_PAGES; i++) {
        if (str_eq(slug_of(arena, chapters[i].title), slug)) {
            return i + 1;
        }
    }
    return MAX_PAGES;
}

static enum err
find_page(const struct rq *rq, str slug, str *ret)
{
    AUTO(arena_end) struct arena *arena = arena_new(MAX_MEMORY);
    size_t place = arena != NULL ? place_of(arena, slug) : MAX_PAGES;
    enum err e = ERR_OK;
    char *copy;

    if (place == MAX_PAGES) {
        return arena == NULL || arena_failed(arena) ? ERR_BUSY : ERR_NOT_FOUND;
    }
    pthread_mutex_lock(&kept.lock);
    if (kept.pages[place].p == NULL) {
        e = make_page(rq, arena, slug, ret);
        copy = e == ERR_OK ? mem_new(ret->n) : NULL;
        if (copy != NULL) {
            memcpy(copy, ret->p, ret->n);
            kept.pages[place] = (str){copy, ret->n};
        }
        e = e == ERR_OK && copy == NULL ? ERR_BUSY : e;
    }
    *ret = kept.pages[place];
    pthread_mutex_unlock(&kept.lock);
    return e;
}

enum err
api_docs(struct rq *rq)
{
    str page;
    enum err e = find_page(rq, rq->segments[0], &page);

    if (e != ERR_OK) {
        return FAIL(rq, e, NULL, "cannot be answered: there is no such page, or no memory for it");
    }
    rq->answer->status = 200;
    rq->answer->body = page;
    for (size_t i = 0; i < COUNT(headers); i++) {
        rq_set_header(rq, str_from(headers[i].name), str_from(headers[i].value));
    }
    return ERR_OK;
}
