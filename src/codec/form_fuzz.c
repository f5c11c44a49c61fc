/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what parses is encoded, from unreserved characters only, and parses to the same; every
 * pair is UTF-8 without NUL; and a name is found as often as it stands there. */
#include "base/arena.h"
#include "codec/form.h"
#include "codec/utf8.h"

static void
check_pairs(const struct form *form)
{
    str repeated;

    CHECK(form->count <= FORM_MAX_PAIRS);
    for (size_t i = 0; i < form->count; i++) {
        const struct form_pair *pair = &form->pairs[i];
        CHECK(utf8_is_valid(pair->name) && utf8_is_valid(pair->value));
        CHECK(str_find(pair->name, '\0') == pair->name.n);
        CHECK(str_find(pair->value, '\0') == pair->value.n);
        CHECK(form_has(form, pair->name));
        CHECK(form_is_repeated(form, &repeated) || str_eq(form_get(form, pair->name), pair->value));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    struct form form, again;
    struct buf buf;
    str text;

    CHECK(arena != NULL);
    if (!form_parse(arena, (str){(const char *)data, n}, &form)) {
        return 0;
    }
    check_pairs(&form);
    buf_init(&buf, arena, n * 3 + 2 * FORM_MAX_PAIRS);
    form_encode(&buf, &form);
    CHECK(buf_done(&buf, &text));
    for (size_t i = 0; i < text.n; i++) {
        CHECK(text.p[i] > ' ' && text.p[i] < 0x7F && text.p[i] != '+');
    }
    CHECK(form_parse(arena, text, &again) && form_same(&form, &again));
    return 0;
}
