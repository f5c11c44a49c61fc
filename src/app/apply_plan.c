/* SPDX-License-Identifier: Apache-2.0 */
/* What cardea apply would do: each thing of the files read by its table, as the API would, and compared with the
 * server's. Secrets are compared and never shown. */
#include <stdio.h>

#include "app/apply.h"
#include "app/config.h"
#include "app/house.h"
#include "app/operator.h"
#include "base/arena.h"
#include "crypto/sign.h"
#include "model/admin/admin.h"
#include "model/apikey/apikey.h"
#include "model/cache/cache.h"
#include "model/entity/entity.h"
#include "model/key/key.h"

enum { SHOWN_BYTES = 100 };

static str
canonical(struct arena *arena, str algorithm, str pem, bool is_private)
{
    struct sign_key *key = sign_key_from_pem(sign_alg_by_name(algorithm), pem);
    str text = NO_STR;
    bool is_read = key != NULL
                   && (is_private ? sign_key_export_private(arena, key, &text)
                                  : sign_key_export_public(arena, key, &text));

    sign_key_unref(key);
    return is_read ? text : pem;
}

/* The same key may be written in several forms. */
static void
normalize_key(struct arena *arena, struct key *key)
{
    if (key->private_key.n) {
        key->private_key = canonical(arena, key->algorithm, key->private_key, true);
    }
    if (key->public_key.n) {
        key->public_key = canonical(arena, key->algorithm, key->public_key, false);
    }
}

/* Only its digest is kept: is it this key's value? An expired one is found by nobody. */
static void
check_api_key(struct apply *a, const struct thing *t, struct api_key *key)
{
    const struct api_key *found = NULL;
    bool is_over = key->expiration_instant && key->expiration_instant <= clock_now_ms();
    char id[UUID_TEXT] = "";
    struct rq rq;

    if (key->key.n == 0) {
        return;
    }
    house_begin(a->inside->house, a->arena, &rq);
    if (apikey_find(&rq, key->key, &found) == ERR_OK && found != NULL) {
        uuid_write(found->id, id);
    }
    cache_end_request(&rq);
    key->key = NO_STR;
    if (!str_eq((str){id, found ? sizeof id : 0}, t->id) && (found != NULL || !is_over)) {
        apply_fault(a, t->place,
            S("names another value than this API key has: a value cannot change, so give the new "
              "one "
              "another id"));
    }
}

static void
check_key_changes(struct apply *a, const struct thing *t)
{
    str path;

    for (const struct json *c = t->changes->first; c != NULL; c = c->next) {
        if (json_str(json_get(c, S("path")), &path) && !str_eq(path, S("name"))) {
            apply_fault(a, t->place,
                str_fmt(a->arena,
                    "has another " STRF " than the server's key: a key keeps all but its "
                    "name, so give the new one another id",
                    STRV(path)));
            return;
        }
    }
}

static bool
read_object(struct apply *a, struct thing *t, void *object)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {a->arena, &faults};
    enum field_mode mode = t->other == NULL                  ? FIELD_CREATE
                           : t->kind->flags & MANAGED_MERGED ? FIELD_PATCH
                                                             : FIELD_REPLACE;
    struct json_out out;
    struct buf buf;
    str text;

    if (field_read(&reader, t->table, mode, t->value, str_from(t->kind->wrapper), object)) {
        return true;
    }
    buf_init(&buf, a->arena, MB(1));
    json_out_init(&out, &buf);
    field_faults_json(&faults, &out);
    if (!buf_done(&buf, &text) || !apply_faults(a, t, text)) {
        apply_fault(a, t->place, S("has fields at fault"));
    }
    return false;
}

static void
find_changes(struct apply *a, struct thing *t, const void *before)
{
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, a->arena, MB(32));
    json_out_init(&out, &buf);
    (void)field_diff(t->table, before, t->object, a->arena, &out);
    if (!buf_done(&buf, &text) || !json_parse(a->arena, text, &t->changes, NULL)) {
        t->changes = NULL;
        apply_fault(a, t->place, S("differs too much to be shown"));
    }
}

static void
check_recipient(struct apply *a, const struct thing *t, const struct entity_grant *grant)
{
    if (uuid_is_nil(grant->user_id) == uuid_is_nil(grant->recipient_id)) {
        apply_fault(a, t->place, S("names either recipientEntityId or userId, who has the grant"));
    }
}

static void
compare(struct apply *a, struct thing *t)
{
    void *object, *before;

    if (t->value == NULL) {
        return; /* told already */
    }
    if (t->other != NULL && t->other->table != t->table) {
        apply_fault(a, t->place, S("has another type than the one of its id: that cannot change"));
        return;
    }
    object = arena_alloc(a->arena, t->table->size);
    before = arena_alloc(a->arena, t->table->size);
    if (object == NULL || before == NULL) {
        apply_fault(a, t->place, S("does not fit in memory"));
        return;
    }
    if (t->other != NULL) {
        memcpy(before, t->other->object, t->table->size);
        memcpy(object, before, t->table->size);
    } else {
        field_defaults(a->arena, t->table, before);
        thing_tidy(t->kind, before);
    }
    if (!read_object(a, t, object)) {
        return;
    }
    thing_tidy(t->kind, object);
    if (managed_is(t->kind, "keys")) {
        normalize_key(a->arena, object);
    } else if (managed_is(t->kind, "apiKeys") && t->other != NULL) {
        check_api_key(a, t, object);
    }
    if (managed_is(t->kind, "grants")) {
        check_recipient(a, t, object);
    }
    t->object = object;
    find_changes(a, t, before);
    if (managed_is(t->kind, "keys") && t->other != NULL && t->changes != NULL) {
        check_key_changes(a, t);
    }
}

void
apply_compare(struct apply *a)
{
    for (size_t i = 0; i < a->wanted.count; i++) {
        compare(a, a->wanted.items[i]);
    }
}

/* What belongs to a tenant is managed if the files name the tenant. */
static bool
is_tenant_named(const struct apply *a, str tenant)
{
    for (size_t i = 0; i < a->wanted.count; i++) {
        const struct thing *t = a->wanted.items[i];
        bool is_it = managed_is(t->kind, "tenants") && str_eq(t->id, tenant);
        if (is_it || str_eq(t->tenant, tenant)) {
            return true;
        }
    }
    return false;
}

/* The files say with which key the tenant of this one signs. */
static bool
has_other_own(const struct apply *a, const struct thing *key)
{
    for (size_t i = 0; i < a->wanted.count; i++) {
        const struct thing *t = a->wanted.items[i];
        if (t->is_own && str_eq(t->tenant, key->tenant)) {
            return true;
        }
    }
    return false;
}

/* What a universal application ends with is of every tenant, named or not. */
static bool
is_protected(const struct apply *a, const struct thing *t)
{
    bool is_application = managed_is(t->kind, "applications");
    char admin[UUID_TEXT];

    uuid_write(admin_application_id(), admin);
    return (t->kind->flags & MANAGED_SINGLE) || (t->is_own && !has_other_own(a, t))
           || (managed_is(t->kind, "tenants") && str_eq(t->id, a->tenant_id))
           || (is_application && t->tenant.n == 0)
           || (is_application && str_eq(t->id, (str){admin, sizeof admin}));
}

bool
apply_prunes(const struct apply *a, const struct thing *t)
{
    uint32_t bit = UINT32_C(1) << managed_index(t->kind);

    if (!a->config->prune || t->other != NULL || t->is_to_person || is_protected(a, t)) {
        return false;
    }
    if (t->parent != NULL) {
        return t->parent->other != NULL && (t->parent->other->parts & bit);
    }
    return (a->named & bit) && (t->tenant.n == 0 || is_tenant_named(a, t->tenant));
}

static void
check_people(struct apply *a, const struct thing *t)
{
    struct operator_call call = {.method = "GET",
        .path = S("/api/user/search"),
        .query = S("queryString=*&numberOfResults=1"),
        .tenant_id = t->id};
    const struct json *answer = NULL;
    int64_t total = -1;
    str body;

    if (operator_perform(a->inside->dispatch, a->arena, &call, &body) == 200
        && json_parse(a->arena, body, &answer, NULL)) {
        (void)!json_i64(json_get(answer, S("total")), &total);
    }
    if (total != 0) {
        apply_fault(a, thing_label(a->arena, t),
            S("has people: a tenant that is not empty is deleted by the API, not by --prune"));
    }
}

void
apply_check_prune(struct apply *a)
{
    for (size_t i = 0; i < a->here.count; i++) {
        const struct thing *t = a->here.items[i];
        if (managed_is(t->kind, "tenants") && apply_prunes(a, t)) {
            check_people(a, t);
        }
    }
}

static void
print_value(struct arena *arena, const struct json *value)
{
    str raw = value ? value->raw : S("null");
    size_t n = MIN(raw.n, (size_t)SHOWN_BYTES);

    while (n < raw.n && n && ((uint8_t)raw.p[n] & 0xc0) == 0x80) {
        n--; /* not within a character */
    }
    printf(STRF, STRV(managed_shown(arena, str_head(raw, n))));
    if (n < raw.n) {
        printf("... (%zu bytes)", raw.n);
    }
}

static bool
is_hidden(const struct json *value)
{
    str text;

    return json_str(value, &text) && str_eq(text, S("***"));
}

static void
print_changes(struct arena *arena, const struct thing *t)
{
    const struct json *first = t->changes ? t->changes->first : NULL;

    for (const struct json *c = first; c != NULL; c = c->next) {
        const struct json *old = json_get(c, S("old")), *new = json_get(c, S("new"));
        str path = NO_STR;
        (void)!json_str(json_get(c, S("path")), &path);
        printf("    " STRF ": ", STRV(managed_shown(arena, path)));
        if (is_hidden(old) || is_hidden(new)) {
            printf("(%s)", t->other == NULL ? "set" : "changed");
        } else if (t->other == NULL) {
            print_value(arena, new);
        } else {
            print_value(arena, old);
            printf(" -> ");
            print_value(arena, new);
        }
        printf("\n");
    }
}

/* Whether it is taken out of use, or back. */
static bool
is_switched(const struct thing *t)
{
    return t->is_out != (t->other != NULL && t->other->is_out);
}

bool
apply_becomes_own(const struct thing *t)
{
    return t->is_own && (t->other == NULL || !t->other->is_own);
}

bool
apply_differs(const struct thing *t)
{
    return !t->is_left
           && (t->other == NULL || (t->changes != NULL && t->changes->first != NULL)
               || is_switched(t) || apply_becomes_own(t));
}

static void
print_head(const struct apply *a, char sign, const struct thing *t)
{
    printf("%c " STRF " (" STRF ")\n", sign, STRV(thing_label(a->arena, t)), STRV(t->id));
}

size_t
apply_print_plan(const struct apply *a)
{
    size_t made = 0, changed = 0, deleted = 0;

    for (size_t i = 0; i < a->wanted.count; i++) {
        const struct thing *t = a->wanted.items[i];
        if (apply_differs(t)) {
            print_head(a, t->other ? '~' : '+', t);
            print_changes(a->arena, t);
        }
        if (is_switched(t) && thing_is_out_beside(t)) {
            printf("    active: %s\n", t->other == NULL ? "false"
                                       : t->is_out      ? "true -> false"
                                                        : "false -> true");
        }
        if (apply_becomes_own(t)) {
            printf("    tenantDefault: %strue\n", t->other == NULL ? "" : "false -> ");
        }
        made += t->other == NULL && !t->is_left;
        changed += t->other != NULL && apply_differs(t);
    }
    for (size_t i = a->here.count; i-- > 0;) {
        if (apply_prunes(a, a->here.items[i])) {
            print_head(a, '-', a->here.items[i]);
            deleted++;
        }
    }
    if (made + changed + deleted == 0) {
        printf("nothing to do\n");
    } else {
        printf("%zu to make, %zu to change, %zu to delete\n", made, changed, deleted);
    }
    return made + changed + deleted;
}
