/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a file that is taken gives, at any instant, a distance within 26 hours and a name of its own, and the same
 * one between two changes; cut anywhere near its end it is none. */
#include "codec/tzif.h"

enum { DISTANCE_MAX = 26 * 3600 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const int64_t instants[] = {
        INT64_MIN, -4000000000, -1, 0, 951782400, 1747061204, 4102444800, 253402300800, INT64_MAX};
    str file = {(const char *)data, n};
    struct tzif zone, cut;

    if (!tzif_read(file, &zone)) {
        return 0;
    }
    for (size_t i = 0; i < COUNT(instants); i++) {
        struct tzif_local local = tzif_at(&zone, instants[i]);
        CHECK(local.offset_s >= -DISTANCE_MAX && local.offset_s <= DISTANCE_MAX);
        CHECK(local.name.p >= file.p && local.name.p + local.name.n < file.p + file.n);
        CHECK(memchr(local.name.p, 0, local.name.n) == NULL || local.name.n == 0);
    }
    CHECK(!tzif_read(str_head(file, n - 1), &cut));
    return 0;
}
