/* SPDX-License-Identifier: Apache-2.0 */
/* All numbers are little endian. What is known once the file is over follows it as data descriptor (s4.3.9), with the
 * signature all writers put before it. */
#include "codec/zip.h"

#include <pthread.h>
#include <time.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/lazy.h"

enum {
    VERSION = 20,
    FLAGS = 1 << 11 | 1 << 3, /* the name is UTF-8; sums and sizes are in a data descriptor */
    DEFLATED = 8,
    HEADER = 30, /* the local one, without the name */
    DESCRIPTOR = 16,
    NUMBERS = 12,
    STEP = 16 * 1024,
    NO_HEADER_BITS = -15, /* of zlib's: deflate's own format, with its largest window */
    MEMORY_LEVEL = 8,
};

#define LIBRARY(X) X(deflateInit2_) X(deflate) X(crc32)
static struct {
    LIBRARY(LAZY_MEMBER)
} library;
static const char *const names[] = {LIBRARY(LAZY_NAME)};
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static bool is_library_ready;

struct zip {
    struct buf *out;
    str name;
    uint32_t time, crc;
    uint64_t size;
    z_stream stream;
};

static void
open_library(void)
{
    is_library_ready = lazy_open_or_log("libz.so.1", names, COUNT(names), &library);
}

static void *
give(void *arena, unsigned count, unsigned size)
{
    return arena_alloc(arena, (size_t)count * size);
}

static void
keep(void *arena, void *memory) /* it goes with the arena */
{
    (void)arena;
    (void)memory;
}

static void
put(struct buf *buf, uint32_t number, size_t count)
{
    for (size_t i = 0; i < count; i++) {
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

static void
put_sums(const struct zip *zip)
{
    put(zip->out, zip->crc, 4);
    put(zip->out, (uint32_t)zip->stream.total_out, 4);
    put(zip->out, (uint32_t)zip->size, 4);
}

/* What the local header, where the sums are zero, and the directory share. */
static void
put_file(const struct zip *zip)
{
    put(zip->out, VERSION, 2);
    put(zip->out, FLAGS, 2);
    put(zip->out, DEFLATED, 2);
    put(zip->out, zip->time, 4);
    put_sums(zip);
    put(zip->out, (uint32_t)zip->name.n, 2);
    put(zip->out, 0, 2); /* extra fields */
}

struct zip *
zip_begin(struct arena *arena, struct buf *out, str name, int64_t instant_ms)
{
    struct zip *zip = ARENA_NEW(arena, struct zip);

    pthread_once(&library_once, open_library);
    if (zip == NULL || !is_library_ready) {
        return NULL;
    }
    *zip = (struct zip){.out = out, .name = name, .time = dos_time(instant_ms)};
    zip->stream.zalloc = give;
    zip->stream.zfree = keep;
    zip->stream.opaque = arena;
    if (library.deflateInit2_(&zip->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, NO_HEADER_BITS,
            MEMORY_LEVEL, Z_DEFAULT_STRATEGY, ZLIB_VERSION, (int)sizeof zip->stream)
        != Z_OK) {
        return NULL;
    }
    buf_lit(out, "PK\3\4");
    put_file(zip);
    buf_str(out, name);
    return zip;
}

/* Compresses what the stream was given until it takes more, or, when that was the last, until it is all written. */
static bool
run(struct zip *zip, int flush)
{
    int got;

    do {
        char *to = buf_reserve(zip->out, STEP);
        if (to == NULL) {
            return false;
        }
        zip->stream.next_out = (unsigned char *)to;
        zip->stream.avail_out = STEP;
        got = library.deflate(&zip->stream, flush);
        zip->out->n += STEP - zip->stream.avail_out;
    } while (zip->stream.avail_out == 0 && got == Z_OK);
    return flush == Z_FINISH ? got == Z_STREAM_END : got == Z_OK || got == Z_BUF_ERROR;
}

bool
zip_add(struct zip *zip, str part)
{
    zip->size += part.n;
    if (zip->size > UINT32_MAX || zip->stream.total_out > UINT32_MAX - MB(1)) {
        return false;
    }
    zip->crc = (uint32_t)library.crc32(zip->crc, (const unsigned char *)part.p, (unsigned)part.n);
    zip->stream.next_in = (const unsigned char *)part.p;
    zip->stream.avail_in = (unsigned)part.n;
    return run(zip, Z_NO_FLUSH);
}

static void
put_directory(const struct zip *zip)
{
    struct buf *out = zip->out;
    size_t directory = out->n;

    buf_lit(out, "PK\1\2");
    put(out, VERSION, 2);
    put_file(zip);
    put(out, 0, 2); /* comment */
    put(out, 0, 2); /* disk */
    put(out, 0, 2); /* attributes */
    put(out, 0, 4);
    put(out, 0, 4); /* where the local header is */
    buf_str(out, zip->name);
    buf_lit(out, "PK\5\6");
    put(out, 0, 4);
    put(out, 1, 2);
    put(out, 1, 2);
    put(out, (uint32_t)(out->n - NUMBERS - directory), 4);
    put(out, (uint32_t)(HEADER + zip->name.n + zip->stream.total_out + DESCRIPTOR), 4);
    put(out, 0, 2);
}

bool
zip_end(struct zip *zip)
{
    zip->stream.avail_in = 0;
    if (!run(zip, Z_FINISH)) {
        return false;
    }
    buf_lit(zip->out, "PK\7\10");
    put_sums(zip);
    put_directory(zip);
    return !zip->out->failed;
}
