/* SPDX-License-Identifier: Apache-2.0 */
/* What only the whole of files and server can tell before anything is done: that what a thing names by its id is in the
 * files or on the server, and that its name is not another's. What is found here is what the API would refuse halfway. */
#include <stdio.h>

#include "app/apply.h"
#include "app/operator.h"
#include "base/arena.h"
#include "model/group/group.h"
#include "model/key/key.h"
#include "model/record/record.h"

enum { LEFT_TOLD = 10 };

struct look {
    struct apply *apply;
    const struct thing *thing;
};

/* Members that name things without saying which kind in their table: by how they end. */
static const struct {
    const char *member, *kind;
} named_kinds[] = {
    {"applicationId", "applications"},
    {"applicationIds", "applications"},
    {"applicationConfiguration", "applications"},
    {"parentId", "entities"},
    {"recipientEntityId", "entities"},
    {"roleIds", "roles"},
    {"tenantConfiguration", "tenants"},
    {"tenantId", "tenants"},
    {"tenantIds", "tenants"},
    {"KeyId", "keys"},
    {"KeyIds", "keys"},
};

static const struct managed *
kind_of(const struct field *f)
{
    for (size_t i = 0; f->kind == FIELD_UUID && f->more.kind != NULL && i < managed_count; i++) {
        if (managed[i].record == f->more.kind) {
            return &managed[i];
        }
    }
    for (size_t i = 0; i < COUNT(named_kinds); i++) {
        if (!str_ends(str_from(f->name), str_from(named_kinds[i].member))) {
            continue;
        }
        for (size_t k = 0; k < managed_count; k++) {
            if (managed_is(&managed[k], named_kinds[i].kind)) {
                return &managed[k];
            }
        }
    }
    return NULL;
}

static bool
is_there(const struct apply *a, const struct managed *kind, str id)
{
    struct uuid built_in;

    if (managed_is(kind, "keys") && uuid_parse(id, &built_in)
        && key_client_alg(built_in) != SIGN_NONE) {
        return true;
    }
    return (managed_is(kind, "tenants") && str_eq(id, a->tenant_id))
           || things_by_id(&a->wanted, kind, id) != NULL || things_by_id(&a->here, kind, id) != NULL
           || (kind->record != NULL && uuid_parse(id, &built_in)
               && record_is_built_in(kind->record, built_in));
}

static void
tell(const struct look *look, str path, const char *what)
{
    struct apply *a = look->apply;
    const struct thing *t = look->thing;

    apply_fault(a,
        str_fmt(a->arena, STRF " (" STRF "): " STRF, STRV(t->place), STRV(thing_label(a->arena, t)),
            STRV(path)),
        str_from(what));
}

static void
check_id(const struct look *look, const struct managed *kind, str id, str path)
{
    if (kind != NULL && id.n && !is_there(look->apply, kind, id)) {
        tell(look, path,
            "there is nothing with this id, neither in the files nor on the server: what is named "
            "must be there");
    }
}

static void
check_uuid(const struct look *look, const struct field *f, struct uuid id, str path)
{
    char text[UUID_TEXT];

    if (!uuid_is_nil(id)) {
        uuid_write(id, text);
        check_id(look, kind_of(f), (str){text, sizeof text}, path);
    }
}

static void check_table(
    const struct look *look, const struct field_table *table, const void *object, str path);

static void
check_items(const struct look *look, const struct field *f, const struct field_list *list, str path)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * f->more.table->size;
        if (f->kind == FIELD_UUID_MAP) { /* an item begins with its key */
            struct uuid key;
            memcpy(&key, item, sizeof key);
            check_uuid(look, f, key, path);
        }
        check_table(look, f->more.table, item, path);
    }
}

static void
check_row(const struct look *look, const struct field *f, const void *member, str path)
{
    const struct field_texts *texts = member;
    struct uuid id;

    switch (f->kind) {
    case FIELD_UUID:
        memcpy(&id, member, sizeof id);
        check_uuid(look, f, id, path);
        break;
    case FIELD_UUIDS:
        for (size_t i = 0; i < texts->count; i++) {
            check_id(look, kind_of(f), texts->items[i], path);
        }
        break;
    case FIELD_OBJECT:
        check_table(look, f->more.table, member, path);
        break;
    case FIELD_OBJECTS:
    case FIELD_MAP:
    case FIELD_UUID_MAP:
        check_items(look, f, member, path);
        break;
    default:
        break;
    }
}

/* What the server alone writes is not what the file names. */
static void
check_table(const struct look *look, const struct field_table *table, const void *object, str path)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->fields[i];
        if (f->kind != FIELD_LATER && !(f->flags & FIELD_READ_ONLY)) {
            check_row(look, f, (const char *)object + f->offset,
                str_fmt(look->apply->arena, STRF ".%s", STRV(path), f->name));
        }
    }
}

static bool
has_own_name(const struct managed *kind)
{
    return managed_is(kind, "applications") || managed_is(kind, "tenants")
           || (managed_is(kind, "groups") && group_kind.is_name_unique)
           || (kind->record != NULL && kind->record->is_name_unique
               && !managed_is(kind, "entities")); /* of those, client ids are */
}

static bool
is_same_name(const struct thing *a, const struct thing *b)
{
    return a != b && a->kind == b->kind && str_eq(a->name, b->name) && str_eq(a->tenant, b->tenant);
}

/* One of the files that comes later would find the name taken; so would one of the server's that keeps it. */
static void
check_name(const struct look *look)
{
    const struct apply *a = look->apply;
    const struct thing *t = look->thing;
    const struct thing *here = things_by_name(&a->here, t);
    bool is_taken =
        here != NULL && here != t->other && (here->other == NULL || is_same_name(here->other, t));
    str path = str_fmt(a->arena, "%s.%s", t->kind->wrapper, t->kind->label);

    if (t->name.n == 0 || !has_own_name(t->kind)) {
        return;
    }
    if (is_taken) {
        tell(look, path, "the server has another one of this name: names are unique");
    } else if (things_by_name(&a->wanted, t) != t) {
        tell(look, path, "the files have another one of this name: names are unique");
    }
}

static bool
is_person(struct apply *a, str tenant_id, str id)
{
    struct arena *own = arena_new(MB(64));
    struct operator_call call = {.method = "GET", .tenant_id = tenant_id};
    int status = 0;
    str body;

    if (own != NULL) {
        call.path = str_fmt(own, "/api/user/" STRF, STRV(id));
        status = operator_perform(a->inside->dispatch, own, &call, &body);
    }
    arena_free(own);
    return status == 200;
}

/* People are in no file: on another server they may come later. */
void
apply_find_people(struct apply *a)
{
    size_t left = 0;

    for (size_t i = 0; i < a->wanted.count; i++) {
        struct thing *t = a->wanted.items[i];
        if (!t->is_to_person || t->other != NULL || t->object == NULL) {
            continue;
        }
        t->is_left = !is_person(a, t->parent->tenant, t->name);
        if (t->is_left && left++ < LEFT_TOLD) {
            fprintf(stderr, "cardea: " STRF ": left out: there is no person with this id\n",
                STRV(t->place));
        }
    }
    if (left > LEFT_TOLD) {
        fprintf(stderr, "cardea: %zu more grants are left out: their people are not here\n",
            left - LEFT_TOLD);
    }
}

static void
check_parent(const struct look *look)
{
    const struct thing *parent = look->thing->parent;

    if (parent != NULL) {
        check_id(look, parent->kind, parent->id, S("id"));
    }
}

void
apply_check_whole(struct apply *a)
{
    for (size_t i = 0; i < a->wanted.count; i++) {
        struct thing *t = a->wanted.items[i];
        struct look look = {a, t};
        if (t->object == NULL || !apply_differs(t)) {
            continue;
        }
        check_id(&look, managed_find(S("tenants")), t->tenant, S("tenantId"));
        check_parent(&look);
        check_table(&look, t->table, t->object, str_from(t->kind->wrapper));
        check_name(&look);
    }
}
