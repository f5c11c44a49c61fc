/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON object a line on one file descriptor. Only flow/ and app/ write lines; no line ever
 * holds a secret, a token, a personal datum or raw input (invariant 4). */
#pragma once
#include "base/str.h"

struct arena;

struct log_pair {
    const char *key;
    str text; /* used when is_number is false */
    int64_t number;
    bool is_number;
};

#define LOG_STR(key, text) ((struct log_pair){(key), (text), 0, false})
#define LOG_INT(key, number) ((struct log_pair){(key), NO_STR, (number), true})

/* Where lines go (2 at the start); -1 silences. */
void log_open(int fd);

/* Writes {"time":...,"event":event,...pairs}\n in one write(2), at most 4 KiB; longer is cut
 * at a pair. Control characters are escaped, so input could not forge a line. */
void log_write(int64_t now_ms, const char *event, const struct log_pair *pairs, size_t count);

/* The newest lines of this process, oldest first, copied to the arena: whole ones, as many as fit into max bytes. The newest
 * LOG_KEPT bytes are kept. False without memory. */
enum { LOG_KEPT = 1024 * 1024 };
MUST_USE bool log_newest(struct arena *arena, size_t max, str *ret);

#define LOG(now_ms, event, ...)                                                                    \
    log_write((now_ms), (event), (const struct log_pair[]){__VA_ARGS__},                           \
        COUNT(((const struct log_pair[]){__VA_ARGS__})))
