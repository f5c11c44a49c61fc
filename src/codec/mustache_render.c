/* SPDX-License-Identifier: Apache-2.0 */
/* Templates rendered: operations and a view become text.
 *
 * Invariants: 1 only {{{name}}} is raw; 2 every rendering ends, by a count of steps; 3 what did not fit
 * or did not end shows as a failed buffer, never as half a page. */
#include "codec/mustache_internal.h"

#include "base/arena.h"

enum { MAX_STEPS = 1 << 20 };

/* What is being rendered: the current value and those around it. */
struct frame {
    const struct view_value *value;
    const struct frame *outer;
};

struct rendering {
    const struct template *t;
    struct buf *buf;
    size_t steps;
};

static const struct view_value *
member(const struct view_value *object, str name)
{
    if (object->kind != VIEW_OBJECT) {
        return NULL;
    }
    for (const struct view_value *v = object->first; v != NULL; v = v->next) {
        /* One letter decides most of them; names in templates are never empty. */
        if (v->name.n == name.n && v->name.p[0] == name.p[0] && str_eq(v->name, name)) {
            return v;
        }
    }
    return NULL;
}

/* The first part of a dotted name is looked for outwards, the others only inside what was found. */
static const struct view_value *
look_up(const struct op *op, const struct frame *frame)
{
    const struct view_value *found = NULL;
    str head = str_head(op->text, op->head), rest = str_skip(op->text, op->head + 1), part;

    if (op->head == 0) {
        return frame->value;
    }
    for (; frame != NULL && found == NULL; frame = frame->outer) {
        found = member(frame->value, head);
    }
    if (op->head == op->text.n) {
        return found;
    }
    while (found != NULL && str_cut(&rest, '.', &part)) {
        found = member(found, part);
    }
    return found;
}

static bool
is_true(const struct view_value *v)
{
    switch (v ? v->kind : VIEW_COUNT) {
    case VIEW_TEXT:
        return v->text.n != 0;
    case VIEW_BOOL:
        return v->is_true;
    case VIEW_LIST:
        return v->first != NULL;
    case VIEW_OBJECT:
        return true;
    default:
        return false;
    }
}

static void
print_value(struct buf *buf, const struct view_value *v, bool is_escaped)
{
    if (v == NULL) {
        return;
    }
    if (v->kind == VIEW_BOOL) {
        buf_str(buf, v->is_true ? S("true") : S("false"));
    } else if (v->kind == VIEW_TEXT && is_escaped) {
        html_escape(buf, v->text);
    } else if (v->kind == VIEW_TEXT) {
        buf_str(buf, v->text);
    }
}

static void render(struct rendering *r, size_t from, size_t to, const struct frame *frame);

static void
render_section(struct rendering *r, size_t at, const struct frame *frame)
{
    const struct op *op = &r->t->ops[at];
    const struct view_value *v = look_up(op, frame);
    struct frame inner = {v, frame};

    if (op->kind == OP_INVERTED || !is_true(v)) {
        if ((op->kind == OP_INVERTED) != is_true(v)) {
            render(r, at + 1, op->end, frame);
        }
        return;
    }
    if (v->kind == VIEW_BOOL) { /* a flag opens its section but is no place to look for names */
        render(r, at + 1, op->end, frame);
        return;
    }
    if (v->kind != VIEW_LIST) {
        render(r, at + 1, op->end, &inner);
        return;
    }
    for (inner.value = v->first; inner.value != NULL && !r->buf->failed;
         inner.value = inner.value->next) {
        render(r, at + 1, op->end, &inner);
    }
}

static void
render(struct rendering *r, size_t from, size_t to, const struct frame *frame)
{
    for (size_t at = from; at < to && !r->buf->failed; at++) {
        const struct op *op = &r->t->ops[at];
        if (r->steps++ == MAX_STEPS) {
            r->buf->failed = true; /* lists inside themselves could go on for ever */
            return;
        }
        if (op->kind == OP_LITERAL) {
            buf_str(r->buf, op->text);
        } else if (op->kind == OP_ESCAPED || op->kind == OP_RAW) {
            print_value(r->buf, look_up(op, frame), op->kind == OP_ESCAPED);
        } else {
            render_section(r, at, frame);
            at = op->end - 1;
        }
    }
}

void
template_render(const struct template *t, const struct view *view, struct buf *buf)
{
    struct rendering r = {t, buf, 0};
    struct frame frame = {view->root, NULL};

    render(&r, 0, t->count, &frame);
}

static str
entity(char c)
{
    switch (c) {
    case '&':
        return S("&amp;");
    case '<':
        return S("&lt;");
    case '>':
        return S("&gt;");
    case '"':
        return S("&quot;");
    case '\'':
        return S("&#39;");
    default:
        return NO_STR;
    }
}

void
html_escape(struct buf *buf, str text)
{
    /* clang-format off */
    static const bool is_special[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    /* clang-format on */
    size_t from = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (is_special[(uint8_t)text.p[i]]) {
            buf_str(buf, (str){text.p + from, i - from});
            buf_str(buf, entity(text.p[i]));
            from = i + 1;
        }
    }
    buf_str(buf, str_skip(text, from));
}
