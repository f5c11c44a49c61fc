/* SPDX-License-Identifier: Apache-2.0 */
/* A set of very many rows in the order of its trees: rows of one statement behind each other can be added many at once
 * (sqlite_rows.c), and in the order of their keys each page of a tree is written once. */
#include <stdlib.h>

#include "base/arena.h"
#include "io/db/db.h"

struct place {
    uint64_t head; /* the first bytes of the key: few comparisons need the rest */
    struct db_write *write;
};
struct gather {
    const int *statements;
    size_t count, key;
    size_t at[DB_GATHER_MAX + 2]; /* where the next of each statement is put; then of all others */
};

static size_t
rank_of(const struct gather *g, const struct db_write *w)
{
    size_t i = 0;

    while (i < g->count && g->statements[i] != w->statement) {
        i++;
    }
    return i;
}

static uint64_t
head_of(str key)
{
    uint64_t head = 0;

    for (size_t i = 0; i < sizeof head; i++) {
        head = head << 8 | (i < key.n ? (unsigned char)key.p[i] : 0);
    }
    return head;
}

static int
by_key(const void *a, const void *b, void *ctx)
{
    const struct place *left = a, *right = b;
    const struct gather *g = ctx;

    if (left->head != right->head) {
        return left->head < right->head ? -1 : 1;
    }
    return str_cmp(left->write->values[g->key].data, right->write->values[g->key].data);
}

static bool
is_sorted(const struct place *places, size_t n)
{
    size_t i = 1;

    while (i < n && places[i - 1].head < places[i].head) {
        i++;
    }
    return i >= n;
}

/* Takes what is gathered out of the list. */
static void
take(struct gather *g, struct db_writes *writes, struct place *places)
{
    struct db_write **link = &writes->first, *last = NULL;

    for (struct db_write *w = *link; w != NULL; w = w->next) {
        size_t rank = rank_of(g, w);
        if (rank < g->count) {
            places[g->at[rank]++] = (struct place){head_of(w->values[g->key].data), w};
        } else {
            *link = last = w;
            link = &w->next;
        }
    }
    *link = NULL;
    writes->last = last;
}

static void
put_back(struct db_writes *writes, const struct place *places, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct db_write *w = places[i].write;
        *(writes->last ? &writes->last->next : &writes->first) = w;
        writes->last = w;
        w->next = NULL;
    }
}

void
db_writes_gather(struct db_writes *writes, const int *statements, size_t count, size_t key)
{
    struct gather g = {statements, count, key, {0}};
    struct place *places = ARENA_ARRAY(writes->arena, writes->count, struct place);
    size_t from = 0;

    CHECK(count <= DB_GATHER_MAX);
    if (places == NULL) { /* a failed arena makes db_commit refuse */
        return;
    }
    for (const struct db_write *w = writes->first; w != NULL; w = w->next) {
        g.at[rank_of(&g, w) + 1]++;
    }
    for (size_t i = 1; i <= count; i++) {
        g.at[i] += g.at[i - 1];
    }
    take(&g, writes, places);
    for (size_t i = 0; i < count; from = g.at[i++]) { /* take() moved each to its end */
        if (!is_sorted(places + from, g.at[i] - from)) {
            qsort_r(places + from, g.at[i] - from, sizeof *places, by_key, &g);
        }
    }
    put_back(writes, places, from);
}
