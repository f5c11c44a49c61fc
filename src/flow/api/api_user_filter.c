/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing in a table that is half full at most. Where an id lies depends on random numbers of this set, since
 * ids may be chosen by whoever makes people. */
#include "flow/api/api_user_filter.h"

#include "base/arena.h"
#include "base/rng.h"

enum { PLACES = 2 * API_FILTER_MAX };

struct api_user_filter {
    uint64_t factors[2]; /* odd */
    size_t count;
    struct uuid places[PLACES]; /* nil: free; nobody has that id */
};

struct api_user_filter *
api_user_filter_new(struct arena *arena, struct rng *rng)
{
    struct api_user_filter *filter = ARENA_NEW(arena, struct api_user_filter);

    if (filter == NULL) {
        return NULL;
    }
    rng_fill(rng, filter->factors, sizeof filter->factors);
    filter->factors[0] |= 1;
    filter->factors[1] |= 1;
    return filter;
}

void
api_user_filter_clear(struct api_user_filter *filter)
{
    memset(filter->places, 0, sizeof filter->places);
    filter->count = 0;
}

static size_t
place_of(const struct api_user_filter *filter, struct uuid id)
{
    uint64_t halves[2], hash;
    size_t i;

    memcpy(halves, id.b, sizeof halves);
    hash = halves[0] * filter->factors[0] ^ (halves[1] * filter->factors[1]) >> 17;
    hash *= filter->factors[1];
    for (i = hash >> 48; !uuid_is_nil(filter->places[i]) && !uuid_eq(filter->places[i], id);) {
        i = (i + 1) % PLACES;
    }
    return i;
}

bool
api_user_filter_add(struct api_user_filter *filter, struct uuid id)
{
    size_t place = place_of(filter, id);

    if (uuid_is_nil(filter->places[place])) {
        if (filter->count >= API_FILTER_MAX) {
            return false;
        }
        filter->places[place] = id;
        filter->count++;
    }
    return true;
}

bool
api_user_filter_has(const struct api_user_filter *filter, struct uuid id)
{
    return uuid_eq(filter->places[place_of(filter, id)], id);
}
