/* SPDX-License-Identifier: Apache-2.0 */
/* /api/lambda. All of one type: GET with ?type=. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_records.h"
#include "model/lambda/lambda.h"

struct lambda_criteria {
    struct api_criteria base;
    str body;
    int type;
};
/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "body", .kind = FIELD_TEXT, .offset = FIELD_AT(struct lambda_criteria, body)},
    {.name = "type", .kind = FIELD_ENUM, .offset = FIELD_AT(struct lambda_criteria, type), .default_int = -1, .more.names = lambda_types},
};
static const struct field_table criteria_table = FIELD_TABLE("LambdaSearchCriteria", criteria_fields, struct lambda_criteria, NULL);
/* clang-format on */

static bool
matches(struct rq *rq, const void *thing, const void *asked)
{
    const struct lambda_criteria *criteria = asked;
    const struct lambda *lambda = thing;

    (void)rq;
    return (criteria->type < 0 || criteria->type == lambda->type)
           && (criteria->body.n == 0 || api_name_matches(criteria->body, lambda->body));
}

const struct api_record api_lambda = {
    .resource = {API_RECORD_VERBS, .name = "lambda", .id_name = "lambdaId",
        .beside = &api_beside_table, .created = "lambda.create", .updated = "lambda.update",
        .deleted = "lambda.delete"},
    .kind = &lambda_kind,
    .type = "Lambda",
    .plural = "lambdas",
    .criteria = &criteria_table,
    .matches = matches,
};

struct writer {
    struct json_out *out;
    int type;
};

static void
write_of_type(void *ctx, const void *thing)
{
    const struct writer *w = ctx;

    if (((const struct lambda *)thing)->type == w->type) {
        field_write(lambda_kind.table, FIELD_FOR_API, thing, w->out);
    }
}

static enum err
retrieve_type(struct rq *rq, int type)
{
    struct api_answer answer;
    struct writer writer = {&answer.out, type};
    enum err e;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("lambdas"));
    json_out_array(&answer.out);
    e = api_record_each(rq, &api_lambda, write_of_type, &writer);
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_lambda_retrieve(struct rq *rq)
{
    str type = rq_query_get(rq, S("type"));

    if (rq->segments[0].n || type.n == 0) {
        return api_record_retrieve(rq);
    }
    for (int i = 0; lambda_types[i] != NULL; i++) {
        if (str_eq(type, str_from(lambda_types[i]))) {
            return retrieve_type(rq, i);
        }
    }
    return api_refuse(rq, "type", "invalid", "Name a type that lambdas have.");
}
