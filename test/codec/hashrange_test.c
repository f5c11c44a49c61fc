/* SPDX-License-Identifier: Apache-2.0 */
/* hashrange.c: what a range service answers. */
#define UNIT hashrange
#include "test/unit.h"

#include "codec/hashrange.h"

#define OURS "1E4C9B93F3F0682250B6CF8331B7EE68FD8"
#define OTHER "00000000000000000000000000000000000"

TEST(a_digest_is_written_in_upper_case)
{
    const uint8_t digest[HASHRANGE_DIGEST] = {0x5b, 0xaa, 0x61, 0xe4, 0xc9, 0xb9, 0x3f, 0x3f, 0x06,
        0x82, 0x25, 0x0b, 0x6c, 0xf8, 0x33, 0x1b, 0x7e, 0xe6, 0x8f, 0xd8};
    struct hashrange_hex hex = hashrange_hex(digest);

    EXPECT_STR(((str){hex.digits, sizeof hex.digits}), S("5BAA6" OURS));
}

TEST(a_line_is_found_wherever_it_stands)
{
    static const struct {
        int line;
        const char *answer;
        int64_t count;
    } cases[] = {
        {__LINE__, "", 0},
        {__LINE__, OURS ":3", 3},
        {__LINE__, OURS ":3\n", 3},
        {__LINE__, OURS ":3\r\n" OTHER ":9\r\n", 3},
        {__LINE__, OTHER ":9\r\n" OURS ":12345678", 12345678},
        {__LINE__, "1e4c9b93f3f0682250b6cf8331b7ee68fd8:4", 4},
        {__LINE__, OTHER ":9\r\n", 0},
        {__LINE__, OURS ":0\r\n", 0}, /* padding */
        {__LINE__, OURS ":999999999999\n" OURS ":999999999999\n", INT64_C(1000000000000)},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t count = -1;
        CHECK_AT(cases[i].line,
            hashrange_count(str_from(cases[i].answer), S(OURS), &count) && count == cases[i].count);
    }
}

TEST(what_is_no_answer_says_nothing)
{
    static const struct {
        int line;
        const char *answer;
    } cases[] = {
        {__LINE__, "<html>Sign in to the network</html>"},
        {__LINE__, OURS},
        {__LINE__, OURS ":"},
        {__LINE__, OURS ":x"},
        {__LINE__, OURS ":-1"},
        {__LINE__, OURS " :1"},
        {__LINE__, OURS ":1 "},
        {__LINE__, OURS ":1\r"},
        {__LINE__, OURS ":1\r\r\n"},
        {__LINE__, OURS ":1\n\n"},
        {__LINE__, OURS ":1234567890123\n"},
        {__LINE__, "G" OTHER ":1"},
        {__LINE__, OURS ":1\r\n" OTHER},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t count = -1;
        CHECK_AT(cases[i].line,
            !hashrange_count(str_from(cases[i].answer), S(OURS), &count) && count == -1);
    }
    int64_t count;
    EXPECT(!hashrange_count(S(""), S("1E4C9"), &count));
}
