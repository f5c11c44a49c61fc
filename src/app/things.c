/* SPDX-License-Identifier: Apache-2.0 */
/* Finding things among very many: by id, and by name beside their siblings. Chains hang in the things themselves; of
 * those of one name the first noted stays first, and its namesakes stand right behind it. */
#include "app/managed.h"
#include "base/arena.h"

enum { FIRST_ROOM = 256 };

static size_t
hash_add(size_t hash, str text)
{
    for (size_t i = 0; i < text.n; i++) { /* FNV-1a */
        hash = (hash ^ (unsigned char)text.p[i]) * (size_t)1099511628211U;
    }
    return hash;
}

static size_t
hash_of_id(const struct managed *kind, str id)
{
    return hash_add(managed_index(kind) + 1, id);
}

static size_t
hash_of_name(const struct thing *t)
{
    size_t hash = hash_add(managed_index(t->kind) + 1, t->name);

    return hash_add(hash, t->parent ? t->parent->id : t->tenant);
}

static bool
is_beside(const struct thing *a, const struct thing *b)
{
    bool is_same = a->parent == NULL ? b->parent == NULL
                                     : b->parent != NULL && str_eq(b->parent->id, a->parent->id);

    return is_same && a->kind == b->kind && str_eq(a->name, b->name)
           && str_eq(a->tenant, b->tenant);
}

static struct thing *
find_name(const struct things *things, const struct thing *like)
{
    struct thing *t =
        things->chains ? things->by_name[hash_of_name(like) & (things->chains - 1)] : NULL;

    while (t != NULL && !is_beside(like, t)) {
        t = t->next_name;
    }
    return t;
}

static void
hang(struct things *things, struct thing *t)
{
    struct thing *namesake = find_name(things, t);
    struct thing **by_id = &things->by_id[hash_of_id(t->kind, t->id) & (things->chains - 1)];
    struct thing **by_name = &things->by_name[hash_of_name(t) & (things->chains - 1)];

    t->next_id = *by_id;
    *by_id = t;
    by_name = namesake ? &namesake->next_name : by_name;
    t->next_name = *by_name;
    *by_name = t;
}

static bool
grow(struct things *things)
{
    size_t old = things->chains, room = old ? old * 4 : FIRST_ROOM;
    struct thing **by_id = ARENA_ARRAY(things->arena, room, struct thing *);
    struct thing **by_name = ARENA_ARRAY(things->arena, room, struct thing *);
    struct thing **before = things->by_name;

    if (by_id == NULL || by_name == NULL) {
        return false;
    }
    memset(by_id, 0, room * sizeof(struct thing *));
    memset(by_name, 0, room * sizeof(struct thing *));
    things->by_id = by_id;
    things->by_name = by_name;
    things->chains = room;
    for (size_t i = 0; i < old;
         i++) { /* the chains by name hold each thing once, namesakes in order */
        for (struct thing *t = before[i], *next; t != NULL; t = next) {
            next = t->next_name;
            hang(things, t);
        }
    }
    return true;
}

bool
things_note(struct things *things, struct thing *thing)
{
    if (things->noted >= things->chains && !grow(things)) {
        return false;
    }
    hang(things, thing);
    things->noted++;
    return true;
}

struct thing *
things_by_id(const struct things *things, const struct managed *kind, str id)
{
    struct thing *t =
        things->chains ? things->by_id[hash_of_id(kind, id) & (things->chains - 1)] : NULL;

    while (t != NULL && (t->kind != kind || !str_eq(t->id, id))) {
        t = t->next_id;
    }
    return t;
}

struct thing *
things_by_name(const struct things *things, const struct thing *like)
{
    return find_name(things, like);
}

bool
things_has_namesake(const struct thing *thing)
{
    return thing->next_name != NULL && is_beside(thing, thing->next_name);
}
