/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT cache
#include "../fixture.h"

#include "model/cache/cache.h"

static int builds, releases;

static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    (void)rq;
    builds++;
    *ret = id.b[0] == 0xff ? NULL : uuid_text(arena, id).p ? ARENA_NEW(arena, struct uuid) : NULL;
    if (*ret != NULL) {
        *(struct uuid *)*ret = id;
    }
    return ERR_OK;
}

static void
release(void *thing)
{
    (void)thing;
    releases++;
}

static const struct uuid *
get(struct rq *rq, uint8_t n)
{
    const void *thing;

    REQUIRE(cache_get(rq, CACHE_API_KEY, (struct uuid){{n}}, build, release, &thing) == ERR_OK);
    return thing;
}

TEST(a_thing_is_built_once_and_lives_as_long_as_a_request_holds_it)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx), *other = fixture_rq(fx);
    const struct uuid *thing = get(rq, 1);

    builds = releases = 0;
    EXPECT(get(other, 1) == thing && builds == 0);
    cache_drop(fx->house.cache, CACHE_API_KEY, (struct uuid){{1}});
    EXPECT(releases == 0 && thing->b[0] == 1);
    EXPECT(get(other, 1) != thing && builds == 1);
    fixture_done(rq);
    fixture_done(other);
    EXPECT(releases == 1);
    fixture_close(fx);
}

TEST(what_does_not_exist_is_not_kept)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    builds = 0;
    EXPECT(get(rq, 0xff) == NULL && get(rq, 0xff) == NULL);
    EXPECT(builds == 2);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(the_least_used_goes_when_the_shelf_is_full)
{
    struct unit_rng rng = unit_rng_new(1);
    struct fixture *fx = fixture_open();
    struct cache *small = cache_new(2, &rng.rng), *own = fx->house.cache;
    struct rq *rq = fixture_rq(fx);

    fx->house.cache = small;
    get(rq, 1);
    get(rq, 2);
    get(rq, 1);
    get(rq, 3);
    builds = 0;
    get(rq, 1);
    EXPECT(builds == 0);
    get(rq, 2);
    EXPECT(builds == 1);
    cache_end_request(rq);
    fixture_done(rq);
    cache_free(small);
    fx->house.cache = own;
    fixture_close(fx);
}

static const void *
get_kind(struct rq *rq, enum cache_kind kind, uint8_t n)
{
    const void *thing;

    REQUIRE(cache_get(rq, kind, (struct uuid){{n}}, build, release, &thing) == ERR_OK);
    return thing;
}

TEST(what_is_made_of_signing_keys_goes_with_any_of_them)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    get_kind(rq, CACHE_JWKS, 1);
    get_kind(rq, CACHE_JWKS, 2);
    get_kind(rq, CACHE_API_KEY, 3);
    builds = 0;
    cache_drop(fx->house.cache, CACHE_API_KEY, (struct uuid){{1}});
    get_kind(rq, CACHE_JWKS, 1);
    EXPECT(builds == 0);
    cache_drop(fx->house.cache, CACHE_SIGNING_KEY, (struct uuid){{9}});
    get_kind(rq, CACHE_JWKS, 1);
    get_kind(rq, CACHE_JWKS, 2);
    EXPECT(builds == 2);
    get_kind(rq, CACHE_API_KEY, 3);
    EXPECT(builds == 2);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(what_is_made_of_a_thing_goes_with_it)
{
    static const struct {
        int line;
        enum cache_kind dropped, asked;
        uint8_t id;
        int builds;
    } cases[] = {
        {__LINE__, CACHE_TENANT, CACHE_DISCOVERY, 1, 1},
        {__LINE__, CACHE_TENANT, CACHE_DISCOVERY, 2, 0}, /* another tenant's stays */
        {__LINE__, CACHE_TENANT, CACHE_JWKS, 1, 0},
        {__LINE__, CACHE_SIGNING_KEY, CACHE_TENANT_KEY, 2, 1},
        {__LINE__, CACHE_SIGNING_KEY, CACHE_DISCOVERY, 1, 0},
        {__LINE__, CACHE_DEFAULT_TENANT, CACHE_TENANT, 2, 1},
        {__LINE__, CACHE_DEFAULT_TENANT, CACHE_DISCOVERY, 2, 1},
        {__LINE__, CACHE_APPLICATION, CACHE_TENANT, 1, 0},
    };
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(cases); i++) {
        get_kind(rq, cases[i].asked, cases[i].id);
        builds = 0;
        cache_drop(fx->house.cache, cases[i].dropped, (struct uuid){{1}});
        get_kind(rq, cases[i].asked, cases[i].id);
        CHECK_AT(cases[i].line, builds == cases[i].builds);
    }
    fixture_done(rq);
    fixture_close(fx);
}

TEST(hits_misses_and_drops_are_counted_by_kind)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct cache_counts before = cache_count(fx->house.cache, CACHE_API_KEY), after;

    (void)get(rq, 1);
    (void)get(rq, 1);
    (void)get(rq, 0xff);
    cache_drop(fx->house.cache, CACHE_API_KEY, (struct uuid){{2}});
    after = cache_count(fx->house.cache, CACHE_API_KEY);
    EXPECT(after.hits - before.hits == 1 && after.misses - before.misses == 2);
    EXPECT(after.drops - before.drops == 1 && after.held - before.held == 1);
    for (size_t i = 0; i < CACHE_KIND_COUNT; i++) {
        EXPECT(cache_kind_name(i) != NULL);
    }
    fixture_done(rq);
    fixture_close(fx);
}
