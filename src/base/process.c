/* SPDX-License-Identifier: Apache-2.0 */
/* From /proc (proc(5)), getrusage and getrlimit. */
#include "base/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* "SIZE RESIDENT ...", in pages. */
static void
look_at_memory(struct process *ret)
{
    FILE *file = fopen("/proc/self/statm", "re");
    int64_t page = sysconf(_SC_PAGESIZE), size = 0, resident = 0;
    char line[128] = "";
    str rest, piece;

    if (file == NULL) {
        return;
    }
    rest = fgets(line, sizeof line, file) ? str_from(line) : NO_STR;
    fclose(file);
    if (str_cut(&rest, ' ', &piece) && str_i64(piece, &size) && str_cut(&rest, ' ', &piece)
        && str_i64(piece, &resident)) {
        ret->virtual_bytes = (uint64_t)(size * page);
        ret->resident_bytes = (uint64_t)(resident * page);
    }
}

/* Since Linux 6.2 the folder's size says how many there are; before, it is 0 and they are counted. */
static uint64_t
count_files(void)
{
    struct stat status;
    uint64_t count = 0;
    DIR *folder;

    if (stat("/proc/self/fd", &status) == 0 && status.st_size > 0) {
        return (uint64_t)status.st_size;
    }
    folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL) {
        count++;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count > 3 ? count - 3 : 0; /* ".", ".." and the folder's own */
}

static uint64_t
us_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

struct process
process_look(void)
{
    struct process process = {.open_files = count_files()};
    struct rusage usage;
    struct rlimit limit;

    look_at_memory(&process);
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        process.cpu_us = us_of(usage.ru_utime) + us_of(usage.ru_stime);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        process.max_files = limit.rlim_cur;
    }
    return process;
}
