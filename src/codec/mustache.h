/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: a subset of mustache, compiled once, escaping by default.
 *
 *   {{name}} escaped   {{{name}}} raw   {{#name}}..{{/name}} section   {{^name}}..{{/name}} inverted
 *   {{! comment }}     {{>name}} partial   {{.}} the current item
 * Names are looked up in the innermost view first, then outwards. No lambdas, no delimiters change. */
#pragma once
#include "base/buf.h"
#include "base/str.h"

struct template;

/* A view is what a template sees: named values, built on an arena. Names and texts are borrowed: they
 * must outlive the rendering. Of two values with one name the newer is seen. */
enum view_kind { VIEW_TEXT, VIEW_BOOL, VIEW_LIST, VIEW_OBJECT, VIEW_COUNT };
struct view_value {
    struct view_value *next;
    str name;
    enum view_kind kind;
    str text;                 /* VIEW_TEXT */
    bool is_true;             /* VIEW_BOOL */
    struct view_value *first; /* VIEW_OBJECT: members; VIEW_LIST: items (objects or texts) */
    struct view_value *last;
};
struct view {
    struct arena *arena;
    struct view_value *root; /* a VIEW_OBJECT */
};

/* An empty view whose values lie on the arena; false without memory. */
MUST_USE bool view_init(struct view *view, struct arena *arena);
/* Adding never fails visibly: the arena remembers. object NULL means the root. */
void view_text(struct view *view, struct view_value *object, str name, str text);
void view_bool(struct view *view, struct view_value *object, str name, bool is_true);
/* A new empty list or object under name; never NULL (a failed arena gives a scratch value). */
struct view_value *view_list(struct view *view, struct view_value *object, str name);
struct view_value *view_object(struct view *view, struct view_value *object, str name);
struct view_value *view_item(struct view *view, struct view_value *list);  /* appends an object */
void view_item_text(struct view *view, struct view_value *list, str text); /* appends a text */

/* Finds a partial's source by name; the empty slice when there is none. */
typedef str template_partial(void *ctx, str name);

/* Compiles source (which must outlive the template) on the arena; NULL with *ret_why, a fixed text,
 * when a tag is unclosed, unbalanced, nested over 16 deep, or a partial is missing or recursive. Partials
 * must outlive the template too. A compiled template is only read: threads may share it. */
MUST_USE struct template *template_compile(
    struct arena *arena, str source, template_partial *partial, void *ctx, const char **ret_why);
/* Renders into buf, whose maximum bounds the output; HTML-escapes & < > " ' in {{name}}. A list or object
 * prints nothing by itself; a rendering of more than a million steps fails the buffer. */
void template_render(const struct template *t, const struct view *view, struct buf *buf);
/* Writes text HTML-escaped. */
void html_escape(struct buf *buf, str text);
