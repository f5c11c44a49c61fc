/* SPDX-License-Identifier: Apache-2.0 */
/* Keys lie in the text, in its order; a bundle made of the keys that a template asks for has each of them. */
#include <stdint.h>

#include "codec/bundle.h"

static void
check_inside(str text, str key)
{
    CHECK(key.n == 0 || (key.p >= text.p && key.p + key.n <= text.p + text.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    str text = {(const char *)data, n}, rest = text, key;

    while (bundle_next(&rest, &key)) {
        check_inside(text, key);
        CHECK(bundle_is(key, key) || str_find(key, '\\') < key.n);
    }
    rest = text;
    while (bundle_use(&rest, &key)) {
        check_inside(text, key);
        CHECK(key.n > 0 && bundle_is(key, key));
        CHECK(rest.n < n);
    }
    return 0;
}
