/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any raw query. The tree keeps what its plan promises; it can be printed. */
#include "base/arena.h"
#include "model/search/fuzz/search_probe.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    const struct search_node *tree = NULL;
    const char *why = NULL;
    str printed;

    if (search_json_parse(arena, &search_entities, (str){(const char *)data, n}, &tree, &why)) {
        search_probe_entities(arena, tree);
    }
    if (!search_json_parse(arena, &search_people, (str){(const char *)data, n}, &tree, &why)) {
        CHECK(why != NULL || arena_failed(arena));
        return 0;
    }
    printed = search_print(arena, tree);
    CHECK(printed.n > 0 || arena_failed(arena));
    search_probe(arena, tree);
    return 0;
}
