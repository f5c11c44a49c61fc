/* SPDX-License-Identifier: Apache-2.0 */
/* ZIP, the part of it that holds one stored file. All numbers are little endian. */
#include "codec/zip.h"

#include <time.h>

#include "base/clock.h"

enum { LOCAL_BYTES = 30, VERSION = 20, UTF8_NAMES = 1 << 11 };

uint32_t
zip_crc(str content)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < content.n; i++) {
        crc ^= (uint8_t)content.p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
        }
    }
    return ~crc;
}

static void
put(struct buf *buf, uint32_t number, int count)
{
    for (int i = 0; i < count; i++) {
        buf_char(buf, (char)(number >> 8 * i));
    }
}

/* MS-DOS time and date, which begin with 1980. */
static uint32_t
dos_time(int64_t instant_ms)
{
    time_t seconds = (time_t)(instant_ms / SECOND_MS);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    if (tm.tm_year < 80) {
        return 1 << 21 | 1 << 16;
    }
    return (uint32_t)(tm.tm_year - 80) << 25 | (uint32_t)(tm.tm_mon + 1) << 21
           | (uint32_t)tm.tm_mday << 16 | (uint32_t)tm.tm_hour << 11 | (uint32_t)tm.tm_min << 5
           | (uint32_t)tm.tm_sec / 2;
}

/* What the local header and the directory share. */
static void
put_file(struct buf *buf, str name, int64_t instant_ms, uint32_t crc, str content)
{
    put(buf, VERSION, 2);
    put(buf, UTF8_NAMES, 2);
    put(buf, 0, 2); /* stored */
    put(buf, dos_time(instant_ms), 4);
    put(buf, crc, 4);
    put(buf, (uint32_t)content.n, 4);
    put(buf, (uint32_t)content.n, 4);
    put(buf, (uint32_t)name.n, 2);
    put(buf, 0, 2);
}

void
zip_write(struct buf *buf, str name, int64_t instant_ms, str content)
{
    uint32_t crc = zip_crc(content);
    size_t start = buf->n, directory;

    buf_lit(buf, "PK\3\4");
    put_file(buf, name, instant_ms, crc, content);
    buf_str(buf, name);
    buf_str(buf, content);
    directory = buf->n;
    buf_lit(buf, "PK\1\2");
    put(buf, VERSION, 2);
    put_file(buf, name, instant_ms, crc, content);
    put(buf, 0, 2); /* comment */
    put(buf, 0, 2); /* disk */
    put(buf, 0, 2); /* attributes */
    put(buf, 0, 4);
    put(buf, 0, 4); /* where the local header is */
    buf_str(buf, name);
    buf_lit(buf, "PK\5\6");
    put(buf, 0, 4);
    put(buf, 1, 2);
    put(buf, 1, 2);
    put(buf, (uint32_t)(buf->n - 12 - directory), 4);
    put(buf, (uint32_t)(directory - start), 4);
    put(buf, 0, 2);
}
