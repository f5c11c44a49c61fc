/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT log
#include "unit.h"

#include <signal.h>
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

/* Writes lines with texts of n bytes until the ring is full of them. */
static void
fill(size_t n)
{
    char text[512];
    str value = {text, n};
    int fds[2];

    REQUIRE(pipe(fds) == 0 && n < sizeof text);
    close(fds[0]);
    signal(SIGPIPE, SIG_IGN);
    log_open(fds[1]); /* nobody reads: what is kept does not depend on it */
    memset(text, 'x', sizeof text);
    for (size_t written = 0; written < LOG_KEPT; written += n) {
        LOG(1700000000123, "fill", LOG_STR("text", value), LOG_INT("at", (int64_t)written));
    }
    log_open(2);
    close(fds[1]);
}

static size_t
count_lines(str text)
{
    size_t count = 0;

    while (text.n > 0) {
        str line = str_head(text, str_find(text, '\n') + 1);
        EXPECT(str_starts(line, S("{\"time\":\"")) && str_ends(line, S("}\n")));
        text = str_skip(text, line.n);
        count++;
    }
    return count;
}

TEST(the_newest_lines_are_kept_whole)
{
    static const size_t most[] = {0, 1, 79, 80, 81, 1000, LOG_KEPT - 1, LOG_KEPT, SIZE_MAX};
    struct arena *a = arena_new(MB(32));
    str lines;

    LOG(1700000000123, "first", LOG_INT("n", 1));
    REQUIRE(log_newest(a, SIZE_MAX, &lines));
    EXPECT(count_lines(lines) >= 1 && str_starts(lines, S("{\"time\":\"2023")));
    for (size_t n = 57; n < 500; n += 97) { /* lines of several lengths: the ring is cut anywhere */
        fill(n);
        for (size_t i = 0; i < COUNT(most); i++) {
            REQUIRE(log_newest(a, most[i], &lines));
            EXPECT(lines.n <= MIN(most[i], (size_t)LOG_KEPT));
            EXPECT(lines.n + 700 > MIN(most[i], (size_t)LOG_KEPT));
            EXPECT(count_lines(lines) > 0 || most[i] < 700);
        }
        arena_reset(a);
    }
    LOG(1700000000123, "last", LOG_INT("n", 1));
    REQUIRE(log_newest(a, 60, &lines));
    EXPECT_STR(lines, S("{\"time\":\"2023-11-14T22:13:20.123Z\",\"event\":\"last\",\"n\":1}\n"));
    REQUIRE(log_newest(a, lines.n, &lines));
    EXPECT(count_lines(lines) == 1);
    REQUIRE(log_newest(a, lines.n - 1, &lines));
    EXPECT(lines.n == 0);
    arena_free(a);
}

TEST(without_memory_there_are_no_lines)
{
    struct arena *a = arena_new(KB(64));
    str lines;

    EXPECT(!log_newest(a, 100, &lines));
    arena_free(a);
}
