/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/family/pending and /request: children who name a parent by email address and are of no family yet; and
 * the mail that asks a parent. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "flow/api/api_tables.h"
#include "model/family/family.h"
#include "model/letter/letter.h"

enum err
api_family_pending(struct rq *rq)
{
    str email = rq_query_get(rq, S("parentEmail"));
    struct api_answer answer;
    struct user **users;
    size_t count = 0;
    enum err e = api_tenant(rq);

    if (e == ERR_OK && email.n == 0) {
        e = api_refuse(rq, "parentEmail", "blank", "Say whose children you ask for.");
    }
    e = e ? e : family_pending(rq, rq->tenant, email, &users, &count);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("users"));
    json_out_array(&answer.out);
    for (size_t i = 0; i < count; i++) {
        user_write(users[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

/* clang-format off */
struct request {
    str parent_email, event_info;
};
static const struct field request_fields[] = {
    {.name = "eventInfo",   .kind = FIELD_JSON,  .offset = FIELD_AT(struct request, event_info), .max = 8192},
    {.name = "parentEmail", .kind = FIELD_EMAIL, .offset = FIELD_AT(struct request, parent_email), .flags = FIELD_REQUIRED | FIELD_PERSONAL},
};
const struct field_table api_family_request_table = FIELD_TABLE("FamilyEmailRequest", request_fields, struct request, NULL);
/* clang-format on */

/* To whoever has the address, an account or not. Words of ours name nobody, since anybody may have written the address. */
static enum err
send_request(struct rq *rq, str parent_email)
{
    const struct tenant *tenant = rq->tenant;
    struct letter letter = {.tenant = tenant,
        .address = parent_email,
        .template_id = tenant->family.request_template_id};
    struct api_change change = {.kind = "user.family.request"};
    struct user *parent;
    enum err e = user_find(rq, tenant, parent_email, USER_REGISTRATIONS, &parent);

    letter.user = parent;
    letter.subject =
        str_fmt(rq->arena, "A child asks you to join a family at " STRF, STRV(tenant->name));
    letter.text = str_fmt(rq->arena,
        "Somebody has named you as parent for an account at " STRF ".\n\n"
        "To approve it, sign in or create an account there with this email address and add the "
        "child to your family. If you do not know who this is, you need not do anything.\n",
        STRV(tenant->name));
    e = e ? e : letter_put(rq, &letter);
    if (parent != NULL) {
        change.id = change.user_id = parent->id;
    }
    return e ? e : api_audit(rq, tenant, &change);
}

enum err
api_family_request(struct rq *rq)
{
    struct request request;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_family_request_table, &request, &body);

    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "parentEmail", "blank", "Say whom to ask.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : api_tenant(rq);
    e = e ? e : send_request(rq, request.parent_email);
    return e ? e : rq_answer_empty(rq, 200);
}
