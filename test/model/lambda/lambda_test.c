/* SPDX-License-Identifier: Apache-2.0 */
/* lambda.c: a body has its type's function; what names a lambda asks for the type it needs. */
#define UNIT lambda
#include "../fixture.h"

#include "model/lambda/lambda.h"

/* clang-format off */
static const struct {
    int line;
    const char *type, *body;
    bool is_fine;
} cases[] = {
    { __LINE__, "JWTPopulate",       "function populate(jwt) {}",                true },
    { __LINE__, "JWTPopulate",       "const populate = (jwt) => 1;",             true },
    { __LINE__, "JWTPopulate",       "function populated(jwt) {}",               false },
    { __LINE__, "JWTPopulate",       "function _populate(jwt) {}",               false },
    { __LINE__, "JWTPopulate",       "repopulate(); populate",                   true },
    { __LINE__, "OpenIDReconcile",   "function populate(jwt) {}",                false },
    { __LINE__, "OpenIDReconcile",   "function reconcile(user) { /* \\u2028 */ }", true },
    { __LINE__, "MFARequirement",    "function checkRequired(result) {}",        true },
    { __LINE__, "LoginValidation",   "function validate(result) {}",             true },
    { __LINE__, "SCIMServerUserRequestConverter", "function convert(user) {}",   true },
};
/* clang-format on */

TEST(a_body_has_the_function_of_its_type)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct field_faults faults = {NULL, NULL, 0};
        struct field_reader reader = {a, &faults};
        const struct json *json;
        struct lambda lambda;
        str text = str_fmt(
            a, "{\"name\":\"x\",\"type\":\"%s\",\"body\":\"%s\"}", cases[i].type, cases[i].body);

        REQUIRE(json_parse(a, text, &json, NULL));
        CHECK_AT(cases[i].line,
            field_read(&reader, lambda_kind.table, FIELD_CREATE, json, S("lambda"), &lambda)
                == cases[i].is_fine);
    }
}

TEST(a_lambda_of_another_type_is_a_fault_and_none_is_not)
{
    struct fixture *fx = fixture_open();
    struct lambda lambda = {.head = {.id = fixture_id(fx)},
        .name = S("x"),
        .body = S("populate"),
        .type = LAMBDA_JWTPopulate};
    struct rq *rq = fixture_rq(fx);
    struct field_reader reader;

    REQUIRE(record_create(rq, &lambda_kind, NULL, &lambda) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    reader = (struct field_reader){rq->arena, &rq->faults};
    EXPECT(lambda_check_type(rq, &reader, lambda.head.id, LAMBDA_JWTPopulate, "a") == ERR_OK);
    EXPECT(lambda_check_type(rq, &reader, (struct uuid){{0}}, LAMBDA_JWTPopulate, "a") == ERR_OK);
    EXPECT(rq->faults.count == 0);
    EXPECT(lambda_check_type(rq, &reader, lambda.head.id, LAMBDA_SAMLv2Populate, "a") == ERR_OK);
    EXPECT(rq->faults.count == 1);
    fixture_done(rq);
    fixture_close(fx);
}
