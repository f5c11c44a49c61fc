/* SPDX-License-Identifier: Apache-2.0 */
/* Archives: the digest's published value, and each number where APPNOTE has it. */
#define UNIT zip
#include "../unit.h"

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

TEST(crc_32_of_the_check_string)
{
    EXPECT(zip_crc(S("123456789")) == 0xcbf43926);
    EXPECT(zip_crc(NO_STR) == 0);
}

TEST(an_archive_is_a_local_header_the_file_and_a_directory)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    struct buf buf;
    str zip;
    uint32_t directory;

    buf_init(&buf, arena, KB(4));
    zip_write(&buf, S("a.csv"), 1747061204042, S("123456789"));
    REQUIRE(buf_done(&buf, &zip));
    EXPECT(number_at(zip, 0, 4) == 0x04034b50);
    EXPECT(number_at(zip, 8, 2) == 0);
    EXPECT(number_at(zip, 10, 2) == (14 << 11 | 46 << 5 | 22));
    EXPECT(number_at(zip, 12, 2) == (45u << 9 | 5 << 5 | 12));
    EXPECT(number_at(zip, 14, 4) == 0xcbf43926);
    EXPECT(number_at(zip, 18, 4) == 9 && number_at(zip, 22, 4) == 9);
    EXPECT_STR(str_head(str_skip(zip, 30), 14), S("a.csv123456789"));
    directory = number_at(zip, zip.n - 6, 4);
    EXPECT(directory == 44 && number_at(zip, directory, 4) == 0x02014b50);
    EXPECT(number_at(zip, zip.n - 10, 4) == zip.n - 22 - directory);
    EXPECT(number_at(zip, zip.n - 22, 4) == 0x06054b50);
    EXPECT(number_at(zip, zip.n - 14, 2) == 1 && number_at(zip, zip.n - 12, 2) == 1);
}

TEST(what_does_not_fit_is_no_archive)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    struct buf buf;
    str zip;

    buf_init(&buf, arena, 100);
    zip_write(&buf, S("a.csv"), 0, S("123456789"));
    EXPECT(!buf_done(&buf, &zip));
}
