/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any text. Of JSON that is read whole every piece is the raw text of its node; pieces never overlap, and
 * of a broken text no end is reported. */
#include "codec/json_cut.h"

#include "base/arena.h"
#include "codec/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    str text = {(const char *)data, n}, name, value;
    const struct json *root = NULL, *node = NULL;
    bool is_json = json_parse(arena, text, &root, NULL);
    struct json_cut cut;
    const char *from = text.p;

    if (!json_cut_begin(text, &cut)) {
        CHECK(!is_json || (root->type != JSON_ARRAY && root->type != JSON_OBJECT));
        return 0;
    }
    node = is_json ? root->first : NULL;
    while (json_cut_next(&cut, &name, &value)) {
        CHECK(value.n > 0 && value.p >= from && value.p + value.n <= text.p + text.n);
        from = value.p + value.n;
        if (is_json) {
            CHECK(node != NULL && str_eq(value, node->raw));
            node = node->next;
        }
    }
    CHECK(!is_json || (node == NULL && json_cut_ended(&cut)));
    return 0;
}
