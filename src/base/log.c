/* SPDX-License-Identifier: Apache-2.0 */
/* JSON log lines. */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"

enum { LINE_MAX_BYTES = 4096, TAIL = 2 };

static atomic_int log_fd = 2;

/* A ring: byte i of all that was written lies at i % LOG_KEPT. */
static struct {
    pthread_mutex_t lock;
    size_t end; /* of all that was written */
    char bytes[LOG_KEPT];
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct line {
    char p[LINE_MAX_BYTES];
    size_t n;
    bool is_full;
};

void
log_open(int fd)
{
    atomic_store(&log_fd, fd);
}

static void
put(struct line *line, str s)
{
    if (line->is_full || s.n > sizeof line->p - TAIL - line->n) {
        line->is_full = true;
        return;
    }
    memcpy(line->p + line->n, s.p, s.n);
    line->n += s.n;
}

static void
put_quoted(struct line *line, str s)
{
    put(line, S("\""));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        char escaped[8];
        if (c == '"' || c == '\\') {
            put(line, (str){(char[]){'\\', (char)c}, 2});
        } else if (c < 0x20 || c == 0x7f) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            put(line, (str){escaped, 6});
        } else {
            put(line, str_head(str_skip(s, i), 1));
        }
    }
    put(line, S("\""));
}

static void
put_pair(struct line *line, const struct log_pair *pair)
{
    size_t before = line->n;
    char number[24];

    put(line, S(","));
    put_quoted(line, str_from(pair->key));
    put(line, S(":"));
    if (pair->is_number) {
        snprintf(number, sizeof number, "%lld", (long long)pair->number);
        put(line, str_from(number));
    } else {
        put_quoted(line, pair->text);
    }
    if (line->is_full) {
        line->n = before; /* cut at a pair, so that the line stays JSON */
    }
}

static void
keep(const char *p, size_t n)
{
    size_t at, first;

    pthread_mutex_lock(&kept.lock);
    at = kept.end % LOG_KEPT;
    first = MIN(n, LOG_KEPT - at);
    memcpy(kept.bytes + at, p, first);
    memcpy(kept.bytes, p + first, n - first);
    kept.end += n;
    pthread_mutex_unlock(&kept.lock);
}

bool
log_newest(struct arena *arena, size_t max, str *ret)
{
    char *text = arena_alloc(arena, LOG_KEPT);
    size_t n, from, at;

    if (text == NULL) {
        return false;
    }
    pthread_mutex_lock(&kept.lock);
    n = MIN(kept.end, LOG_KEPT);
    from = (kept.end - n) % LOG_KEPT;
    memcpy(text, kept.bytes + from, MIN(n, LOG_KEPT - from));
    memcpy(text + MIN(n, LOG_KEPT - from), kept.bytes, n - MIN(n, LOG_KEPT - from));
    at = n > max ? n - max : 0;
    from = kept.end - n + at; /* of all that was written */
    pthread_mutex_unlock(&kept.lock);
    /* The first may be cut: what is before the first line's end goes, unless a line begins here. */
    if (from > 0 && (at == 0 || text[at - 1] != '\n')) {
        at += MIN(str_find((str){text + at, n - at}, '\n') + 1, n - at);
    }
    *ret = (str){text + at, n - at};
    return true;
}

void
log_write(int64_t now_ms, const char *event, const struct log_pair *pairs, size_t count)
{
    struct line line = {.n = 0};
    int fd = atomic_load_explicit(&log_fd, memory_order_relaxed);
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm tm;
    char time_text[48];

    if (fd < 0) {
        return;
    }
    gmtime_r(&seconds, &tm);
    strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%S", &tm);
    put(&line, S("{\"time\":\""));
    put(&line, str_from(time_text));
    snprintf(time_text, sizeof time_text, ".%03dZ", (int)(now_ms % 1000));
    put(&line, str_from(time_text));
    put(&line, S("\",\"event\":"));
    put_quoted(&line, str_from(event));
    for (size_t i = 0; i < count && !line.is_full; i++) {
        put_pair(&line, &pairs[i]);
    }
    line.p[line.n++] = '}';
    line.p[line.n++] = '\n';
    keep(line.p, line.n);
    if (write(fd, line.p, line.n) < 0) {
        return; /* a log that cannot be written must not stop the house */
    }
}
