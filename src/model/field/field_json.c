/* SPDX-License-Identifier: Apache-2.0 */
/* Free-form members: a JSON object kept as compact text, merged by a PATCH (RFC 7396 s2). */
#include "base/arena.h"
#include "model/field/field_internal.h"

static bool
all_texts(const struct field_in *in)
{
    struct field_at at = {.up = in->at};
    bool ok = true;

    for (const struct json *m = in->value->first; m != NULL; m = m->next) {
        bool is_removal = field_is_patch(in->mode) && m->type == JSON_NULL;
        at.name = m->name;
        if (m->type != JSON_STRING && !is_removal) {
            ok = field_complain(
                in->job, &at, "invalidJSON", S("Write "), S(" as a text in quotes."));
        }
    }
    return ok;
}

/* Merging costs members times members, so a patch may have only so many in one object. */
static bool
is_small(const struct json *patch)
{
    if (patch->type != JSON_OBJECT) {
        return true;
    }
    for (const struct json *m = patch->first; m != NULL; m = m->next) {
        if (!is_small(m)) {
            return false;
        }
    }
    return patch->count <= FIELD_MAX_ITEMS;
}

/* RFC 7396 s2, MergePatch(target, patch), written instead of returned. target may be NULL. Recursion
 * is bounded by JSON_MAX_DEPTH. */
static void
write_merged(struct json_out *out, const struct json *target, const struct json *patch)
{
    bool is_merge = target != NULL && target->type == JSON_OBJECT;

    if (patch->type != JSON_OBJECT) {
        json_out_value(out, patch);
        return;
    }
    json_out_object(out);
    for (const struct json *m = is_merge ? target->first : NULL; m != NULL; m = m->next) {
        const struct json *change = json_get(patch, m->name);
        if (change != NULL && change->type == JSON_NULL) {
            continue;
        }
        json_out_name(out, m->name);
        if (change == NULL) {
            json_out_value(out, m);
        } else {
            write_merged(out, m, change);
        }
    }
    for (const struct json *m = patch->first; m != NULL; m = m->next) {
        if (m->type != JSON_NULL && !(is_merge && json_get(target, m->name) != NULL)) {
            json_out_name(out, m->name);
            write_merged(out, NULL, m);
        }
    }
    json_out_object_end(out);
}

static bool
complain_size(const struct field_in *in)
{
    return field_complain(in->job, in->at, "tooLong", S("Make "),
        str_fmt(in->job->reader->arena, " at most %lld bytes of JSON.",
            (long long)field_max(in->field)));
}

/* Writes the new value into buf: what was sent, or that merged into the old one. */
static bool
write_new(const struct field_in *in, str old_text, struct buf *buf)
{
    struct arena *arena = in->job->reader->arena;
    const struct json *old;
    struct json_out out;

    json_out_init(&out, buf);
    if (!field_is_patch(in->mode)) {
        json_out_value(&out, in->value);
        return true;
    }
    if ((int64_t)in->value->raw.n > field_max(in->field)) {
        return complain_size(in);
    }
    if (!is_small(in->value)) {
        return field_complain(in->job, in->at, "tooMany", S("Give "),
            str_fmt(arena, " at most %d members in one object.", FIELD_MAX_ITEMS));
    }
    if (!json_parse(arena, old_text.n ? old_text : S("{}"), &old, NULL)) {
        return !arena_failed(arena) && complain_size(in);
    }
    write_merged(&out, old, in->value);
    return true;
}

bool
field_read_json(const struct field_in *in, void *member)
{
    struct arena *arena = in->job->reader->arena;
    struct buf buf;
    str text;

    if (in->value->type != JSON_OBJECT) {
        return field_complain_shape(in, in->at);
    }
    if (in->mode == FIELD_STORED) { /* we wrote it: compact already */
        *(str *)member = str_dup(arena, in->value->raw);
        return true;
    }
    if (in->field->kind == FIELD_TEXT_MAP && !all_texts(in)) {
        return false;
    }
    buf_init(&buf, arena, (size_t)field_max(in->field));
    if (!write_new(in, *(const str *)member, &buf)) {
        return false;
    }
    if (!buf_done(&buf, &text)) {
        return !arena_failed(arena) && complain_size(in);
    }
    /* None and an empty one are the same, so that what was shown as {} may come back without a change. */
    *(str *)member = text.n == 2 && !(in->field->flags & FIELD_REQUIRED) ? NO_STR : text;
    return true;
}
