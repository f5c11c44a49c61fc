/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_fault
#include "field_sample.h"

static str
errors_json(struct bench *b)
{
    struct json_out out;
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, b->arena, MB(1));
    json_out_init(&out, &buf);
    field_faults_json(&b->faults, &out);
    REQUIRE(buf_done(&buf, &text));
    parse(b, text);
    return text;
}

TEST(errors_have_fusionauths_shape)
{
    struct bench *b = bench_new();

    EXPECT_STR(errors_json(b), S("{}"));
    field_fault(&b->reader, "user.email", "blank", "Give user.email a value.");
    EXPECT_STR(
        errors_json(b), S("{\"fieldErrors\":{\"user.email\":[{\"code\":\"[blank]user.email\","
                          "\"message\":\"Give user.email a value.\"}]}}"));
    bench_end(b);
}

TEST(faults_of_one_path_stand_together_and_indexes_are_not_in_codes)
{
    struct bench *b = bench_new();

    field_fault(&b->reader, "a.b[10].c", "x", "1");
    field_fault(&b->reader, "", "general", "2");
    field_fault(&b->reader, "z", "y", "3");
    field_fault(&b->reader, "a.b[10].c", "w", "4");
    field_fault(&b->reader, NULL, "other", "5");
    field_fault(&b->reader, "odd[].[x][1", "v", "6");
    EXPECT_STR(errors_json(b),
        S("{\"fieldErrors\":{\"a.b[10].c\":[{\"code\":\"[x]a.b.c\",\"message\":\"1\"},"
          "{\"code\":\"[w]a.b.c\",\"message\":\"4\"}],\"z\":[{\"code\":\"[y]z\",\"message\":\"3\"}]"
          ","
          "\"odd[].[x][1\":[{\"code\":\"[v]odd[].[x][1\",\"message\":\"6\"}]},"
          "\"generalErrors\":[{\"code\":\"[general]\",\"message\":\"2\"},"
          "{\"code\":\"[other]\",\"message\":\"5\"}]}"));
    bench_end(b);
}

TEST(only_general_errors_leave_field_errors_out)
{
    struct bench *b = bench_new();

    field_fault(&b->reader, "", "busy", "Try again.");
    EXPECT_STR(errors_json(b),
        S("{\"generalErrors\":[{\"code\":\"[busy]\",\"message\":\"Try again.\"}]}"));
    bench_end(b);
}

TEST(messages_say_what_to_do)
{
    static const struct {
        int line;
        const char *body, *message;
    } rows[] = {
        {__LINE__, "{}", "Give it.name a value."},
        {__LINE__, "{\"name\":\"A\"}", "Make it.name at least 2 bytes long."},
        {__LINE__, "{\"name\":7}", "Write it.name as a text in quotes."},
        {__LINE__, "{\"name\":\"Ann\",\"size\":0}", "Set it.size to a number from 1 to 100."},
        {__LINE__, "{\"name\":\"Ann\",\"color\":\"x\"}",
            "Set it.color to one of Red, Green, Blue."},
        {__LINE__, "{\"name\":\"Ann\",\"email\":\"x\"}",
            "Write it.email as one email address, such as ann@example.com."},
        {__LINE__, "{\"name\":\"Ann\",\"birthDate\":\"x\"}",
            "Write it.birthDate as a day in quotes, such as 2001-12-31."},
        {__LINE__, "{\"name\":\"Ann\",\"nope\":1}", "Leave out it.nope: it has no meaning here."},
        {__LINE__, "{\"name\":\"Ann\",\"theme\":1}",
            "Leave out it.theme: this version cannot do what it asks for."},
        {__LINE__, "{\"name\":\"Ann\",\"keys\":[{}]}", "Give it.keys[0].name a value."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench *b = bench_new();
        struct sample s;
        EXPECT(!read_sample(b, FIELD_CREATE, str_from(rows[i].body), &s));
        cr_assert(b->faults.first != NULL);
        CHECK_AT(rows[i].line, str_eq(b->faults.first->message, str_from(rows[i].message)));
        bench_end(b);
    }
}

TEST(a_body_at_fault_is_called_the_request_body)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE, parse(b, S("7")), NO_STR, &s));
    EXPECT_STR(b->faults.first->message, S("Write the request body as an object in braces."));
    EXPECT(b->faults.first->path.n == 0);
    bench_end(b);
}

TEST(no_message_echoes_a_value)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(!read_sample(b, FIELD_CREATE,
        S("{\"name\":\"<LEAK>\\u0001\",\"secret\":\"<LEAK>\\n\",\"url\":\"<LEAK>\",\"email\":\"<"
          "LEAK>\","
          "\"birthDate\":\"<LEAK>\",\"language\":\"<LEAK>\",\"ownerId\":\"<LEAK>\",\"debug\":\"<"
          "LEAK>\","
          "\"size\":\"<LEAK>\",\"expiry\":\"<LEAK>\",\"color\":\"<LEAK>\",\"tags\":[\"<LEAK><LEAK>"
          "\"],"
          "\"urls\":[\"<LEAK>\"],\"grants\":[\"<LEAK>\"],\"people\":[\"<LEAK>\"],"
          "\"languages\":[\"<LEAK>\"],\"limits\":\"<LEAK>\",\"keys\":\"<LEAK>\",\"data\":\"<LEAK>"
          "\","
          "\"labels\":{\"a\":[\"<LEAK>\"]},\"theme\":\"<LEAK>\",\"odd\":\"<LEAK>\"}"),
        &s));
    EXPECT(b->faults.count == 22);
    EXPECT(!has(errors_json(b), "LEAK"));
    bench_end(b);
}

TEST(an_unknown_name_shows_sixty_printable_characters_at_most)
{
    struct bench *b = bench_new();
    struct sample s;

    EXPECT(!read_sample(b, FIELD_PATCH,
        S("{\"01234567890123456789012345678901234567890123456789012345678\\u00e9xyz\":1}"), &s));
    EXPECT_STR(b->faults.first->path,
        S("it.01234567890123456789012345678901234567890123456789012345678?"));
    EXPECT(!read_sample(b, FIELD_PATCH, S("{\"a\\u0007\\\"b\\ud83d\\ude00\":1}"), &s));
    EXPECT_STR(b->faults.first->path, S("it.a?\"b????"));
    errors_json(b);
    bench_end(b);
}

TEST(paths_end_at_their_limit)
{
    struct bench *b = bench_new();
    struct sample s;
    char root[400];

    memset(root, 'r', sizeof root);
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_PATCH, parse(b, S("{\"x\":1}")),
        (str){root, sizeof root}, &s));
    EXPECT(b->faults.first->path.n == FIELD_MAX_PATH);
    EXPECT(!field_read(&b->reader, &sample_table, FIELD_CREATE,
        parse(b, S("{\"name\":\"Ann\",\"tags\":[\"a\",\"b\",\"c\"]}")), (str){root, 198}, &s));
    EXPECT(b->faults.last->path.n == FIELD_MAX_PATH);
    errors_json(b);
    bench_end(b);
}
