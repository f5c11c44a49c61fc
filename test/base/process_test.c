/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT process
#include "unit.h"

#include "base/process.h"

#include <fcntl.h>
#include <unistd.h>

TEST(the_system_says_what_this_process_has)
{
    struct process before = process_look(), after;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    REQUIRE(fd >= 0);
    after = process_look();
    EXPECT(after.open_files == before.open_files + 1 && before.open_files >= 1);
    EXPECT(after.max_files >= after.open_files);
    EXPECT(after.resident_bytes > KB(100) && after.virtual_bytes > after.resident_bytes);
    close(fd);
    EXPECT(process_look().open_files == before.open_files);
}

TEST(processor_time_only_grows)
{
    struct process before = process_look(), after = before;

    for (int i = 0; i < 100000 && after.cpu_us == before.cpu_us; i++) {
        after = process_look();
    }
    EXPECT(after.cpu_us > before.cpu_us);
}
