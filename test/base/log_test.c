/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT log
#include "unit.h"

#include <unistd.h>

#include "base/log.h"

static str
written(struct arena *arena, str value)
{
    int fds[2];
    char *text = arena_alloc(arena, KB(16));
    ssize_t n;

    REQUIRE(pipe(fds) == 0 && text != NULL);
    log_open(fds[1]);
    LOG(1700000000123, "event", LOG_STR("key", value), LOG_INT("n", -7));
    log_open(2);
    close(fds[1]);
    n = read(fds[0], text, KB(16));
    close(fds[0]);
    REQUIRE(n > 0);
    return (str){text, (size_t)n};
}

TEST(a_line_is_one_json_object_with_time_event_and_pairs)
{
    struct arena *a = arena_new(KB(64));

    EXPECT_STR(written(a, S("value")), S("{\"time\":\"2023-11-14T22:13:20.123Z\",\"event\":"
                                         "\"event\",\"key\":\"value\",\"n\":-7}\n"));
    arena_free(a);
}

TEST(v16_input_cannot_forge_a_line)
{
    struct arena *a = arena_new(KB(64));
    str line = written(a, S("a\n{\"event\":\"forged\"}\r\x1b[31m\"\\"));

    EXPECT(str_find(line, '\n') == line.n - 1);
    EXPECT(str_find(line, '\r') == line.n && str_find(line, '\x1b') == line.n);
    EXPECT(str_find_str(line, S("{\\\"event\\\"")) < line.n);
    arena_free(a);
}

TEST(a_long_value_is_cut_at_a_pair_and_the_line_stays_json)
{
    struct arena *a = arena_new(KB(64));
    char *big = arena_alloc(a, 8000);
    str line;

    memset(big, 'x', 8000);
    line = written(a, (str){big, 8000});
    EXPECT(line.n < 4096 && str_ends(line, S("\"event\":\"event\"}\n")));
    arena_free(a);
}
