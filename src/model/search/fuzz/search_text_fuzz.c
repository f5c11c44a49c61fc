/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any query string. What parses is printed to one that parses to the same tree, and the tree keeps what
 * its plan promises. */
#include "base/arena.h"
#include "model/search/fuzz/search_probe.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    const struct search_node *tree = NULL, *again = NULL;
    const char *why = NULL;
    str printed;

    if (search_parse(arena, &search_entities, (str){(const char *)data, n}, &tree, &why)) {
        search_probe_entities(arena, tree);
    }
    if (!search_parse(arena, &search_people, (str){(const char *)data, n}, &tree, &why)) {
        CHECK(why != NULL || arena_failed(arena));
        return 0;
    }
    printed = search_print(arena, tree);
    if (printed.n > 0 && !arena_failed(arena)) {
        CHECK(
            search_parse(arena, &search_people, printed, &again, &why) && search_same(tree, again));
    }
    search_probe(arena, tree);
    return 0;
}
