/* SPDX-License-Identifier: Apache-2.0 */
/* cardea check: files first, then what is sealed: tenants, applications, people. What is
 * sealed says by itself whether it was changed; a plain column (an instant, a state) does not, unless the page that
 * holds it makes no sense any more. A data folder is looked at while no server uses it; of a PostgreSQL
 * database only what is sealed is. */
#include "app/inspect.h"

#include <stdio.h>

#include "app/config.h"
#include "app/house.h"
#include "model/application/application.h"
#include "model/cache/cache.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum { TENANTS_AT_ONCE = 1, APPLICATIONS_MAX = 10000, STEP_ARENA = 16 * 1024 * 1024 };

struct inspection {
    int64_t tenants, broken_tenants, applications, broken_applications;
    struct uuid last; /* tenant looked at */
    bool is_over;
    struct user_look people;
};

static void
tell_fault(void *ctx, str fault)
{
    (void)ctx;
    printf("check: " STRF "\n", STRV(fault));
}

static void
tell_id(const char *what, struct uuid id)
{
    char text[UUID_TEXT];

    uuid_write(id, text);
    printf("check: %s %.*s cannot be opened\n", what, UUID_TEXT, text);
}

static enum err
look_at_applications(struct rq *rq, struct inspection *it, struct uuid tenant_id)
{
    struct uuid *ids = NULL;
    size_t count = 0;
    enum err e = application_ids(rq, tenant_id, APPLICATIONS_MAX, &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        const struct application *application = NULL;
        struct fault before = rq->fault;

        it->applications++;
        if (application_any(rq, ids[i], &application) != ERR_OK || application == NULL) {
            it->broken_applications++;
            rq->fault = before;
            tell_id("application", ids[i]);
        }
    }
    return e;
}

static enum err
look_at_tenants(struct rq *rq, struct inspection *it)
{
    struct uuid *ids = NULL;
    size_t count = 0;
    enum err e = tenant_ids_after(rq, it->last, TENANTS_AT_ONCE, &ids, &count);

    it->is_over = e == ERR_OK && count == 0;
    if (it->is_over) { /* the universal ones, once */
        return look_at_applications(rq, it, (struct uuid){{0}});
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        const struct tenant *tenant = NULL;
        struct fault before = rq->fault;

        if (uuid_cmp(ids[i], it->last) <= 0) {
            return FAIL_SERVER(rq); /* a damaged index would be met again for ever */
        }
        it->last = ids[i];
        it->tenants++;
        if (tenant_load(rq, ids[i], &tenant) != ERR_OK || tenant == NULL) {
            it->broken_tenants++;
            rq->fault = before;
            tell_id("tenant", ids[i]);
        } else {
            e = look_at_applications(rq, it, ids[i]);
        }
    }
    return e;
}

static enum err
look_at_people(struct rq *rq, struct inspection *it)
{
    enum err e = user_look(rq, &it->people);

    it->is_over = it->people.at.is_at_end;
    return e;
}

/* To the end, some rows a time on an arena of their own. */
static bool
walk(struct house *house, struct inspection *it, enum err (*look)(struct rq *, struct inspection *))
{
    enum err e = ERR_OK;

    for (it->is_over = false; e == ERR_OK && !it->is_over;) {
        AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
        struct rq rq;

        if (arena == NULL) {
            return false;
        }
        house_begin(house, arena, &rq);
        e = look(&rq, it);
        cache_end_request(&rq);
    }
    return e == ERR_OK;
}

static int
inspect(struct house *house)
{
    struct inspection it = {.tenants = 0};
    bool is_sound = db_verify(house->db, tell_fault, NULL);
    bool is_read = walk(house, &it, look_at_tenants) && walk(house, &it, look_at_people);

    is_sound = is_sound && is_read && !it.broken_tenants && !it.broken_applications
               && !it.people.broken_count && !it.people.erased;
    if (it.people.broken_count) {
        tell_id("the first person", it.people.broken.id);
    }
    if (it.people.erased) {
        printf("check: %lld people have rows and no key: erasures that were cut, which a start "
               "ends, or damage\n",
            (long long)it.people.erased);
    }
    printf("check: %s: of %lld tenants %lld, of %lld applications %lld, of %lld people %lld cannot "
           "be opened%s\n",
        is_sound ? "sound" : "BROKEN", (long long)it.tenants, (long long)it.broken_tenants,
        (long long)it.applications, (long long)it.broken_applications,
        (long long)it.people.opened + (long long)it.people.broken_count,
        (long long)it.people.broken_count, is_read ? "" : ", and not all could be read");
    return is_sound ? 0 : INSPECT_BROKEN;
}

int
inspect_run(const struct config *config)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    struct house house;
    const char *why = "there is not enough memory";
    int result;

    if (arena == NULL || !house_is_there(config, &why)
        || !house_open(config, arena, &house, &why)) {
        fprintf(stderr, "cardea: %s\n", why);
        return 1;
    }
    result = inspect(&house);
    house_close(&house);
    return result;
}
