/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to a sign-in that user actions prevent: which ones, and until when. */
#include "flow/api/api.h"
#include "flow/api/api_action.h"

/* clang-format off */
#define L(member) FIELD_AT(struct action_log, member)
static const struct field prevented_fields[] = {
    {.name = "actionId",        .kind = FIELD_UUID,    .offset = L(head.id)},
    {.name = "actionerUserId",  .kind = FIELD_UUID,    .offset = L(actioner_user_id)},
    {.name = "expiry",          .kind = FIELD_INSTANT, .offset = L(head.until_instant)},
    {.name = "localizedName",   .kind = FIELD_TEXT,    .offset = L(localized_name)},
    {.name = "localizedOption", .kind = FIELD_TEXT,    .offset = L(localized_option)},
    {.name = "localizedReason", .kind = FIELD_TEXT,    .offset = L(localized_reason)},
    {.name = "name",            .kind = FIELD_TEXT,    .offset = L(name)},
    {.name = "option",          .kind = FIELD_TEXT,    .offset = L(option)},
    {.name = "reason",          .kind = FIELD_TEXT,    .offset = L(reason)},
    {.name = "reasonCode",      .kind = FIELD_TEXT,    .offset = L(reason_code)},
};
const struct field_table api_action_prevented_table =
    FIELD_TABLE("LoginPreventedResponse", prevented_fields, struct action_log, NULL);
/* clang-format on */

enum err
api_action_answer_prevented(struct rq *rq, const struct dossier_list *actions)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("actions"));
    json_out_array(&answer.out);
    for (size_t i = 0; i < actions->count; i++) {
        field_write(&api_action_prevented_table, FIELD_FOR_API, actions->items[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(rq, &answer, 409);
}
