/* SPDX-License-Identifier: Apache-2.0 */
/* Many users in one write set. What one of them needs while it is sealed lies on an arena that is given back; the rows lie
 * on the request's. Whose id or login id comes twice is known by a set of digests. */
#include "model/user/user_import.h"

#include <pthread.h>
#include <stdlib.h>

#include "model/application/application.h"
#include "model/family/family.h"
#include "model/group/group.h"
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/user/user_internal.h"
#include "model/word/word.h"

enum { APPLICATIONS_MAX = 64, GROUPS_MAX = 64, APPLICATION_IDS_MAX = 100000 };

struct user_import {
    struct arena *arena; /* of the request */
    const struct tenant *tenant;
    struct word_bulk *words;
    uint64_t *seen; /* an open hash of ids and login ids; 0: free */
    size_t seen_room, seen_count;
    int64_t users;
    bool has_seen_applications;
    struct identities list; /* of the user who was checked last, on the scratch arena */
    struct uuid last_id;    /* of those that were made here: the next one comes after it */
    struct {
        struct uuid id;
        int64_t count;
    } applications[APPLICATIONS_MAX];
    size_t application_count;
    struct uuid held_groups[GROUPS_MAX];
    size_t held_count;
};

/* ---- what an import may say beyond user_table ---- */

static struct field fields[FIELD_MAX_ROWS], registration_fields[FIELD_MAX_ROWS];
static struct field_table table, made_registration_table;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static struct field *
row_of(const struct field_table *of, struct field *rows, const char *name)
{
    size_t i = 0;

    while (i < of->count && !str_eq(str_from(rows[i].name), str_from(name))) {
        i++;
    }
    CHECK(i < of->count);
    return &rows[i];
}

static void
make_tables(void)
{
    static const char *const open[] = {"active", "id", "insertInstant", "lastLoginInstant",
        "passwordLastUpdateInstant", "registrations", "uniqueUsername", "verified",
        "verifiedInstant"};
    static const char *const registration_open[] = {
        "insertInstant", "lastLoginInstant", "verified", "verifiedInstant"};

    table = user_table;
    made_registration_table = registration_table;
    memcpy(fields, user_table.fields, user_table.count * sizeof *fields);
    memcpy(registration_fields, registration_table.fields,
        registration_table.count * sizeof *registration_fields);
    table.fields = fields;
    made_registration_table.fields = registration_fields;
    for (size_t i = 0; i < COUNT(open); i++) {
        row_of(&table, fields, open[i])->flags &= ~(unsigned)FIELD_READ_ONLY;
    }
    for (size_t i = 0; i < COUNT(registration_open); i++) {
        row_of(&made_registration_table, registration_fields, registration_open[i])->flags &=
            ~(unsigned)FIELD_READ_ONLY;
    }
    row_of(&table, fields, "registrations")->more.table = &made_registration_table;
    row_of(&table, fields, "password")->max = USER_HASH_MAX;
}

const struct field_table *
user_import_table(void)
{
    pthread_once(&tables_once, make_tables);
    return &table;
}

/* ---- who comes twice ---- */

/* A login id's: its digest is one already. None (no memory) ends the import elsewhere. */
static uint64_t
number_of(bytes digest)
{
    uint64_t n = 0;

    if (digest.n >= sizeof n) {
        memcpy(&n, digest.p, sizeof n);
    }
    return n ? n : 1;
}

/* An id's, of a person ('p') or a membership ('m'): whoever chooses ids counts them, so near ones must not meet. */
static uint64_t
number_of_id(char kind, struct uuid id)
{
    uint8_t text[1 + sizeof id.b];
    struct digest digest;

    text[0] = (uint8_t)kind;
    memcpy(text + 1, id.b, sizeof id.b);
    digest = sha256((bytes){text, sizeof text});
    return number_of(digest_bytes(&digest));
}

/* Where it is, or would be. */
static size_t
place_of(const struct user_import *import, uint64_t number)
{
    size_t at = (size_t)(number * 0x9e3779b97f4a7c15u) & (import->seen_room - 1);

    while (import->seen[at] != 0 && import->seen[at] != number) {
        at = (at + 1) & (import->seen_room - 1);
    }
    return at;
}

static bool
was_seen(const struct user_import *import, uint64_t number)
{
    return import->seen[place_of(import, number)] == number;
}

/* Memberships are as many as there are: half of the room stays free, or no search would end. */
static bool
make_room(struct user_import *import)
{
    const uint64_t *before = import->seen;
    size_t room = import->seen_room;
    uint64_t *seen;

    if (import->seen_count < room / 2) {
        return true;
    }
    seen = ARENA_ARRAY(import->arena, room * 2, uint64_t);
    if (seen == NULL) {
        return false;
    }
    import->seen = seen;
    import->seen_room = room * 2;
    for (size_t i = 0; i < room; i++) {
        if (before[i] != 0) {
            seen[place_of(import, before[i])] = before[i];
        }
    }
    return true;
}

/* False when it was seen before. A failed arena ends the import. */
static bool
see(struct user_import *import, uint64_t number)
{
    size_t at;

    if (!make_room(import)) {
        return true;
    }
    at = place_of(import, number);
    if (import->seen[at] == number) {
        return false;
    }
    import->seen[at] = number;
    import->seen_count++;
    return true;
}

enum err
user_import_begin(
    struct rq *rq, const struct tenant *tenant, size_t max_users, struct user_import **ret)
{
    struct user_import *import = ARENA_NEW(rq->arena, struct user_import);
    size_t room = 1024;
    enum err e;

    while (room < max_users * 2 * (1 + IDENTITY_KIND_COUNT)) {
        room *= 2;
    }
    if (import == NULL) {
        return FAIL_SERVER(rq);
    }
    arena_keep_secret(rq->arena);
    import->arena = rq->arena;
    import->tenant = tenant;
    import->seen_room = room;
    import->seen = ARENA_ARRAY(rq->arena, room, uint64_t);
    e = word_bulk_new(rq, tenant, max_users, &import->words);
    *ret = import;
    return e ? e : import->seen ? ERR_OK : FAIL_SERVER(rq);
}

static void
add_duplicate(
    struct field_reader *reader, const char *path, const char *member, const char *message)
{
    const char *at = str_z(reader->arena, str_fmt(reader->arena, "%s.%s", path, member));

    field_fault(reader, at ? at : path, "duplicate", message);
}

/* Somebody who was erased is no reason: what they left is declared to end, on the request's arena. */
static enum err
is_held(struct rq *rq, struct user_import *import, bytes blind, bool *ret)
{
    const struct tenant *tenant = import->tenant;
    struct arena *scratch = rq->arena;
    struct db_row *row;
    bool is_erased = false;
    enum err e = rq_read(rq, IDENTITY_HOLDER, &row, DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind)));

    *ret = false;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    rq->arena = import->arena;
    e = user_clear_erased(rq, tenant, uuid_from(db_bytes(row, 0)), &is_erased);
    rq->arena = scratch;
    *ret = !is_erased;
    return e;
}

struct import_wish {
    struct user_import *import;
    bool is_in_database, is_free; /* the latter as of username_wish */
};

/* Of those before, and where that is asked for, in the database. */
static enum err
is_name_taken(struct rq *rq, const struct username_wish *wish, bytes blind, bool *ret)
{
    const struct import_wish *ctx = wish->ctx;

    *ret = was_seen(ctx->import, number_of(blind));
    return *ret || !ctx->is_in_database ? ERR_OK : is_held(rq, ctx->import, blind, ret);
}

static enum err
settle_username(struct rq *rq, struct import_wish *ctx, struct user *user,
    struct field_reader *reader, const char *path)
{
    struct username_wish wish = {.tenant = ctx->import->tenant,
        .user = user,
        .reader = reader,
        .path = path,
        .is_taken = is_name_taken,
        .ctx = ctx};
    enum err e = user_settle_username(rq, &wish);

    ctx->is_free = wish.is_free;
    return e;
}

/* OA-47: what an application's own tokens say of themselves is no person's id. Asked once, when the first id is chosen. */
static enum err
see_applications(struct rq *rq, struct user_import *import)
{
    struct uuid *ids = NULL;
    size_t count = 0;
    enum err e = ERR_OK;

    if (!import->has_seen_applications) {
        e = application_ids_in(rq, import->tenant->id, APPLICATION_IDS_MAX, &ids, &count);
        import->has_seen_applications = e == ERR_OK;
    }
    for (size_t i = 0; i < count; i++) {
        (void)see(import, number_of_id('p', ids[i]));
    }
    return e;
}

static enum err
check_id(struct rq *rq, struct user_import *import, const struct user *user, bool is_in_database,
    struct field_reader *reader, const char *path)
{
    const struct application *application = NULL;
    bool is_taken = false;
    enum err e = ERR_OK;

    if (uuid_is_nil(user->id)) {
        return ERR_OK;
    }
    e = see_applications(rq, import);
    is_taken = !see(import, number_of_id('p', user->id));
    if (e == ERR_OK && is_in_database && !is_taken) {
        e = user_exists(rq, import->tenant, user->id, &is_taken);
        e = e ? e : application_any(rq, user->id, &application); /* nor another tenant's */
    }
    if (is_taken || application != NULL) {
        add_duplicate(reader, path, "id", "This id is somebody's already.");
    }
    return e;
}

enum err
user_import_check(struct rq *rq, struct user_import *import, struct user *user, bool is_in_database,
    struct field_reader *reader, const char *path)
{
    const struct membership *memberships = user->memberships.items;
    struct import_wish ctx = {import, is_in_database, false};
    const struct identities *list = &import->list;
    enum err e = check_id(rq, import, user, is_in_database, reader, path);

    e = e ? e : settle_username(rq, &ctx, user, reader, path);
    import->list = identity_list_blind(rq, import->tenant, user);
    for (size_t i = 0; i < user->memberships.count; i++) {
        if (!see(import, number_of_id('m', memberships[i].id))) {
            add_duplicate(reader, path, "memberships.id", "This id comes twice.");
        }
    }
    for (size_t i = 0; e == ERR_OK && i < list->count; i++) {
        const struct identity_words *words = &identity_words[list->of[i].kind];
        bool is_taken = !see(import, number_of(list->of[i].blind));
        bool is_drawn = ctx.is_free && list->of[i].kind == IDENTITY_USERNAME;
        if (is_in_database && !is_taken && !is_drawn) {
            e = is_held(rq, import, list->of[i].blind, &is_taken);
        }
        if (is_taken) {
            add_duplicate(reader, path, words->member, words->duplicate);
        }
    }
    return e;
}

/* ---- rows ---- */

/* Whether a registration before this one has looked for its application. */
static bool
count_application(struct rq *rq, struct user_import *import, struct uuid id)
{
    size_t i = 0;

    while (i < import->application_count && !uuid_eq(import->applications[i].id, id)) {
        i++;
    }
    if (i == APPLICATIONS_MAX) { /* of so many the others are counted one by one */
        tally_add(rq, import->tenant, TALLY_REGISTRATION, id, 1);
        return false;
    }
    if (i == import->application_count) {
        import->applications[import->application_count++].id = id;
    }
    return import->applications[i].count++ > 0;
}

static enum err
add_registration(struct rq *rq, struct user_import *import, const struct key32 *key,
    struct uuid user_id, struct registration *registration)
{
    const struct tenant *tenant = import->tenant;
    struct arena *scratch = rq->arena;
    bytes detail;
    enum err e;

    registration->id = uuid_is_nil(registration->id) ? rq_new_id(rq) : registration->id;
    registration->insert_instant =
        registration->insert_instant ? registration->insert_instant : rq->now;
    registration->last_update_instant = rq->now;
    registration->token = registration->shown_token;
    e = registration_seal(rq, tenant, key, user_id, registration, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq->arena = import->arena;
    registration_insert(rq, tenant, user_id, registration, detail,
        count_application(rq, import, registration->application_id));
    rq->arena = scratch;
    return ERR_OK;
}

struct made { /* a user's parts, sealed */
    struct key32 key;
    bytes wrapped, halves[2], words;
    struct identities list;
    bool is_chosen;
};

static void
write_rows(
    struct rq *rq, struct user_import *import, const struct user *user, const struct made *made)
{
    const struct tenant *tenant = import->tenant;
    struct arena *scratch = rq->arena;

    rq->arena = import->arena;
    seal_put_user_key(rq, tenant, user->id, made->wrapped, made->is_chosen);
    rq_write(rq, USER_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_I64(user->active),
            DB_I64(user->insert_instant), DB_I64(user->last_update_instant),
            DB_I64(user->last_login_instant), DB_I64(user->password_instant), DB_I64(user->expiry),
            DB_BYTES(made->halves[0]), DB_BYTES(made->halves[1]), DB_BYTES(made->words)));
    for (size_t i = 0; i < made->list.count; i++) {
        const struct identity *one = &made->list.of[i];
        rq_write(rq, IDENTITY_INSERT, DB_NEW, ERR_AGAIN,
            DB_VALUES(
                DB_ID(&tenant->id), DB_BYTES(one->blind), DB_ID(&user->id), DB_I64(one->kind)));
    }
    rq->arena = scratch;
}

/* Each group is held once; of very many some more often. */
static void
hold_group(struct rq *rq, struct user_import *import, struct uuid id)
{
    for (size_t i = 0; i < import->held_count; i++) {
        if (uuid_eq(import->held_groups[i], id)) {
            return;
        }
    }
    if (import->held_count < GROUPS_MAX) {
        import->held_groups[import->held_count++] = id;
    }
    record_hold(rq, &group_kind, id);
}

static void
add_memberships(struct rq *rq, struct user_import *import, const struct user *user)
{
    const struct membership *all = user->memberships.items;
    struct arena *scratch = rq->arena;

    rq->arena = import->arena;
    for (size_t i = 0; i < user->memberships.count; i++) {
        struct membership member = all[i];
        member.user_id = user->id;
        hold_group(rq, import, member.group_id);
        group_member_put_held(rq, import->tenant, &member);
    }
    rq->arena = scratch;
}

static enum err
note_parent(struct rq *rq, struct user_import *import, const struct user *user)
{
    struct arena *scratch = rq->arena;
    enum err e;

    if (user->parent_email.n == 0) {
        return ERR_OK;
    }
    rq->arena = import->arena;
    e = family_note_parent(rq, import->tenant, user->id, NO_STR, user->parent_email);
    rq->arena = scratch;
    return e;
}

enum err
user_import_add(struct rq *rq, struct user_import *import, struct user *user)
{
    struct registration *registrations = user->registrations.items;
    struct made made = {.is_chosen = !uuid_is_nil(user->id)};
    enum err e;

    if (!made.is_chosen) {
        user->id = import->last_id = uuid_next(import->last_id, rq->now, rq->rng);
    }
    user->tenant_id = import->tenant->id;
    user->insert_instant = user->insert_instant ? user->insert_instant : rq->now;
    user->last_update_instant = rq->now;
    made.wrapped = seal_make_user_key(rq, import->tenant, user->id, &made.key);
    e = user_seal_halves(rq, import->tenant, &made.key, user, made.halves);
    e = e ? e : word_bulk_add(rq, import->words, user, &made.words);
    made.list = import->list;
    if (e == ERR_OK && arena_failed(rq->arena)) {
        e = FAIL_SERVER(rq);
    }
    if (e == ERR_OK) {
        write_rows(rq, import, user, &made);
        add_memberships(rq, import, user);
        e = note_parent(rq, import, user);
    }
    for (size_t i = 0; e == ERR_OK && i < user->registrations.count; i++) {
        e = add_registration(rq, import, &made.key, user->id, &registrations[i]);
    }
    import->users++;
    secret_wipe(&made.key, sizeof made.key);
    return e == ERR_OK && arena_failed(import->arena) ? FAIL_SERVER(rq) : e;
}

enum err
user_import_end(struct rq *rq, struct user_import *import)
{
    /* Their second value is the key within the tenant: the person, or the digest of a login id. */
    static const int rows[] = {USER_KEY_PUT, USER_KEY_PUT_OVER, ERASURE_DROP, USER_INSERT,
        IDENTITY_INSERT, REGISTRATION_INSERT_HELD};
    enum err e;

    tally_add(rq, import->tenant, TALLY_USER, (struct uuid){{0}}, import->users);
    for (size_t i = 0; i < import->application_count; i++) {
        tally_add(rq, import->tenant, TALLY_REGISTRATION, import->applications[i].id,
            import->applications[i].count);
    }
    e = word_bulk_write(rq, import->words);
    db_writes_gather(&rq->writes, rows, COUNT(rows), 1);
    return e ? e : arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}
