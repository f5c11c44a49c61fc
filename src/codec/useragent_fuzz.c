/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any header gives three fixed texts, none of them a part of the header, and what stands
 * behind the first 512 bytes changes nothing. */
#include "codec/useragent.h"

static bool
is_part_of(str s, str whole)
{
    return s.p >= whole.p && s.p < whole.p + whole.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    str header = {(const char *)data, n};
    struct useragent all = useragent_read(header), head = useragent_read(str_head(header, 512));
    const str texts[] = {all.browser, all.os, all.device};

    for (size_t i = 0; i < COUNT(texts); i++) {
        CHECK(texts[i].n > 0 && texts[i].n < 32 && !is_part_of(texts[i], header));
    }
    CHECK(str_eq(all.browser, head.browser) && str_eq(all.os, head.os)
          && str_eq(all.device, head.device));
    return 0;
}
