/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of fields: where they are, how they are said, and FusionAuth's Errors object. Messages say
 * what to do and never echo a value, only names of members. */
#include "base/arena.h"
#include "base/buf.h"
#include "model/field/field_internal.h"

enum { MAX_NAME = 60 };

struct path {
    char text[FIELD_MAX_PATH];
    size_t n;
};

static void
put(struct path *path, str s)
{
    for (size_t i = 0; i < s.n && path->n < sizeof path->text; i++) {
        path->text[path->n++] = (char)(s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?');
    }
}

static void
put_index(struct path *path, size_t index)
{
    char digits[24];
    size_t at = sizeof digits;

    digits[--at] = ']';
    do {
        digits[--at] = (char)('0' + index % 10);
        index /= 10;
    } while (index);
    digits[--at] = '[';
    put(path, (str){digits + at, sizeof digits - at});
}

/* Recursion is bounded: values nest at most JSON_MAX_DEPTH deep. */
static void
put_at(struct path *path, const struct field_at *at)
{
    if (at->up == NULL) {
        put(path, at->name);
        return;
    }
    put_at(path, at->up);
    if (at->is_item) {
        put_index(path, at->index);
        return;
    }
    if (path->n) {
        put(path, S("."));
    }
    put(path, str_head(at->name, MAX_NAME));
}

str
field_at_text(struct arena *arena, const struct field_at *at)
{
    struct path path = {.n = 0};

    put_at(&path, at);
    return str_dup(arena, (str){path.text, path.n});
}

bool
field_complain(
    struct field_job *job, const struct field_at *at, const char *code, str before, str after)
{
    struct field_reader *reader = job->reader;
    size_t count = reader->faults->count;
    str path;

    if (job->is_full) { /* no more are kept: do not spend the arena on them */
        return false;
    }
    path = field_at_text(reader->arena, at);
    field_fault_add(reader->faults, reader->arena, path, str_from(code),
        str_join(reader->arena, (const str[]){before, path.n ? path : S("the request body"), after},
            3, NO_STR));
    job->is_full = reader->faults->count == count;
    return false;
}

bool
field_complain_shape(const struct field_in *in, const struct field_at *at)
{
    str after = str_fmt(in->job->reader->arena, " as %s.", field_facts[in->field->kind].shape);

    return field_complain(in->job, at, "invalidJSON", S("Write "), after);
}

bool
field_judge(struct field_job *job, const struct field_table *table, const struct field *field,
    const void *object, const struct field_at *at)
{
    field_rule *rule = field ? field->rule : table->rule;
    struct field_check check = {job->reader, table, field, object, NO_STR, false};
    size_t count = job->reader->faults->count;

    if (rule == NULL) {
        return true;
    }
    check.path = field_at_text(job->reader->arena, at);
    rule(&check);
    return !check.has_fault && job->reader->faults->count == count;
}

str
field_check_text(const struct field_check *check)
{
    return *(const str *)(const void *)((const char *)check->object + check->field->offset);
}

void
field_check_fault(
    struct field_check *check, const char *name, const char *code, const char *message)
{
    struct arena *arena = check->reader->arena;
    str path = check->path;

    check->has_fault = true;
    if (name != NULL) {
        path = str_fmt(arena, STRF "%s%s", STRV(path), path.n && name[0] != '[' ? "." : "", name);
    }
    field_fault_add(check->reader->faults, arena, str_head(path, FIELD_MAX_PATH), str_from(code),
        str_from(message));
}

void
field_fault(struct field_reader *reader, const char *path, const char *code, const char *message)
{
    field_fault_add(
        reader->faults, reader->arena, str_from(path), str_from(code), str_from(message));
}

/* FusionAuth counts items in the key but not in the code: [invalidURL]application.redirectURLs */
static size_t
without_indexes(str path, char to[static FIELD_MAX_PATH])
{
    size_t n = 0;

    for (size_t i = 0; i < path.n && n < FIELD_MAX_PATH; i++) {
        size_t end = i + 1;
        while (path.p[i] == '[' && end < path.n && path.p[end] >= '0' && path.p[end] <= '9') {
            end++;
        }
        if (end > i + 1 && end < path.n && path.p[end] == ']') {
            i = end;
            continue;
        }
        to[n++] = path.p[i];
    }
    return n;
}

static void
write_fault(const struct field_fault *f, struct json_out *out)
{
    char path[FIELD_MAX_PATH], code[FIELD_MAX_PATH + 66];
    str word = str_head(f->code, 64);
    size_t n = 0, path_n = without_indexes(f->path, path);

    code[n++] = '[';
    memcpy(code + n, word.p ? word.p : "", word.n);
    n += word.n;
    code[n++] = ']';
    memcpy(code + n, path, path_n);
    json_out_object(out);
    json_put_str(out, S("code"), (str){code, n + path_n});
    json_put_str(out, S("message"), f->message);
    json_out_object_end(out);
}

/* All faults of first's path, from first on. */
static void
write_group(const struct field_fault *first, struct json_out *out)
{
    json_out_array(out);
    for (const struct field_fault *f = first; f != NULL; f = f->next) {
        if (str_eq(f->path, first->path)) {
            write_fault(f, out);
        }
    }
    json_out_array_end(out);
}

static const struct field_fault *
first_of_path(const struct field_faults *faults, str path)
{
    const struct field_fault *f = faults->first;

    while (f != NULL && !str_eq(f->path, path)) {
        f = f->next;
    }
    return f;
}

/* Quadratic, but there are never more than a hundred. */
void
field_faults_json(const struct field_faults *faults, struct json_out *out)
{
    const struct field_fault *general = first_of_path(faults, NO_STR);
    bool has_fields = false;

    json_out_object(out);
    for (const struct field_fault *f = faults->first; f != NULL; f = f->next) {
        if (f->path.n == 0 || first_of_path(faults, f->path) != f) {
            continue;
        }
        if (!has_fields) {
            json_out_name(out, S("fieldErrors"));
            json_out_object(out);
            has_fields = true;
        }
        json_out_name(out, f->path);
        write_group(f, out);
    }
    if (has_fields) {
        json_out_object_end(out);
    }
    if (general != NULL) {
        json_out_name(out, S("generalErrors"));
        write_group(general, out);
    }
    json_out_object_end(out);
}
