/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of test/vectors/json, one after the other: accept_*.json must be read, refuse_*.json
 * must not. */
#pragma once
#include <dirent.h>
#include <stdio.h>

#include "test/unit.h"

/* Calls check for each document and says how many there were. */
static inline int
json_vectors(void (*check)(struct arena *a, const char *name, str text))
{
    DIR *folder = opendir(VECTORS "/json");
    struct dirent *entry;
    int count = 0;

    REQUIRE(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        AUTO(arena_end) struct arena *a = arena_new(MB(4));
        char path[4096];
        if (!str_ends(str_from(entry->d_name), S(".json"))) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", VECTORS "/json", entry->d_name);
        FILE *file = fopen(path, "rb");
        char *text = arena_alloc(a, KB(64));
        REQUIRE(file != NULL && text != NULL);
        size_t n = fread(text, 1, KB(64), file);
        fclose(file);
        REQUIRE(n > 0 && n < KB(64));
        check(a, entry->d_name, (str){text, n});
        count++;
    }
    closedir(folder);
    return count;
}
