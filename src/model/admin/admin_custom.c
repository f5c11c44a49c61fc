/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of one's own: a role of the administrators' application has, in a record of the same id, what it permits. */
#include "codec/json.h"
#include "model/admin/admin.h"
#include "model/rq/rq.h"

/* clang-format off */
#define A(member) FIELD_AT(struct admin_role, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "name",              .kind = FIELD_TEXT,    .offset = A(name), .flags = FIELD_READ_ONLY, .max = 191},
    {.name = "permissions",       .kind = FIELD_JSON,    .offset = A(permissions), .flags = FIELD_REQUIRED, .max = 8192},
    {.name = "tenantId",          .kind = FIELD_UUID,    .offset = A(scope_id)},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("AdminRole", fields, struct admin_role, NULL);

static const struct {
    const char *name;
    char letter;
} verb_names[] = {{"assist", 'A'}, {"delete", 'D'}, {"read", 'R'}, {"write", 'W'}};
/* clang-format on */

const struct record_kind admin_role_kind = {
    .number = RECORD_ADMIN_ROLE, .name = "adminRole", .table = &table};

static char
letter_of(const struct json *verb)
{
    str name;

    for (size_t i = 0; json_str(verb, &name) && i < COUNT(verb_names); i++) {
        if (str_eq(name, str_from(verb_names[i].name))) {
            return verb_names[i].letter;
        }
    }
    return '\0';
}

/* "user": ["read", "write"] as "user:RW". */
static bool
add_entry(
    struct arena *arena, const struct json *entry, uint8_t verbs[ADMIN_FAMILY_COUNT], str *ret_at)
{
    struct buf buf;
    str text;

    *ret_at = entry->name;
    buf_init(&buf, arena, 300);
    buf_str(&buf, entry->name);
    buf_char(&buf, ':');
    for (const struct json *v = entry->first; v != NULL; v = v->next) {
        char letter = letter_of(v);
        if (letter == '\0') {
            return false;
        }
        buf_char(&buf, letter);
    }
    return entry->type == JSON_ARRAY && str_find(entry->name, ' ') == entry->name.n
           && str_find(entry->name, ':') == entry->name.n && buf_done(&buf, &text)
           && admin_add_grants(text, verbs);
}

bool
admin_add_permissions(
    struct arena *arena, str permissions, uint8_t verbs[ADMIN_FAMILY_COUNT], str *ret_at)
{
    const struct json *all;

    *ret_at = S("permissions");
    if (!json_parse(arena, permissions, &all, NULL) || all->type != JSON_OBJECT) {
        return false;
    }
    for (const struct json *entry = all->first; entry != NULL; entry = entry->next) {
        if (!add_entry(arena, entry, verbs, ret_at)) {
            return false;
        }
    }
    return true;
}
