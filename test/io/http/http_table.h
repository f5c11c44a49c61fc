/* SPDX-License-Identifier: Apache-2.0 */
/* Reads test/corpus/http/requests.txt: raw requests with the verdicts they must get. */
#pragma once
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/str.h"
#include "test/unit.h"

enum { TABLE_MAX_ROWS = 400, TABLE_MAX_STATUSES = 4 };

struct table_row {
    int line;
    int status[TABLE_MAX_STATUSES];
    size_t count;
    bool is_kept;
    str name, raw;
};
struct table {
    struct arena *arena;
    struct table_row rows[TABLE_MAX_ROWS];
    size_t count;
};

static inline size_t
table_unescape(str in, char *to)
{
    static const char from[] = "rnt\\", into[] = "\r\n\t\\";
    size_t n = 0;

    while (in.n > 0) {
        char c = in.p[0], kind = in.n > 1 ? in.p[1] : 0;
        const char *known = kind ? strchr(from, kind) : NULL;

        if (c != '\\') {
            to[n++] = c;
            in = str_skip(in, 1);
        } else if (known != NULL) {
            to[n++] = into[known - from];
            in = str_skip(in, 2);
        } else if (kind == 'x') {
            char hex[3] = {in.p[2], in.p[3], 0};
            to[n++] = (char)strtol(hex, NULL, 16);
            in = str_skip(in, 4);
        } else {
            str count = str_skip(in, 3), text;
            long times = strtol(count.p, NULL, 10);
            cr_assert(kind == 'R' && times > 0);
            text = str_skip(count, str_find(count, ',') + 1);
            text = str_head(text, str_find(text, '}'));
            while (times-- > 0) {
                n += table_unescape(text, to + n);
            }
            in = str_skip((str){text.p, in.n - (size_t)(text.p - in.p)}, text.n + 1);
        }
    }
    return n;
}

static inline void
table_take(struct table *t, str line, int number)
{
    struct table_row *row = &t->rows[t->count];
    size_t bar = str_find_str(line, S(" | "));
    str verdict = str_head(line, bar), word, rest = str_skip(line, bar + 3);
    static char raw[65536];

    if (line.n == 0 || line.p[0] == '#') {
        return;
    }
    cr_assert(bar < line.n && t->count < TABLE_MAX_ROWS, "requests.txt line %d", number);
    t->count++;
    row->line = number;
    row->is_kept = str_ends(verdict, S(" keep"));
    verdict = str_head(verdict, str_find(verdict, ' '));
    while (str_cut(&verdict, ',', &word)) {
        row->status[row->count++] = (int)strtol(word.p, NULL, 10);
    }
    bar = str_find_str(rest, S(" | "));
    row->name = str_dup(t->arena, str_head(rest, bar));
    row->raw = str_dup(t->arena, (str){raw, table_unescape(str_skip(rest, bar + 3), raw)});
}

static inline struct table *
table_read(void)
{
    static struct table t;
    static char text[65536];
    FILE *file = fopen(HTTP_CORPUS "/requests.txt", "r");
    str rest, line;
    int number = 0;

    cr_assert(file != NULL);
    rest = (str){text, fread(text, 1, sizeof text, file)};
    fclose(file);
    memset(&t, 0, sizeof t);
    t.arena = arena_new(MB(4));
    while (str_cut(&rest, '\n', &line)) {
        table_take(&t, line, ++number);
    }
    cr_assert(!arena_failed(t.arena) && t.count > 100);
    return &t;
}
