/* SPDX-License-Identifier: Apache-2.0 */
/* Names come from anybody: only letters, digits and "_+-" between slashes reach the file system, so that no name leaves the
 * folder. */
#include "io/zone/zone.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { PATH_BYTES = 4096 };

static bool
is_zone_name(str name)
{
    char before = '/';

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == '/' ? before == '/'
                     : !is_letter && (c < '0' || c > '9') && c != '_' && c != '+' && c != '-') {
            return false;
        }
        before = c;
    }
    return before != '/' && name.n < DATETIME_ZONE_NAME;
}

static bool
read_file(struct arena *arena, int fd, str *ret)
{
    struct stat about;
    char *text;
    size_t n = 0;
    ssize_t more = 1;

    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < 1
        || about.st_size > TZIF_FILE_MAX) {
        return false;
    }
    text = ARENA_ARRAY(arena, (size_t)about.st_size, char);
    while (text != NULL && n < (size_t)about.st_size && more > 0) {
        more = read(fd, text + n, (size_t)about.st_size - n);
        n += more > 0 ? (size_t)more : 0;
    }
    *ret = (str){text, n};
    return text != NULL && n == (size_t)about.st_size;
}

bool
zone_find(struct arena *arena, str name, struct datetime_zone *ret)
{
    const char *folder = getenv("TZDIR");
    struct datetime_zone zone = {.has_rules = true};
    char path[PATH_BYTES];
    str file;
    bool is_good;
    int fd, n;

    if (datetime_zone(name, ret)) {
        return true;
    }
    n = snprintf(path, sizeof path, "%s/" STRF, folder ? folder : "/usr/share/zoneinfo",
        STRV(str_head(name, DATETIME_ZONE_NAME)));
    if (!is_zone_name(name) || n < 0 || (size_t)n >= sizeof path) {
        return false;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    is_good = read_file(arena, fd, &file) && tzif_read(file, &zone.rules);
    close(fd);
    memcpy(zone.name, name.p, name.n); /* is_zone_name left room for its end */
    if (is_good) {
        *ret = zone;
    }
    return is_good;
}
