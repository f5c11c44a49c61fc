/* SPDX-License-Identifier: Apache-2.0 */
/* The command: read, compare, show, ask a person at a terminal, make it so. Each thing is one call of the API and so
 * whole or not at all; a run that a fault stops has made what stood before it, and the next run goes on from there. */
#include "app/apply.h"

#include <stdio.h>
#include <unistd.h>

#include "app/config.h"
#include "app/operator.h"
#include "base/arena.h"

enum { PROGRESS = 50 };
static const size_t APPLY_ARENA = (size_t)64 * 1024 * 1024 * 1024; /* what the machine has */

void
apply_fault(struct apply *a, str place, str what)
{
    a->faults++;
    fprintf(stderr, "cardea: " STRF ": " STRF "\n", STRV(managed_shown(a->arena, place)),
        STRV(managed_shown(a->arena, what)));
}

static void
tell_faults(struct apply *a, const struct thing *t, str path, const struct json *list)
{
    for (const struct json *f = list->first; f != NULL; f = f->next) {
        str message = NO_STR;
        (void)!json_str(json_get(f, S("message")), &message);
        apply_fault(a,
            str_fmt(a->arena, STRF " (" STRF ")%s" STRF, STRV(t->place.n ? t->place : S("server")),
                STRV(thing_label(a->arena, t)), path.n ? ": " : "", STRV(path)),
            message);
    }
}

bool
apply_faults(struct apply *a, const struct thing *t, str errors)
{
    const struct json *json, *fields, *general;
    size_t before = a->faults;

    if (!json_parse(a->arena, errors, &json, NULL)) {
        return false;
    }
    fields = json_get(json, S("fieldErrors"));
    general = json_get(json, S("generalErrors"));
    for (const struct json *f = fields ? fields->first : NULL; f != NULL; f = f->next) {
        tell_faults(a, t, f->name, f);
    }
    if (general != NULL) {
        tell_faults(a, t, NO_STR, general);
    }
    return a->faults > before;
}

static str
path_of(struct apply *a, const struct thing *t, bool is_new)
{
    str path = str_from(t->kind->path);
    size_t at = str_find(path, '%');
    bool is_given = json_get(t->value, S("privateKey")) || json_get(t->value, S("publicKey"))
                    || json_get(t->value, S("secret"));

    if (t->kind->flags & MANAGED_SINGLE) {
        return path;
    }
    if (at < path.n) { /* of a part: below its parent */
        path = str_fmt(a->arena, STRF STRF STRF, STRV(str_head(path, at)), STRV(t->parent->id),
            STRV(str_skip(path, at + 2)));
    }
    if (is_new && managed_is(t->kind, "keys")) {
        path = str_fmt(a->arena, STRF "/%s", STRV(path), is_given ? "import" : "generate");
    }
    return managed_is(t->kind, "grants")
               ? path /* who has it stands in the body, or in the query */
               : str_fmt(a->arena, STRF "/" STRF, STRV(path), STRV(t->id));
}

/* In a body's object: not what stands beside it, nor what a change does not say. */
static bool
is_sent(const struct thing *t, str name)
{
    if (managed_is(t->kind, "groups") && str_eq(name, S("roleIds"))) {
        return false;
    }
    if (t->other != NULL && managed_is(t->kind, "apiKeys") && str_eq(name, S("key"))) {
        return false;
    }
    return t->other == NULL || !managed_is(t->kind, "keys") || str_eq(name, S("name"));
}

static str
body_of(struct apply *a, const struct thing *t)
{
    const struct json *roles = json_get(t->value, S("roleIds"));
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, a->arena, MB(32));
    json_out_init(&out, &buf);
    json_out_object(&out);
    json_out_name(&out, str_from(t->kind->wrapper));
    json_out_object(&out);
    for (const struct json *m = t->value->first; m != NULL; m = m->next) {
        if (is_sent(t, m->name)) {
            json_out_name(&out, m->name);
            json_out_value(&out, m);
        }
    }
    json_out_object_end(&out);
    if (managed_is(t->kind, "groups") && roles != NULL) {
        json_out_name(&out, S("roleIds"));
        json_out_value(&out, roles);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static bool
perform(struct apply *a, const struct thing *t, const struct operator_call *call)
{
    str body;
    int status = operator_perform(a->inside->dispatch, a->arena, call, &body);

    if (status >= 200 && status < 300) {
        return true;
    }
    if (!apply_faults(a, t, body)) {
        apply_fault(a, t->place.n ? t->place : thing_label(a->arena, t),
            str_fmt(a->arena, "%s " STRF " was answered with %d", call->method, STRV(call->path),
                status));
    }
    return false;
}

static bool
take_back(struct apply *a, const struct thing *t)
{
    struct operator_call call = {
        .method = "PUT", .path = path_of(a, t, false), .query = S("reactivate=true")};

    return perform(a, t, &call);
}

/* After everything else is made: what is out of use may not be changed, nor named. */
static bool
take_out(struct apply *a, const struct thing *t)
{
    struct operator_call call = {.method = "DELETE", .path = path_of(a, t, false)};

    return !t->is_out || (t->other != NULL && t->other->is_out) || perform(a, t, &call);
}

static bool
is_new_tenant(const struct apply *a, str id)
{
    const struct thing *tenant = things_by_id(&a->wanted, managed_find(S("tenants")), id);

    return (tenant != NULL && tenant->other == NULL) || (a->has_opened && str_eq(id, a->tenant_id));
}

/* The key that a tenant was made with a moment ago: it has signed nothing. */
static str
fresh_key_of(struct apply *a, str tenant_id)
{
    struct operator_call call = {.method = "GET", .path = S("/api/key"), .tenant_id = tenant_id};
    const struct json *answer = NULL, *list;
    str body, id = NO_STR;
    bool is_own = false;

    if (operator_perform(a->inside->dispatch, a->arena, &call, &body) != 200
        || !json_parse(a->arena, body, &answer, NULL)) {
        return NO_STR;
    }
    list = json_get(answer, S("keys"));
    for (const struct json *k = list ? list->first : NULL; k != NULL && !is_own; k = k->next) {
        is_own = json_bool(json_get(k, S("tenantDefault")), &is_own) && is_own
                 && json_str(json_get(k, S("id")), &id);
    }
    return is_own ? id : NO_STR;
}

/* A tenant's own key takes the place of the one that a new tenant was given. */
static bool
make_own_key(struct apply *a, const struct thing *t, const struct operator_call *call)
{
    str fresh = is_new_tenant(a, t->tenant) ? fresh_key_of(a, t->tenant) : NO_STR;
    struct operator_call end = {.method = "DELETE",
        .path = str_fmt(a->arena, "%s/" STRF, t->kind->path, STRV(fresh)),
        .tenant_id = t->tenant};

    return perform(a, t, call) && (fresh.n == 0 || str_eq(fresh, t->id) || perform(a, t, &end));
}

static bool
make(struct apply *a, const struct thing *t)
{
    bool is_in_tenant = t->kind->flags & MANAGED_IN_TENANT;
    struct operator_call call = {
        .method = t->other && !managed_is(t->kind, "grants") ? "PUT" : "POST",
        .path = path_of(a, t, t->other == NULL),
        .query = t->is_own ? S("tenantDefault=true") : NO_STR,
        .tenant_id = is_in_tenant ? t->tenant : NO_STR,
        .body = body_of(a, t),
    };

    if (t->is_left) {
        return true;
    }
    if (apply_becomes_own(t)) {
        return make_own_key(a, t, &call);
    }
    if (t->other != NULL && t->other->is_out && !t->is_out && !take_back(a, t)) {
        return false;
    }
    return (t->other != NULL && t->changes->first == NULL) || perform(a, t, &call);
}

static bool delete (struct apply *a, const struct thing *t)
{
    struct operator_call call = {.method = "DELETE",
        .path = path_of(a, t, false),
        .query = t->kind->flags & MANAGED_RESTS ? S("hardDelete=true") : NO_STR};

    if (managed_is(t->kind, "grants")) {
        call.query = str_fmt(a->arena, "%s=" STRF, t->kind->label, STRV(t->name));
    }
    return perform(a, t, &call);
}

/* A long run says how far it is. */
static void
tell_progress(size_t *done, size_t count)
{
    if (++*done % PROGRESS == 0 && *done < count) {
        printf("%zu of %zu\n", *done, count);
        fflush(stdout);
    }
}

static bool
execute(struct apply *a, size_t count)
{
    size_t done = 0;

    for (size_t i = 0; i < a->wanted.count; i++) {
        if (!make(a, a->wanted.items[i])) {
            return false;
        }
        if (apply_differs(a->wanted.items[i])) {
            tell_progress(&done, count);
        }
    }
    for (size_t i = 0; i < a->wanted.count; i++) {
        if (!take_out(a, a->wanted.items[i])) {
            return false;
        }
    }
    things_sort(&a->here);
    for (size_t i = a->here.count; i-- > 0;) { /* what needs something before what is needed */
        if (!apply_prunes(a, a->here.items[i])) {
            continue;
        }
        if (!delete (a, a->here.items[i])) {
            return false;
        }
        tell_progress(&done, count);
    }
    return true;
}

/* A pipeline is not asked. */
static bool
is_wanted(const struct apply *a)
{
    char answer[8] = "";

    if (a->config->yes || !isatty(STDIN_FILENO)) {
        return true;
    }
    printf("make it so? [y/N] ");
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

/* An empty database gets its first tenant now, unless the plan is all that is asked for. */
static bool
open_tenant(struct apply *a, struct serve_inside *inside)
{
    struct uuid id = a->first_tenant;

    if (uuid_is_nil(inside->default_tenant) && !a->config->dry_run) {
        if (!serve_first_tenant(inside, id)) {
            apply_fault(a, S("the database"), S("its first tenant cannot be made"));
            return false;
        }
        a->has_opened = true;
    }
    id = uuid_is_nil(inside->default_tenant) ? id : inside->default_tenant;
    a->tenant_id = uuid_is_nil(id) ? NO_STR : uuid_text(a->arena, id);
    return true;
}

/* Only where the files name them: there may be very many. */
static bool
read_entities(struct apply *a)
{
    uint32_t bit = UINT32_C(1) << managed_index(managed_find(S("entities")));
    str why = NO_STR;

    if (!(a->named & bit)) {
        return true;
    }
    if (!state_read_entities(a->inside->dispatch, a->inside->house, &a->here, &why)) {
        apply_fault(a, S("the server's entities"), why);
        return false;
    }
    return true;
}

static bool
plan(struct apply *a, struct serve_inside *inside)
{
    str why = NO_STR;

    apply_read_files(a);
    if (a->faults || !open_tenant(a, inside)) {
        return false;
    }
    if (!uuid_is_nil(inside->default_tenant)
        && !state_read(inside->dispatch, inside->house, &a->here, &why)) {
        apply_fault(a, S("the server's configuration"), why);
        return false;
    }
    if (!uuid_is_nil(inside->default_tenant) && !read_entities(a)) {
        return false;
    }
    apply_settle(a);
    things_place_parents(&a->wanted);
    things_place_parents(&a->here);
    apply_compare(a);
    apply_find_people(a);
    apply_check_whole(a);
    if (a->faults == 0) {
        apply_check_prune(a);
    }
    return a->faults == 0;
}

static int
run(struct apply *a)
{
    size_t count = apply_print_plan(a);

    if (a->config->dry_run) {
        return count ? APPLY_DIFFERS : 0;
    }
    if (count == 0) {
        return 0;
    }
    if (!is_wanted(a)) {
        printf("nothing was done\n");
        return 1;
    }
    if (!execute(a, count)) {
        fprintf(stderr,
            "cardea: stopped: what stood before it in the plan is done; mend the fault and "
            "apply again\n");
        return 1;
    }
    printf("done\n");
    return 0;
}

static int
apply_inside(const struct serve_inside *given, const struct config *config)
{
    AUTO(arena_end) struct arena *arena = arena_new(APPLY_ARENA);
    struct serve_inside inside = *given;
    struct apply a = {.inside = &inside, .config = config, .arena = arena};

    if (arena == NULL) {
        fprintf(stderr, "cardea: there is not enough memory\n");
        return 1;
    }
    arena_keep_secret(arena);
    a.here.arena = a.wanted.arena = a.beside.arena = arena;
    return plan(&a, &inside) ? run(&a) : 1;
}

int
apply_run(const struct config *config)
{
    if (config->file_count == 0) {
        fprintf(stderr, "cardea: name the files: cardea apply -f FILE...\n");
        return 2;
    }
    return serve_inside(config, apply_inside);
}
