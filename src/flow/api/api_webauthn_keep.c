/* SPDX-License-Identifier: Apache-2.0 */
/* /api/webauthn: passkeys retrieved, deleted and imported. Deviations: an import checks what FusionAuth checks only with
 * validateDbConstraints, is whole or not at all, and takes at most 1,000 at once. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user.h"
#include "flow/api/api_webauthn.h"

/* The passkey of the id in the path; *ret NULL when the caller may see none. */
static enum err
load(struct rq *rq, const struct tenant **ret_tenant, struct passkey **ret)
{
    struct uuid id, *ids;
    size_t count;
    enum err e = rq_segment_id(rq, 0, "id", &id);

    *ret = NULL;
    if (e == ERR_OK && api_is_bound(rq)) {
        e = api_tenant(rq);
        *ret_tenant = rq->tenant;
        return e ? e : passkey_load(rq, rq->tenant, id, ret);
    }
    e = e ? e : passkey_tenants(rq, id, 2, &ids, &count);
    if (e != ERR_OK || count == 0) {
        return e;
    }
    if (count > 1) {
        return api_refuse(rq, "", "TenantIdRequired",
            "More than one tenant has a passkey of this id: name yours in the "
            "X-FusionAuth-TenantId header.");
    }
    e = tenant_load(rq, ids[0], ret_tenant);
    return e != ERR_OK || *ret_tenant == NULL ? e : passkey_load(rq, *ret_tenant, id, ret);
}

/* ?userId= : whose passkeys; 404 when the caller may see no such user. */
static enum err
find_owner(struct rq *rq, const struct tenant **ret_tenant, struct user **ret)
{
    struct uuid id;
    enum err e = api_query_id(rq, "userId", &id);

    *ret = NULL;
    if (e == ERR_OK && uuid_is_nil(id)) {
        e = api_refuse(rq, "userId", "missing", "Say which passkey, or whose: by id or ?userId=.");
    }
    e = e ? e : api_user_find(rq, id, ret_tenant, ret);
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

static enum err
retrieve_all(struct rq *rq)
{
    const struct tenant *tenant;
    struct passkey *items;
    struct api_answer answer;
    struct user *user;
    size_t count;
    enum err e = find_owner(rq, &tenant, &user);

    if (e != ERR_OK || user == NULL) {
        return e;
    }
    e = passkey_list(rq, tenant, user->id, &items, &count);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("credentials"));
    json_out_array(&answer.out);
    for (size_t i = 0; i < count; i++) {
        field_write(&passkey_table, FIELD_FOR_API, &items[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_webauthn_retrieve(struct rq *rq)
{
    const struct tenant *tenant;
    struct passkey *passkey;
    enum err e;

    if (rq->segments[0].n == 0) {
        return retrieve_all(rq);
    }
    e = load(rq, &tenant, &passkey);
    if (e != ERR_OK) {
        return e;
    }
    return passkey ? api_webauthn_answer(rq, passkey) : api_not_found(rq);
}

static enum err
delete_one(struct rq *rq, const struct tenant *tenant, const struct passkey *passkey)
{
    passkey_remove(rq, passkey);
    return api_webauthn_note(rq, tenant, "user.webauthn.delete", passkey, NULL);
}

static enum err
delete_all(struct rq *rq)
{
    const struct tenant *tenant;
    struct passkey *items;
    struct user *user;
    size_t count = 0;
    enum err e = find_owner(rq, &tenant, &user);

    if (e != ERR_OK || user == NULL) {
        return e;
    }
    e = passkey_list(rq, tenant, user->id, &items, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = delete_one(rq, tenant, &items[i]);
    }
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_webauthn_delete(struct rq *rq)
{
    const struct tenant *tenant;
    struct passkey *passkey;
    enum err e;

    if (rq->segments[0].n == 0) {
        return delete_all(rq);
    }
    e = load(rq, &tenant, &passkey);
    if (e == ERR_OK && passkey == NULL) {
        return api_not_found(rq);
    }
    e = e ? e : delete_one(rq, tenant, passkey);
    return e ? e : rq_answer_empty(rq, 200);
}

/* -- import -- */

struct import {
    struct rq *rq;
    struct passkey *items;
    size_t count;
    struct field_reader reader;
};

static void
complain(
    struct import *import, size_t index, const char *member, const char *code, const char *message)
{
    struct arena *arena = import->reader.arena;
    const char *path = str_z(arena, str_fmt(arena, "credentials[%zu].%s", index, member));

    field_fault(&import->reader, path ? path : "credentials", code, message);
}

/* Neither earlier in the call. */
static void
check_siblings(struct import *import, size_t index)
{
    const struct passkey *passkey = &import->items[index];
    size_t of_user = 0;

    for (size_t i = 0; i < index; i++) {
        const struct passkey *other = &import->items[i];

        if (!uuid_is_nil(passkey->id) && uuid_eq(passkey->id, other->id)) {
            complain(import, index, "id", "duplicate", "Another passkey of this call has the id.");
        }
        if (str_eq(passkey->credential_id, other->credential_id)) {
            complain(import, index, "credentialId", "duplicate",
                "Another passkey of this call has the credential id.");
        }
        of_user += uuid_eq(passkey->user_id, other->user_id);
    }
    if (of_user >= PASSKEY_MAX) {
        complain(import, index, "userId", "tooMany", "A user has at most 100 passkeys.");
    }
}

/* Nor in the tenant; and the user is there. */
static enum err
check_stored(struct import *import, size_t index)
{
    struct rq *rq = import->rq;
    struct passkey *passkey = &import->items[index], *same_id = NULL, *same_credential, *of_user;
    bool exists;
    size_t count;
    enum err e = user_exists(rq, rq->tenant, passkey->user_id, &exists);

    if (e == ERR_OK && !exists) {
        complain(import, index, "userId", "invalid", "The tenant has no such user.");
    }
    if (e == ERR_OK && !uuid_is_nil(passkey->id)) {
        e = passkey_load(rq, rq->tenant, passkey->id, &same_id);
    }
    e = e ? e : passkey_find(rq, rq->tenant, passkey->credential_id, &same_credential);
    e = e ? e : passkey_list(rq, rq->tenant, passkey->user_id, &of_user, &count);
    if (e != ERR_OK) {
        return e;
    }
    if (same_id != NULL) {
        complain(import, index, "id", "duplicate", "A passkey has the id already.");
    }
    if (same_credential != NULL) {
        complain(
            import, index, "credentialId", "duplicate", "The credential is registered already.");
    }
    if (count >= PASSKEY_MAX) {
        complain(import, index, "userId", "tooMany", "A user has at most 100 passkeys.");
    }
    return ERR_OK;
}

static enum err
check_all(struct import *import)
{
    struct rq *rq = import->rq;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < import->count; i++) {
        struct uuid given = import->items[i].tenant_id;
        struct api_scratch scratch;

        if (!uuid_is_nil(given) && !uuid_eq(given, rq->tenant->id)) {
            complain(import, i, "tenantId", "invalid", "The call is about another tenant.");
        }
        check_siblings(import, i);
        if (!api_scratch_begin(rq, &scratch)) {
            return FAIL_SERVER(rq);
        }
        e = check_stored(import, i); /* faults are on the arena of the reader */
        api_scratch_end(rq, &scratch);
    }
    return e ? e : api_faults(rq);
}

enum err
api_webauthn_import(struct rq *rq)
{
    struct webauthn_import body;
    struct import import = {.rq = rq, .reader = api_reader(rq)};
    enum err e = api_webauthn_body(rq, &api_webauthn_import_table, &body);

    e = e ? e : api_tenant(rq);
    if (e != ERR_OK) {
        return e;
    }
    import.items = body.credentials.items;
    import.count = body.credentials.count;
    e = check_all(&import);
    for (size_t i = 0; e == ERR_OK && i < import.count; i++) {
        import.items[i].is_imported = true;
        e = passkey_add(rq, rq->tenant, &import.items[i]);
        e = e ? e
              : api_webauthn_note(rq, rq->tenant, "user.webauthn.import", NULL, &import.items[i]);
    }
    return e ? e : rq_answer_empty(rq, 200);
}
