/* SPDX-License-Identifier: Apache-2.0 */
/* cardea: the commands. */
#include <stdio.h>

#include "app/apply.h"
#include "app/auditor.h"
#include "app/config.h"
#include "app/export.h"
#include "app/inspect.h"
#include "app/migrate.h"
#include "app/serve.h"
#include "base/arena.h"

static int
print_version(const struct config *config)
{
    (void)config;
    printf("cardea %s\n", CARDEA_VERSION);
    return 0;
}

static int print_help(const struct config *config);

static const struct command {
    const char *name, *help;
    int (*run)(const struct config *config);
} commands[] = {
    {"serve", "run the server", serve_run},
    {"kickstart", "apply a kickstart FILE to the data folder", serve_kickstart},
    {"apply", "apply -f FILE...: make the configuration what YAML or JSON files say", apply_run},
    {"export", "print the configuration as apply takes it", export_run},
    {"migrate", "apply what the databases lack and exit; --status only tells", migrate_run},
    {"check", "look over what a stopped server has stored, and open everything that is sealed",
        inspect_run},
    {"audit", "audit verify: prove the audit log's chains, or name the first entry that is broken",
        auditor_run},
    {"healthcheck", "ask the server whether it is well", serve_healthcheck},
    {"version", "print the version", print_version},
    {"help", "print this", print_help},
};

static int
print_help(const struct config *config)
{
    (void)config;
    printf("usage: cardea COMMAND [options]\n\ncommands:\n");
    for (size_t i = 0; i < COUNT(commands); i++) {
        printf("  %-22s %s\n", commands[i].name, commands[i].help);
    }
    printf(
        "\noptions (each also as CARDEA_... in the environment, or a key of the --config file):\n");
    config_print_help();
    return 0;
}

static const struct command *
find(str name)
{
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (str_eq(name, str_from(commands[i].name))) {
            return &commands[i];
        }
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    str name = argc > 1 ? str_from(argv[1]) : S("help");
    const struct command *command = find(str_eq(name, S("--help"))      ? S("help")
                                         : str_eq(name, S("--version")) ? S("version")
                                                                        : name);
    struct config config;
    const char *why;

    if (arena == NULL || command == NULL) {
        fprintf(stderr, "cardea: there is no such command: see cardea help\n");
        return 2;
    }
    if (!config_read(arena, argc - 2, argv + 2, &config, &why)) {
        fprintf(stderr, "cardea: %s\n", why);
        return 2;
    }
    return command->run(&config);
}
