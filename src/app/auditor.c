/* SPDX-License-Identifier: Apache-2.0 */
/* cardea audit verify. A data folder is looked at while no server uses it; a PostgreSQL database at any time. The
 * operator who wants a proof over time keeps the last line that was printed: a chain that holds and has
 * fewer links than then, with the same --event-days, has lost some. */
#include "app/auditor.h"

#include <stdio.h>

#include "app/config.h"
#include "app/house.h"
#include "app/jobs.h"
#include "model/audit/audit.h"
#include "model/cache/cache.h"

enum { ROWS = 200, STEP_ARENA = 4 * 1024 * 1024 };

static int
fail(const char *why)
{
    fprintf(stderr, "cardea: %s\n", why);
    return 1;
}

static bool
step(struct house *house, struct audit_walk *walk, bool *ret_done)
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;
    enum err e;

    if (arena == NULL) {
        return false;
    }
    house_begin(house, arena, &rq);
    e = audit_walk_step(&rq, walk, ROWS, ret_done);
    cache_end_request(&rq);
    return e == ERR_OK;
}

static int
tell(const struct audit_verdict *verdict)
{
    char tenant[UUID_TEXT];

    if (verdict->is_broken) {
        uuid_write(verdict->tenant_id, tenant);
        printf("audit: BROKEN in tenant %.*s", UUID_TEXT, tenant);
        if (verdict->seq) {
            printf(" at entry %lld", (long long)verdict->seq);
        }
        printf(": %s\n", verdict->why);
        return AUDITOR_BROKEN;
    }
    printf("audit: the chains hold: %lld links, %lld entries not linked yet, %lld erased with "
           "their people,"
           " %lld swept\n",
        (long long)verdict->links, (long long)verdict->waiting, (long long)verdict->erased,
        (long long)verdict->over);
    return 0;
}

static int
walk_all(struct house *house, int64_t since_ms)
{
    struct audit_walk *walk = audit_walk_new(since_ms, house->rng);
    bool is_done = false, is_good = walk != NULL;
    int result;

    while (is_good && !is_done) {
        is_good = step(house, walk, &is_done);
    }
    result = is_good ? tell(audit_walk_verdict(walk)) : fail("the audit log cannot be read");
    audit_walk_free(walk);
    return result;
}

int
auditor_run(const struct config *config)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    struct house house;
    const char *why = "there is not enough memory";
    int64_t days;
    int result;

    if (config->operand == NULL || !str_eq(str_from(config->operand), S("verify"))) {
        return fail("say what to do: cardea audit verify");
    }
    if (!jobs_event_days(config->event_days, &days)) {
        return fail("--event-days takes 0 or a number from 7 on: the server's");
    }
    if (arena == NULL || !house_is_there(config, &why)
        || !house_open(config, arena, &house, &why)) {
        return fail(why);
    }
    result = walk_all(&house, days ? clock_now_ms() - days * DAY_MS : 0);
    house_close(&house);
    return result;
}
