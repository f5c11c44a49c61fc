/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_patch
#include "field_sample.h"

struct row {
    int line;
    const char *document, *patch, *result; /* NULL: refused */
};

static void
check_row(const struct row *row)
{
    struct bench *b = bench_new();
    const struct json *document = parse(b, str_from(row->document)), *result = NULL;
    bool ok =
        field_json_patch(&b->reader, document, parse(b, str_from(row->patch)), S("user"), &result);

    CHECK_AT(row->line, ok == (row->result != NULL));
    if (row->result == NULL) {
        CHECK_AT(row->line, str_eq(fault_list(b), S("[invalid]user")));
    } else if (ok) {
        CHECK_AT(row->line, str_eq(result->raw, str_from(row->result)));
        CHECK_AT(row->line, b->faults.count == 0);
    }
    CHECK_AT(row->line, json_same(document, parse(b, str_from(row->document))));
    bench_end(b);
}

#define CHECK_ROWS(rows)                                                                           \
    for (size_t i_ = 0; i_ < COUNT(rows); i_++) {                                                  \
        check_row(&(rows)[i_]);                                                                    \
    }

TEST(rfc6902_appendix_a)
{
    static const struct row rows[] = {
        /* A.1 to A.7: add, remove, replace, move */
        {__LINE__, "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
            "{\"foo\":\"bar\",\"baz\":\"qux\"}"},
        {__LINE__, "{\"foo\":[\"bar\",\"baz\"]}",
            "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
            "{\"foo\":[\"bar\",\"qux\",\"baz\"]}"},
        {__LINE__, "{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]",
            "{\"foo\":\"bar\"}"},
        {__LINE__, "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
            "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}"},
        {__LINE__, "{\"baz\":\"qux\",\"foo\":\"bar\"}",
            "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
            "{\"baz\":\"boo\",\"foo\":\"bar\"}"},
        {__LINE__, "{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
            "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
            "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}"},
        {__LINE__, "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
            "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
            "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}"},
        /* A.8, A.9: test */
        {__LINE__, "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
            "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
            "{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
            "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}"},
        {__LINE__, "{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]",
            NULL},
        /* A.10: a nested member */
        {__LINE__, "{\"foo\":\"bar\"}",
            "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
            "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}"},
        /* A.11: what an operation does not know it ignores */
        {__LINE__, "{\"foo\":\"bar\"}",
            "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
            "{\"foo\":\"bar\",\"baz\":\"qux\"}"},
        /* A.12: no parent; A.13, a repeated op, is refused by the JSON reader */
        {__LINE__, "{\"foo\":\"bar\"}",
            "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL},
        /* A.14, A.15: escapes, and a text is no number */
        {__LINE__, "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]",
            "{\"/\":9,\"~1\":10}"},
        {__LINE__, "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]",
            NULL},
        /* A.16: an array as one value */
        {__LINE__, "{\"foo\":[\"bar\"]}",
            "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
            "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"},
    };
    CHECK_ROWS(rows);
}

TEST(rfc6902_s4_1_to_3_add_remove_replace)
{
    static const struct row rows[] = {
        {__LINE__, "{\"a\":1}", "[]", "{\"a\":1}"},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":2}]", "{\"a\":2}"},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"\",\"value\":{\"b\":2}}]",
            "{\"b\":2}"},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[]}]", "[]"},
        {__LINE__, "{\"a\":[]}", "[{\"op\":\"add\",\"path\":\"/a/0\",\"value\":1}]", "{\"a\":[1]}"},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}]",
            "{\"a\":[1,2]}"},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/0\",\"value\":0}]",
            "{\"a\":[0,1]}"},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"add\",\"path\":\"/a/2\",\"value\":2}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/-\",\"value\":2}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/1\",\"value\":2}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"replace\",\"path\":\"/a/0\",\"value\":2}]",
            "{\"a\":[2]}"},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/-\"}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/00\"}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/+0\"}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/1e0\"}]", NULL},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"remove\",\"path\":\"/a/99999999999999999999\"}]",
            NULL},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"/b\"}]", NULL},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":1}]", NULL},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"/a/b\",\"value\":1}]", NULL},
    };
    CHECK_ROWS(rows);
}

TEST(rfc6902_s4_4_to_6_move_copy_test)
{
    static const struct row rows[] = {
        {__LINE__, "{\"a\":1,\"b\":2}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b\"}]",
            "{\"b\":1}"},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", "{\"a\":1}"},
        {__LINE__, "{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
            NULL},
        {__LINE__, "{\"a\":1,\"b\":2}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]",
            "{\"a\":1,\"b\":2}"},
        {__LINE__, "{\"a\":[[1],[2]]}", "[{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/a/0/0\"}]",
            NULL},
        {__LINE__, "{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/a\"}]", NULL},
        {__LINE__, "{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/a\"}]",
            "{\"a\":1}"},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/x\",\"path\":\"/a\"}]", NULL},
        {__LINE__, "{\"a\":{\"b\":1}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/c\"}]",
            "{\"a\":{\"b\":1,\"c\":{\"b\":1}}}"},
        {__LINE__, "{\"a\":[1,2]}", "[{\"op\":\"copy\",\"from\":\"/a/0\",\"path\":\"/a/-\"}]",
            "{\"a\":[1,2,1]}"},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"copy\",\"from\":\"/b\",\"path\":\"/c\"}]", NULL},
        {__LINE__, "{\"a\":{\"x\":1,\"y\":[null]}}",
            "[{\"op\":\"test\",\"path\":\"/a\",\"value\":{\"y\":[null],\"x\":1}}]",
            "{\"a\":{\"x\":1,\"y\":[null]}}"},
        {__LINE__, "{\"a\":null}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":null}]",
            "{\"a\":null}"},
        {__LINE__, "{\"a\":[1]}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":[1,1]}]", NULL},
        {__LINE__, "{\"\":1,\"a/b\":2,\"m~n\":3}",
            "[{\"op\":\"remove\",\"path\":\"/\"},{\"op\":\"remove\",\"path\":\"/a~1b\"},"
            "{\"op\":\"remove\",\"path\":\"/m~0n\"}]",
            "{}"},
        /* all or nothing (s5) */
        {__LINE__, "{\"a\":1}",
            "[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"test\",\"path\":\"/a\",\"value\":1}]",
            NULL},
    };
    CHECK_ROWS(rows);
}

TEST(malformed_operations_are_refused)
{
    static const struct row rows[] = {
        {__LINE__, "{}", "{}", NULL},
        {__LINE__, "{}", "null", NULL},
        {__LINE__, "{}", "[1]", NULL},
        {__LINE__, "{}", "[{}]", NULL},
        {__LINE__, "{}", "[{\"op\":\"add\",\"value\":1}]", NULL},
        {__LINE__, "{}", "[{\"op\":\"add\",\"path\":\"/a\"}]", NULL},
        {__LINE__, "{}", "[{\"op\":\"add\",\"path\":5,\"value\":1}]", NULL},
        {__LINE__, "{}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]", NULL},
        {__LINE__, "{}", "[{\"op\":\"Add\",\"path\":\"/a\",\"value\":1}]", NULL},
        {__LINE__, "{}", "[{\"op\":\"spam\",\"path\":\"/a\"}]", NULL},
        {__LINE__, "{}", "[{\"op\":1,\"path\":\"/a\"}]", NULL},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"copy\",\"path\":\"/b\"}]", NULL},
        {__LINE__, "{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\"}]", NULL},
        {__LINE__, "{\"~2\":1}", "[{\"op\":\"remove\",\"path\":\"/~2\"}]", NULL},
        {__LINE__, "{\"~\":1}", "[{\"op\":\"remove\",\"path\":\"/~\"}]", NULL},
    };
    CHECK_ROWS(rows);
}

/* A patch of count operations, each op. */
static str
repeated(struct bench *b, const char *first, const char *op, int count)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, b->arena, MB(1));
    buf_fmt(&buf, "[%s", first);
    for (int i = 0; i < count; i++) {
        buf_fmt(&buf, ",%s", op);
    }
    buf_lit(&buf, "]");
    REQUIRE(buf_done(&buf, &text));
    return text;
}

static bool
patches(struct bench *b, str patch)
{
    const struct json *result;

    return field_json_patch(
        &b->reader, parse(b, S("{\"a\":[]}")), parse(b, patch), S("user"), &result);
}

TEST(a_document_cannot_double_for_ever)
{
    struct bench *b = bench_new();
    const char *start = "{\"op\":\"test\",\"path\":\"/a\",\"value\":[]}";

    /* each copy holds the whole of what there was: doubled, and one level deeper */
    EXPECT(patches(b, repeated(b, start, "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a/0\"}", 6)));
    EXPECT(
        !patches(b, repeated(b, start, "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a/0\"}", 40)));
    /* doubled without growing deeper */
    EXPECT(!patches(b, repeated(b, start,
                           "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"},"
                           "{\"op\":\"add\",\"path\":\"/a/"
                           "-\",\"value\":1},{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}",
                           300)));
    EXPECT(arena_used(b->arena) < MB(16));
    bench_end(b);
}

TEST(a_document_cannot_grow_deep_step_by_step)
{
    struct bench *b = bench_new();
    const char *start = "{\"op\":\"test\",\"path\":\"/a\",\"value\":[]}";
    const char *deeper = "{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/t\"},"
                         "{\"op\":\"add\",\"path\":\"/a\",\"value\":[]},"
                         "{\"op\":\"move\",\"from\":\"/t\",\"path\":\"/a/0\"}";

    EXPECT(patches(b, repeated(b, start, deeper, JSON_MAX_DEPTH - 2)));
    EXPECT(!patches(b, repeated(b, start, deeper, JSON_MAX_DEPTH - 1)));
    EXPECT(has(b->faults.first->message, "nests too deep"));
    bench_end(b);
}

TEST(operations_and_pointers_are_counted)
{
    struct bench *b = bench_new();
    const char *op = "{\"op\":\"add\",\"path\":\"/b\",\"value\":1}";
    const char *deep = "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0";

    EXPECT(patches(b, repeated(b, op, op, FIELD_MAX_ITEMS - 1)));
    EXPECT(!patches(b, repeated(b, op, op, FIELD_MAX_ITEMS)));
    EXPECT(!patches(b, str_fmt(b->arena, "[{\"op\":\"remove\",\"path\":\"%s\"}]", deep)));
    EXPECT(!patches(
        b, str_fmt(b->arena, "[{\"op\":\"copy\",\"path\":\"/b\",\"from\":\"%s\"}]", deep)));
    bench_end(b);
}

TEST(the_message_names_the_operation_and_echoes_nothing)
{
    struct bench *b = bench_new();

    EXPECT(!patches(b, S("[{\"op\":\"add\",\"path\":\"/LEAK\",\"value\":1},"
                         "{\"op\":\"test\",\"path\":\"/LEAK\",\"value\":\"LEAK\"}]")));
    EXPECT_STR(b->faults.first->message,
        S("Patch user otherwise: operation number 2 fails, because the document does not hold the "
          "value it tests for."));
    bench_end(b);
}

TEST(a_patched_document_is_read_as_a_put)
{
    struct bench *b = bench_new();
    struct sample s;
    const struct json *patched;

    REQUIRE(read_sample(b, FIELD_CREATE,
        S("{\"name\":\"Ann\",\"tags\":[\"a\",\"b\"],\"secret\":\"s\",\"size\":9}"), &s));
    REQUIRE(field_json_patch(&b->reader, parse(b, written(b, &sample_table, FIELD_FOR_API, &s)),
        parse(
            b, S("[{\"op\":\"remove\",\"path\":\"/tags/0\"},{\"op\":\"remove\",\"path\":\"/size\"},"
                 "{\"op\":\"replace\",\"path\":\"/name\",\"value\":\"Bob\"}]")),
        S("it"), &patched));
    REQUIRE(field_read(&b->reader, &sample_table, FIELD_REPLACE, patched, S("it"), &s));
    EXPECT_STR(s.name, S("Bob"));
    EXPECT_STR(s.secret, S("s"));
    EXPECT(s.size == 7 && s.tags.count == 1);
    EXPECT_STR(s.tags.items[0], S("b"));
    bench_end(b);
}

TEST(every_failing_allocation_is_survived)
{
    static const str patch = S_INIT("[{\"op\":\"add\",\"path\":\"/x~1y\",\"value\":{\"z\":[1]}},"
                                    "{\"op\":\"copy\",\"from\":\"/x~1y\",\"path\":\"/a/-\"},"
                                    "{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/b\"}]");
    long failing = 0;

    for (bool ok = false; !ok && failing < 1000; failing++) {
        struct bench *b = bench_new();
        const struct json *document = parse(b, S("{\"a\":[]}")), *result;
        const struct json *operations = parse(b, patch);
        arena_fail_after(failing);
        ok = field_json_patch(&b->reader, document, operations, S("user"), &result);
        arena_fail_after(-1);
        EXPECT(ok == !arena_failed(b->arena));
        bench_end(b);
    }
    EXPECT(failing > 10 && failing < 1000);
}
