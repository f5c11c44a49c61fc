/* SPDX-License-Identifier: Apache-2.0 */
/* Archives: the digest's published value, and each number where APPNOTE has it. */
#define UNIT zip
#include "../unit.h"

#define ZLIB_CONST
#include <zlib.h>

#include "base/arena.h"
#include "codec/zip.h"

static uint32_t
number_at(str s, size_t at, size_t count)
{
    uint32_t number = 0;

    REQUIRE(at + count <= s.n);
    for (size_t i = count; i > 0; i--) {
        number = number << 8 | (uint8_t)s.p[at + i - 1];
    }
    return number;
}

static str
archive(struct arena *arena, str content, size_t max, size_t step)
{
    struct zip *zip;
    struct buf buf;
    str text = NO_STR;
    bool is_good = true;

    buf_init(&buf, arena, max);
    zip = zip_begin(arena, &buf, S("a.csv"), 1747061204042);
    REQUIRE(zip != NULL);
    for (; is_good && content.n > 0; content = str_skip(content, step)) {
        is_good = zip_add(zip, str_head(content, step));
    }
    return is_good && zip_end(zip) && buf_done(&buf, &text) ? text : NO_STR;
}

/* The sums stand in the directory, 12 bytes of them; where that is, at the end. */
static size_t
sums_at(str zip)
{
    return number_at(zip, zip.n - 6, 4) + 16;
}

static str
inflated(struct arena *arena, str zip, size_t room)
{
    z_stream stream = {.next_in = (const unsigned char *)zip.p + 35,
        .avail_in = number_at(zip, sums_at(zip) + 4, 4)};
    char *to = arena_alloc(arena, room + 1);
    int got;

    REQUIRE(to != NULL && inflateInit2(&stream, -15) == Z_OK);
    stream.next_out = (unsigned char *)to;
    stream.avail_out = (unsigned)room + 1;
    got = inflate(&stream, Z_FINISH);
    REQUIRE(got == Z_STREAM_END && stream.avail_in == 0);
    inflateEnd(&stream);
    return (str){to, stream.total_out};
}

TEST(an_archive_is_a_local_header_the_file_and_a_directory)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(2));
    str zip = archive(arena, S("123456789"), KB(64), 4);
    uint32_t directory, packed = number_at(zip, sums_at(zip) + 4, 4);

    EXPECT(number_at(zip, 0, 4) == 0x04034b50);
    EXPECT(number_at(zip, 8, 2) == 8);
    EXPECT(number_at(zip, 10, 2) == (14 << 11 | 46 << 5 | 22));
    EXPECT(number_at(zip, 12, 2) == (45u << 9 | 5 << 5 | 12));
    EXPECT(number_at(zip, 6, 2) == (1 << 11 | 1 << 3));
    EXPECT(number_at(zip, 14, 4) == 0 && number_at(zip, 18, 4) == 0 && number_at(zip, 22, 4) == 0);
    EXPECT(number_at(zip, sums_at(zip), 4) == 0xcbf43926); /* the check value of CRC-32 */
    EXPECT(number_at(zip, sums_at(zip) + 8, 4) == 9);
    EXPECT_STR(str_head(str_skip(zip, 30), 5), S("a.csv"));
    EXPECT_STR(inflated(arena, zip, 9), S("123456789"));
    directory = number_at(zip, zip.n - 6, 4);
    EXPECT(directory == 35 + packed + 16 && number_at(zip, directory, 4) == 0x02014b50);
    EXPECT(number_at(zip, 35 + packed, 4) == 0x08074b50); /* the data descriptor */
    EXPECT_STR(
        str_head(str_skip(zip, 35 + packed + 4), 12), str_head(str_skip(zip, sums_at(zip)), 12));
    EXPECT(number_at(zip, zip.n - 10, 4) == zip.n - 22 - directory);
    EXPECT(number_at(zip, zip.n - 22, 4) == 0x06054b50);
    EXPECT(number_at(zip, zip.n - 14, 2) == 1 && number_at(zip, zip.n - 12, 2) == 1);
}

TEST(files_of_any_length_come_back_whatever_parts_they_were_added_in)
{
    static const size_t lengths[] = {0, 1, KB(16), KB(16) + 1, KB(300)},
                        steps[] = {7, KB(64), MB(1)};

    for (size_t i = 0; i < COUNT(lengths) * COUNT(steps); i++) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(4));
        size_t n = lengths[i / COUNT(steps)];
        char *text = arena_alloc(arena, n + 1);
        uint32_t seed = 7;
        str zip;

        REQUIRE(text != NULL);
        for (size_t k = 0; k < n; k++) { /* half of it cannot be compressed */
            seed = seed * 1664525 + 1013904223;
            text[k] = k % 2 ? (char)(seed >> 24) : 'x';
        }
        zip = archive(arena, (str){text, n}, MB(1), steps[i % COUNT(steps)]);
        REQUIRE(zip.n > 0 && zip.n < n * 3 / 4 + 200);
        EXPECT_STR(inflated(arena, zip, n), ((str){text, n}));
    }
}

TEST(what_was_taken_away_between_parts_is_the_same_archive)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    char *text = arena_alloc(arena, KB(300));
    struct buf whole, part;
    struct zip *zip;
    uint32_t seed = 7;
    str joined;

    REQUIRE(text != NULL);
    for (size_t k = 0; k < KB(300); k++) {
        seed = seed * 1664525 + 1013904223;
        text[k] = (char)(seed >> 24);
    }
    buf_init(&whole, arena, MB(1));
    buf_init(&part, arena, KB(64));
    zip = zip_begin(arena, &part, S("a.csv"), 1747061204042);
    REQUIRE(zip != NULL);
    for (size_t at = 0; at < KB(300); at += KB(10)) {
        REQUIRE(zip_add(zip, (str){text + at, KB(10)}));
        buf_str(&whole, (str){part.p, part.n});
        part.n = 0;
    }
    REQUIRE(zip_end(zip) && !part.failed);
    buf_str(&whole, (str){part.p, part.n});
    REQUIRE(buf_done(&whole, &joined));
    EXPECT_STR(joined, archive(arena, (str){text, KB(300)}, MB(1), KB(10)));
}

TEST(what_does_not_fit_is_no_archive)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1)), *small = arena_new(KB(64));
    struct buf buf;

    EXPECT(archive(arena, S("123456789"), 100, 9).n == 0);
    buf_init(&buf, small, KB(16));
    EXPECT(zip_begin(small, &buf, S("a.csv"), 0) == NULL);
}
