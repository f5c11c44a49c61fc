/* SPDX-License-Identifier: Apache-2.0 */
/* Form fields: what a key may be, and what it says of type and control. */
#define UNIT form_field
#include "../fixture.h"

#include "codec/json.h"
#include "model/form/form.h"

TEST(what_is_managed_has_its_own_type_and_control)
{
    static const struct {
        int line;
        const char *key;
        int given_type, given_control, type, control;
    } cases[] = {
        {__LINE__, "user.password", FORM_NUMBER, FORM_RADIO, FORM_STRING, FORM_PASSWORD},
        {__LINE__, "user.birthDate", -1, -1, FORM_DATE, FORM_TEXT},
        {__LINE__, "user.data.x", FORM_NUMBER, FORM_RADIO, FORM_NUMBER, FORM_RADIO},
        {__LINE__, "user.data.x", -1, -1, FORM_STRING, FORM_TEXT},
        {__LINE__, "registration.data.x", FORM_BOOL, -1, FORM_BOOL, FORM_TEXT},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct form_field field = {.key = str_from(cases[i].key),
            .type = cases[i].given_type,
            .control = cases[i].given_control};
        form_field_settle(&field);
        CHECK_AT(cases[i].line, field.type == cases[i].type && field.control == cases[i].control);
    }
}

TEST(a_key_is_a_member_or_a_path_below_data)
{
    static const struct {
        int line;
        const char *key;
        bool ok;
    } cases[] = {
        {__LINE__, "user.email", true},
        {__LINE__, "user.data.a", true},
        {__LINE__, "user.data.a.b[0]", true},
        {__LINE__, "user.data.likes['colour']", true},
        {__LINE__, "registration.data.a-b_c", true},
        {__LINE__, "consents['x']", true},
        {__LINE__, "user.data.", false},
        {__LINE__, "user.data", false},
        {__LINE__, "user.id", false},
        {__LINE__, "user.data.a b", false},
        {__LINE__, "user.data.<b>", false},
        {__LINE__, "data.a", false},
        {__LINE__, "users.data.a", false},
    };
    struct arena *arena = arena_new(1 << 20);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct field_faults faults = {NULL, NULL, 0};
        struct field_reader reader = {arena, &faults};
        struct form_field field;
        const struct json *json;
        str body = str_fmt(arena, "{\"name\":\"n\",\"key\":\"%s\"}", cases[i].key);
        REQUIRE(json_parse(arena, body, &json, NULL));
        CHECK_AT(cases[i].line,
            field_read(&reader, form_field_kind.table, FIELD_CREATE, json, S("field"), &field)
                == cases[i].ok);
    }
    arena_free(arena);
}
