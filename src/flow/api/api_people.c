/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a call is about, and what is kept about them. */
#include "flow/api/api_people.h"

#include "flow/api/api_record.h"

static void
fault(struct rq *rq, const char *path, const char *code)
{
    struct field_reader reader = api_reader(rq);

    field_fault(&reader, path, code, "Name a user who exists by id.");
}

enum err
api_people_find(struct rq *rq, struct uuid id, const char *path, const struct tenant **ret_tenant,
    struct user **ret)
{
    enum err e = ERR_OK;

    *ret = NULL;
    *ret_tenant = NULL;
    if (uuid_is_nil(id)) {
        fault(rq, path, "missing");
        return e;
    }
    e = api_user_find(rq, id, ret_tenant, ret);
    if (e == ERR_OK && *ret == NULL) {
        *ret_tenant = NULL;
        fault(rq, path, "invalid");
    }
    return e;
}

enum err
api_people_check(struct rq *rq, struct uuid id, const char *path)
{
    struct uuid *ids;
    size_t count = 1;
    enum err e = ERR_OK;

    if (!uuid_is_nil(id)) {
        e = user_tenants(rq, id, 1, &ids, &count);
    }
    if (e == ERR_OK && count == 0) {
        fault(rq, path, "invalid");
    }
    return e;
}

enum err
api_people_load(struct rq *rq, const struct dossier_kind *kind, const char *id_name,
    const struct tenant **ret_tenant, void **ret)
{
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, id_name, &id);

    e = e ? e : dossier_load(rq, kind, id, ret);
    if (e != ERR_OK) {
        return e;
    }
    if (*ret == NULL || !api_may_see(rq, ((const struct dossier *)*ret)->tenant_id)) {
        return api_not_found(rq);
    }
    e = tenant_load(rq, ((const struct dossier *)*ret)->tenant_id, ret_tenant);
    return e == ERR_OK && *ret_tenant == NULL ? api_not_found(rq) : e;
}

enum err
api_people_note(struct rq *rq, const struct tenant *tenant, const char *event,
    const struct dossier_kind *kind, const void *before, const void *after)
{
    const struct dossier *head = after ? after : before;
    struct api_change change = {.kind = event,
        .id = head->id,
        .user_id = head->user_id,
        .table = kind->table,
        .before = before,
        .after = after};

    return api_audit(rq, tenant, &change);
}

enum err
api_people_answer(
    struct rq *rq, const char *name, const struct dossier_kind *kind, const void *thing)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, str_from(name));
    field_write(kind->table, FIELD_FOR_API, thing, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_people_read(struct rq *rq, const char *name, const struct field_table *table, void *thing)
{
    const char *const objects[] = {name, NULL};
    struct field_reader reader = api_reader(rq);
    const struct json *body;
    struct api_beside beside;
    enum err e = api_body(rq, objects, &api_beside_table, &beside, &body);

    if (e == ERR_OK
        && !field_read(
            &reader, table, FIELD_CREATE, json_get(body, str_from(name)), str_from(name), thing)
        && arena_failed(rq->arena)) {
        e = FAIL_SERVER(rq);
    }
    return e;
}

enum err
api_people_of_query(
    struct rq *rq, struct uuid *ret_id, const struct tenant **ret_tenant, struct user **ret)
{
    enum err e = api_query_id(rq, "userId", ret_id);

    if (e == ERR_OK && uuid_is_nil(*ret_id)) {
        e = api_refuse(rq, "userId", "missing", "Say whose you ask for.");
    }
    e = e ? e : api_user_find(rq, *ret_id, ret_tenant, ret);
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

enum err
api_people_delete_record(struct rq *rq, const char *id_name, const struct dossier_kind *kind)
{
    struct uuid id;
    enum err e = api_record_delete(rq);

    e = e ? e : rq_segment_id(rq, 0, id_name, &id);
    if (e == ERR_OK) { /* after the record: who makes one of it at this instant holds that */
        dossier_forget_subject(rq, kind, id);
    }
    return e;
}
