/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT map
#include "unit.h"

#include "base/map.h"

TEST(a_map_finds_what_it_holds_and_stops_at_its_maximum)
{
    struct unit_rng r = unit_rng_new(7);
    struct map *map = map_new(1000, &r.rng);
    static int values[1001];

    for (int i = 0; i < 1000; i++) {
        REQUIRE(map_put(map, (bytes){(uint8_t *)&i, sizeof i}, &values[i]));
    }
    for (int i = 0; i < 1000; i++) {
        EXPECT(map_get(map, (bytes){(uint8_t *)&i, sizeof i}) == &values[i]);
    }
    int extra = 1000;
    EXPECT(!map_put(map, (bytes){(uint8_t *)&extra, sizeof extra}, &values[1000]));
    for (int i = 0; i < 1000; i += 2) {
        EXPECT(map_take(map, (bytes){(uint8_t *)&i, sizeof i}) == &values[i]);
        EXPECT(map_get(map, (bytes){(uint8_t *)&i, sizeof i}) == NULL);
    }
    EXPECT(map_count(map) == 500);
    map_free(map);
}
