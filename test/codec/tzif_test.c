/* SPDX-License-Identifier: Apache-2.0 */
/* Files of time zones (RFC 8536), made here byte by byte; glibc is the second opinion on rules. */
#define UNIT tzif
#include "../unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "codec/tzif.h"

#define INFOS                                                                                      \
    "\xff\xff\x9d\x90\x00\x00" /* -7:00 MST */                                                     \
    "\xff\xff\xab\xa0\x01\x04" /* -6:00 MDT */
#define NAMES "MST\0MDT\0"

static void
put_number(struct buf *buf, int64_t n, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        buf_char(buf, (char)(n >> (8 * i)));
    }
}

struct plan { /* of a file */
    char version;
    int64_t times[3]; /* of which count */
    size_t count;
    const char *kinds, *rule;
    int64_t more_infos; /* that the header says and nobody wrote */
};

static void
put_block(struct buf *buf, const struct plan *plan, int width)
{
    buf_str(buf, S("TZif"));
    buf_char(buf, plan->version);
    for (int i = 0; i < 15; i++) {
        buf_char(buf, 0);
    }
    put_number(buf, 0, 4);
    put_number(buf, 0, 4);
    put_number(buf, 0, 4);
    put_number(buf, (int64_t)plan->count, 4);
    put_number(buf, 2 + plan->more_infos, 4);
    put_number(buf, sizeof NAMES - 1, 4);
    for (size_t i = 0; i < plan->count; i++) {
        put_number(buf, plan->times[i], width);
    }
    buf_str(buf, (str){plan->kinds, plan->count});
    buf_str(buf, (str){INFOS, sizeof INFOS - 1});
    buf_str(buf, (str){NAMES, sizeof NAMES - 1});
}

static str
file_of(struct arena *arena, const struct plan *plan)
{
    struct buf buf;
    str file;

    buf_init(&buf, arena, KB(4));
    put_block(&buf, plan, 4);
    put_block(&buf, plan, 8);
    buf_fmt(&buf, "\n%s\n", plan->rule);
    cr_assert(buf_done(&buf, &file));
    return file;
}

static const struct plan sound = {
    '2', {1000, 2000, 3000}, 3, "\1\0\1", "MST7MDT,M3.2.0,M11.1.0", 0};

TEST(s3_2_what_a_clock_shows_between_the_times_of_the_file)
{
    static const struct {
        int line;
        int64_t at;
        int offset_s;
        const char *name;
    } cases[] = {
        {__LINE__, INT64_MIN, -25200, "MST"},
        {__LINE__, 999, -25200, "MST"},
        {__LINE__, 1000, -21600, "MDT"},
        {__LINE__, 1999, -21600, "MDT"},
        {__LINE__, 2000, -25200, "MST"},
        {__LINE__, 3000, -25200, "MST"}, /* by the rule: January */
        {__LINE__, 1747061204, -21600, "MDT"},
        {__LINE__, INT64_MAX, -25200, "MST"},
    };
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    struct plan without = sound;
    struct tzif zone;

    REQUIRE(tzif_read(file_of(arena, &sound), &zone));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tzif_local local = tzif_at(&zone, cases[i].at);
        CHECK_AT(cases[i].line, local.offset_s == cases[i].offset_s);
        CHECK_AT(cases[i].line, str_eq(local.name, str_from(cases[i].name)));
    }
    without.rule = "";
    REQUIRE(tzif_read(file_of(arena, &without), &zone));
    EXPECT(tzif_at(&zone, INT64_MAX).offset_s == -21600); /* as the last time says */
}

TEST(s3_files_that_contradict_themselves_are_none)
{
    static const struct {
        int line;
        struct plan plan;
    } cases[] = {
        {__LINE__, {0, {1}, 1, "\0", "", 0}}, /* version 1 */
        {__LINE__, {'5', {1}, 1, "\0", "", 0}},
        {__LINE__, {'2', {1}, 1, "\2", "", 0}}, /* a type that is not there */
        {__LINE__, {'2', {2, 1}, 2, "\0\0", "", 0}},
        {__LINE__, {'2', {1, 1}, 2, "\0\0", "", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "", 1}},
        {__LINE__, {'2', {1}, 1, "\0", "", -2}},
        {__LINE__, {'2', {1}, 1, "\0", "", INT32_MAX - 2}},
        {__LINE__, {'2', {1}, 1, "\0", "MST", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MS7", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "<MST7", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST25", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7:60", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,M3.2.0", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,M13.2.0,M11.1.0", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,M3.6.0,M11.1.0", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,M3.2.7,M11.1.0", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,J0,J365", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,0,366", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,0/168,300", 0}},
        {__LINE__, {'2', {1}, 1, "\0", "MST7MDT,M3.2.0,M11.1.0,", 0}},
    };
    AUTO(arena_end) struct arena *arena = arena_new(KB(256));
    struct tzif zone = {.time_count = 77};

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, !tzif_read(file_of(arena, &cases[i].plan), &zone));
        CHECK_AT(cases[i].line, zone.time_count == 77);
    }
}

TEST(a_file_that_is_cut_anywhere_or_longer_is_none)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    str file = file_of(arena, &sound);
    struct tzif zone;

    for (size_t n = 0; n < file.n; n++) {
        EXPECT(!tzif_read(str_dup(arena, str_head(file, n)), &zone));
    }
    EXPECT(!tzif_read(str_fmt(arena, STRF "x", STRV(file)), &zone));
    EXPECT(tzif_read(file, &zone));
}

TEST(posix_s8_3_rules_say_what_glibc_says)
{
    static const char *const rules[] = {"MST7MDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "IST-1GMT0,M10.5.0,M3.5.0/1",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "AAA3BBB,J60/0,J300", "AAA3BBB,59/0,299/26",
        "EET-2EEST,M3.4.4/50,M10.4.4/50", "UTC0", "<+0545>-5:45",
        "AAA-12:30:15BBB-14,M12.5.6/24,M1.1.0/167"};
    AUTO(arena_end) struct arena *arena = arena_new(KB(256));

    for (size_t i = 0; i < COUNT(rules); i++) {
        struct plan plan = {'3', {0}, 0, "", rules[i], 0};
        struct tzif zone;

        cr_assert(tzif_read(file_of(arena, &plan), &zone), "%s", rules[i]);
        setenv("TZ", rules[i], 1);
        tzset();
        for (int64_t at = 40000000; at < 9000000000; at += 987653) { /* glibc: since 1971 */
            time_t seconds = (time_t)at;
            struct tm tm;
            struct tzif_local local = tzif_at(&zone, at);
            REQUIRE(localtime_r(&seconds, &tm) != NULL);
            cr_assert(tm.tm_gmtoff == local.offset_s && str_eq(local.name, str_from(tm.tm_zone)),
                "%s at %lld: %ld and %d", rules[i], (long long)at, tm.tm_gmtoff, local.offset_s);
        }
    }
}
