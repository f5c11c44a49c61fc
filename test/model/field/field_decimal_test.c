/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with a fraction: thousandths in memory, as short as they can be on the wire. */
#define UNIT field_decimal
#include "test/unit.h"

#include "base/arena.h"
#include "codec/json.h"
#include "model/field/field.h"

struct thing {
    int64_t score;
};
static const struct field fields[] = {
    {.name = "score", .kind = FIELD_DECIMAL, .offset = 0, .max = 1000, .default_int = 500},
};
static const struct field_table table = FIELD_TABLE("Thing", fields, struct thing, NULL);

TEST(a_decimal_is_read_as_thousandths_and_written_back)
{
    static const struct {
        int line;
        const char *text;
        int64_t value; /* -1: refused */
        const char *written;
    } cases[] = {
        {__LINE__, "{}", 500, "0.5"},
        {__LINE__, "{\"score\":0}", 0, "0.0"},
        {__LINE__, "{\"score\":1}", 1000, "1.0"},
        {__LINE__, "{\"score\":0.29}", 290, "0.29"},
        {__LINE__, "{\"score\":0.1239999}", 123, "0.123"},
        {__LINE__, "{\"score\":5e-1}", 500, "0.5"},
        {__LINE__, "{\"score\":1E0}", 1000, "1.0"},
        {__LINE__, "{\"score\":1.001}", -1, NULL},
        {__LINE__, "{\"score\":-0.1}", -1, NULL},
        {__LINE__, "{\"score\":1e999}", -1, NULL},
        {__LINE__, "{\"score\":\"0.5\"}", -1, NULL},
        {__LINE__, "{\"score\":0.00000000000000000000000000000000001}", -1, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(256));
        struct field_faults faults = {0};
        struct field_reader reader = {a, &faults};
        struct thing thing = {.score = -5};
        const struct json *json;
        struct json_out out;
        struct buf buf;
        str text;
        REQUIRE(json_parse(a, str_from(cases[i].text), &json, NULL));
        bool is_read = field_read(&reader, &table, FIELD_CREATE, json, S("thing"), &thing);
        CHECK_AT(cases[i].line, is_read == (cases[i].value >= 0));
        if (!is_read) {
            CHECK_AT(cases[i].line, faults.count == 1);
            continue;
        }
        buf_init(&buf, a, KB(1));
        json_out_init(&out, &buf);
        field_write(&table, FIELD_FOR_API, &thing, &out);
        CHECK_AT(cases[i].line, thing.score == cases[i].value);
        CHECK_AT(cases[i].line,
            buf_done(&buf, &text) && str_eq(text, str_fmt(a, "{\"score\":%s}", cases[i].written)));
    }
}
