/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of answers, for the OpenAPI document: which an operation has, and what is known for it from the example
 * of its request. Each is in the document once, however many operations answer with it. */
#include "base/arena.h"
#include "flow/api/api.h"
#include "flow/api/api_openapi.h"

enum { MAX_EXAMPLES = 512 };

struct example {
    str name, type, only, own; /* own: JSON of web/api/examples.txt, instead of a made one */
    const struct json *seed;
};
struct api_examples {
    struct example all[MAX_EXAMPLES];
    size_t count;
};

static const struct json *
parsed(struct api_doc *doc, str example)
{
    const struct json *value = NULL;

    return example.n && json_parse(doc->arena, example, &value, NULL) ? value : NULL;
}

/* The member of the words that has that kind; empty when none has. */
static str
member_of_kind(const char *members, str kind)
{
    str words = str_from(members), word;

    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        if (str_eq(str_skip(word, at + 1), kind)) {
            return str_head(word, at);
        }
    }
    return NO_STR;
}

static str
kind_of_member(const char *members, str name)
{
    str words = str_from(members), word;

    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        if (str_eq(str_head(word, at), name)) {
            return str_skip(word, at + 1);
        }
    }
    return NO_STR;
}

/* What an example request says of a thing of that type; NULL: none says anything. */
const struct json *
api_openapi_seed(struct api_doc *doc, str type)
{
    for (size_t i = 0; i < api_chapter_count; i++) {
        for (size_t k = 0; k < api_chapters[i]->type_count; k++) {
            const struct api_type *t = &api_chapters[i]->types[k];
            str name = str_from(t->name), member = member_of_kind(t->members, type);
            const struct json *found = member.n && str_ends(name, S("Request")) ? json_get(
                                           parsed(doc, api_text_example(doc->text, name)), member)
                                                                                : NULL;
            if (found != NULL && found->type == JSON_OBJECT) {
                return found;
            }
        }
    }
    return NULL;
}

/* The list of those that one member of the type is one of: "users" beside "user". */
static str
list_of(struct api_doc *doc, const struct api_type *type, str *ret_one)
{
    str words = str_from(type->members), word;

    *ret_one = NO_STR;
    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        str kind = str_skip(word, at + 1);
        str list = api_openapi_is_word(kind)
                       ? NO_STR
                       : member_of_kind(type->members, str_fmt(doc->arena, STRF "[]", STRV(kind)));
        if (list.n) {
            *ret_one = str_head(word, at);
            return list;
        }
    }
    return NO_STR;
}

/* The first member that an example request says something of, where a thing is not one of a page. */
static str
known_of(struct api_doc *doc, const struct api_type *type)
{
    str words = str_from(type->members), word;

    if (kind_of_member(type->members, S("total")).n) {
        return NO_STR;
    }
    while (words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        str kind = str_skip(word, at + 1);
        if (!api_openapi_is_word(kind) && api_openapi_seed(doc, kind) != NULL) {
            return str_head(word, at);
        }
    }
    words = str_from(type->members);
    return str_find(words, ' ') == words.n ? str_head(words, str_find(words, ':')) : NO_STR;
}

/* What was sent under the same name as the same kind; empty: nothing. */
static str
sent_of(const struct api_asked *asked, const struct api_type *type, const struct json *request)
{
    const struct api_type *sent = api_openapi_type(asked->request);
    str words = str_from(type->members), word;

    while (request != NULL && sent != NULL && words.n && str_cut(&words, ' ', &word)) {
        size_t at = str_find(word, ':');
        str name = str_head(word, at), kind = str_skip(word, at + 1);
        if (json_get(request, name) != NULL && !api_openapi_is_word(kind)
            && str_eq(kind, kind_of_member(sent->members, name))) {
            return name;
        }
    }
    return NO_STR;
}

/* The member that the answer has among those that answers of its type may have: without an id in the path the list.
 * Empty: all. */
static str
only_of(struct api_doc *doc, const struct api_asked *asked, const struct api_type *type)
{
    str one, list = list_of(doc, type, &one);

    if (list.n == 0) {
        return known_of(doc, type);
    }
    return str_eq(asked->method, S("GET")) && !str_ends(asked->path, S("}")) ? list : one;
}

static void
note(struct api_doc *doc, const struct example *example)
{
    struct api_examples *examples = doc->examples;

    for (size_t i = 0; i < examples->count; i++) {
        if (str_eq(examples->all[i].name, example->name)) {
            return;
        }
    }
    CHECK(examples->count < MAX_EXAMPLES);
    examples->all[examples->count++] = *example;
}

str
api_openapi_example(struct api_doc *doc, const struct api_asked *asked, const char *type)
{
    struct example e = {.name = str_from(type), .type = str_from(type)};
    const struct api_type *words = api_openapi_type(e.type);
    const struct json *request = NULL;
    str own;

    e.own = api_text_example(doc->text, e.type);
    if (asked != NULL) {
        str name = str_fmt(doc->arena, STRF ".answer", STRV(asked->id));
        own = api_text_example(doc->text, name);
        e.own = own.n ? own : e.own;
        e.name = own.n ? name : e.name;
        own = api_text_example(doc->text, asked->id);
        request = parsed(doc, own.n ? own : api_text_example(doc->text, asked->request));
    }
    if (asked != NULL && e.own.n == 0 && words != NULL) {
        e.only = sent_of(asked, words, request);
        e.seed = e.only.n ? request : NULL;
        e.only = e.only.n ? e.only : only_of(doc, asked, words);
        e.name = e.only.n ? str_fmt(doc->arena, STRF "." STRF, STRV(e.type), STRV(e.only)) : e.name;
    }
    note(doc, &e);
    return e.name;
}

struct api_examples *
api_openapi_examples_new(struct arena *arena)
{
    return ARENA_NEW(arena, struct api_examples);
}

void
api_openapi_examples(struct api_doc *doc)
{
    for (size_t i = 0; i < doc->examples->count; i++) {
        const struct example *e = &doc->examples->all[i];
        json_out_name(doc->out, e->name);
        json_out_object(doc->out);
        json_out_name(doc->out, S("value"));
        if (e->own.n) {
            json_out_raw(doc->out, e->own);
        } else {
            api_openapi_value(doc, e->type, e->seed, e->only, 0);
        }
        json_out_object_end(doc->out);
    }
}
