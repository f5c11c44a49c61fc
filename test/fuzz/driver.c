/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target's main without a fuzzer: runs it over nothing, then over every file named and every
 * file of the folders named. Says which input it is at, so that the last line before a crash tells.
 * Fails if there was no input at all: a corpus that is lost must not look like one that is fine. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"

enum { MAX_BYTES = 1024 * 1024, MAX_PATH = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Reads a file into a block of exactly its size, so that reading past the end shows. */
static bool
run_file(const char *path, size_t n)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = mem_new(n);
    bool is_read = file != NULL && data != NULL && n <= MAX_BYTES && fread(data, 1, n, file) == n;

    printf("%s\n", path);
    fflush(stdout);
    if (is_read) {
        LLVMFuzzerTestOneInput(data, n);
    }
    mem_free(data);
    if (file != NULL) {
        fclose(file);
    }
    return is_read;
}

static size_t run_path(const char *path, int depth);

static size_t
run_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    size_t ran = 0;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char inner[MAX_PATH];
        int n = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && n > 0 && n < MAX_PATH) {
            ran += run_path(inner, 1);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return ran;
}

/* How many inputs a file (one) or a folder (its files, not its folders) gave. */
static size_t
run_path(const char *path, int depth)
{
    struct stat is;

    if (stat(path, &is) != 0) {
        return 0;
    }
    if (S_ISDIR(is.st_mode)) {
        return depth == 0 ? run_folder(path) : 0;
    }
    return S_ISREG(is.st_mode) && run_file(path, (size_t)is.st_size);
}

int
main(int argc, char **argv)
{
    static const uint8_t nothing[1];
    size_t ran = 0;

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++) {
        size_t more = run_path(argv[i], 0);
        if (more == 0) {
            printf("%s holds no input\n", argv[i]);
            return 1;
        }
        ran += more;
    }
    printf("%zu inputs\n", ran);
    return ran == 0;
}
