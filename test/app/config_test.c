/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT config
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"

static struct arena *arena;

static void
prepare(void)
{
    arena = arena_new(MB(1));
}

TEST(options_weigh_more_than_the_environment_and_that_more_than_the_file, .init = prepare)
{
    char path[] = "/tmp/config-XXXXXX";
    int fd = mkstemp(path);
    const char *text = "data: /from/file\nlisten: 1.2.3.4:1\nkickstart: file.json\nquiet: true\n",
               *why = NULL;
    char *argv[] = {"--data", "/from/option", "--config", path, "--demo", "operand"};
    struct config config;

    REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    setenv("CARDEA_DATA", "/from/environment", 1);
    setenv("CARDEA_LISTEN", "5.6.7.8:2", 1);
    REQUIRE(config_read(arena, COUNT(argv), argv, &config, &why));
    EXPECT(strcmp(config.data, "/from/option") == 0);
    EXPECT(strcmp(config.listen, "5.6.7.8:2") == 0);
    EXPECT(strcmp(config.kickstart, "file.json") == 0);
    EXPECT(config.quiet && config.demo && !config.tls12);
    EXPECT(strcmp(config.operand, "operand") == 0);
    unlink(path);
}

TEST(without_anything_the_defaults_hold, .init = prepare)
{
    struct config config;
    const char *why = NULL;

    REQUIRE(config_read(arena, 0, NULL, &config, &why));
    EXPECT(strcmp(config.data, "./var") == 0);
    EXPECT(strcmp(config.listen, "127.0.0.1:9011") == 0);
}

TEST(what_is_no_option_is_refused_by_name, .init = prepare)
{
    static const struct {
        int line;
        char *argv[3];
        int argc;
    } cases[] = {
        {__LINE__, {"--nope", NULL, NULL}, 1},
        {__LINE__, {"--data", NULL, NULL}, 1},
        {__LINE__, {"--demo=yes", NULL, NULL}, 1},
        {__LINE__, {"one", "two", NULL}, 2},
        {__LINE__, {"--config", "/does/not/exist.yaml", NULL}, 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct config config;
        const char *why = NULL;
        CHECK_AT(cases[i].line,
            !config_read(arena, cases[i].argc, (char **)cases[i].argv, &config, &why));
        CHECK_AT(cases[i].line, why != NULL && strlen(why) > 10);
    }
}
