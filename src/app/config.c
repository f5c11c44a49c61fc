/* SPDX-License-Identifier: Apache-2.0 */
/* Settings from the command line, the environment and a file, by one table. */
#include "app/config.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

enum { NAME_MAX_BYTES = 64 };

static const struct setting {
    const char *name, *help;
    size_t offset;
    bool is_switch;
} settings[] = {
#define X(member, name, help) {name, help, offsetof(struct config, member), false},
    CONFIG_TEXTS(X)
#undef X
#define X(member, name, help) {name, help, offsetof(struct config, member), true},
        CONFIG_SWITCHES(X)
#undef X
};

static const char **
text_at(struct config *config, const struct setting *s)
{
    return (const char **)(void *)((char *)config + s->offset);
}

static bool *
switch_at(struct config *config, const struct setting *s)
{
    return (bool *)(void *)((char *)config + s->offset);
}

static const struct setting *
find(str name)
{
    for (size_t i = 0; i < COUNT(settings); i++) {
        if (str_eq(name, str_from(settings[i].name))) {
            return &settings[i];
        }
    }
    return NULL;
}

struct reading { /* of one command line */
    struct arena *arena;
    int argc;
    char **argv;
    const char *file, *why;
};

static bool
fail(struct reading *r, str what, const char *problem)
{
    str text = str_fmt(r->arena, STRF " %s", STRV(what), problem);

    r->why = text.n ? text.p : "not enough memory"; /* str_fmt ends with a NUL */
    return false;
}

/* "--name value", "--name=value" or "--switch"; advances *at over what it used. */
static bool
read_option(struct reading *r, int *at, struct config *config)
{
    str all = str_from(r->argv[*at]), word = str_skip(all, 2);
    str name = str_head(word, str_find(word, '='));
    const char *value = name.n < word.n ? name.p + name.n + 1 : NULL;
    const struct setting *s = find(name);
    bool is_file = str_eq(name, S("config"));

    if (s == NULL && !is_file) {
        return fail(r, all, "is no option: see cardea help");
    }
    if (s != NULL && s->is_switch) {
        *switch_at(config, s) = true;
        return value == NULL || fail(r, all, "takes no value");
    }
    if (value == NULL && *at + 1 >= r->argc) {
        return fail(r, all, "needs a value");
    }
    value = value ? value : r->argv[++*at];
    if (is_file) {
        r->file = value;
    } else {
        *text_at(config, s) = value;
    }
    return true;
}

static bool
read_options(struct reading *r, struct config *config)
{
    bool takes_files = false;

    for (int i = 0; i < r->argc; i++) {
        str word = str_from(r->argv[i]);
        if (str_eq(word, S("-f"))) {
            takes_files = true;
        } else if (takes_files && !str_starts(word, S("--"))) {
            if (config->file_count == CONFIG_FILES_MAX) {
                return fail(r, word, "is one file too many");
            }
            config->files[config->file_count++] = r->argv[i];
        } else if (str_starts(word, S("--"))) {
            takes_files = false;
            if (!read_option(r, &i, config)) {
                return false;
            }
        } else if (config->operand == NULL) {
            config->operand = r->argv[i];
        } else {
            return fail(r, word, "is one operand too many");
        }
    }
    return true;
}

/* CARDEA_MASTER_KEY_FILE for master-key-file. */
static const char *
environment_of(const struct setting *s)
{
    char name[NAME_MAX_BYTES] = "CARDEA_";
    size_t n = strlen(name);

    for (const char *p = s->name; *p && n + 1 < sizeof name; p++) {
        name[n++] = (char)(*p == '-' ? '_' : *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
    }
    name[n] = '\0';
    return getenv(name);
}

static void
read_environment(struct config *config)
{
    for (size_t i = 0; i < COUNT(settings); i++) {
        const char *value = environment_of(&settings[i]);
        if (value == NULL || *value == '\0') {
            continue;
        }
        if (settings[i].is_switch) {
            *switch_at(config, &settings[i]) |=
                !str_eq(str_from(value), S("false")) && !str_eq(str_from(value), S("0"));
        } else if (*text_at(config, &settings[i]) == NULL) {
            *text_at(config, &settings[i]) = value;
        }
    }
}

struct file_config { /* as the YAML file holds it */
#define X(member, name, help) char *member;
    CONFIG_TEXTS(X)
#undef X
#define X(member, name, help) bool member;
    CONFIG_SWITCHES(X)
#undef X
};

static const cyaml_schema_field_t file_fields[] = {
#define X(member, name, help)                                                                      \
    CYAML_FIELD_STRING_PTR(                                                                        \
        name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_config, member, 0, 4096),
    CONFIG_TEXTS(X)
#undef X
#define X(member, name, help)                                                                      \
    CYAML_FIELD_BOOL(name, CYAML_FLAG_OPTIONAL, struct file_config, member),
        CONFIG_SWITCHES(X)
#undef X
            CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_config, file_fields)};

static void
no_log(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
    (void)level;
    (void)ctx;
    (void)format;
    (void)args;
}

static void
take_file(struct arena *arena, const struct file_config *file, struct config *config)
{
#define X(member, name, help)                                                                      \
    if (config->member == NULL && file->member != NULL) {                                          \
        config->member = str_z(arena, str_from(file->member));                                     \
    }
    CONFIG_TEXTS(X)
#undef X
#define X(member, name, help) config->member |= file->member;
    CONFIG_SWITCHES(X)
#undef X
}

/* Unknown keys are errors: a setting that is not read must not look set. */
static bool
read_file(struct reading *r, struct config *config)
{
    const cyaml_config_t how = {
        .log_fn = no_log, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};
    struct file_config *file = NULL;
    cyaml_err_t e = cyaml_load_file(r->file, &how, &file_schema, (cyaml_data_t **)&file, NULL);

    if (e != CYAML_OK) {
        return fail(r, str_from(r->file), cyaml_strerror(e));
    }
    take_file(r->arena, file, config);
    cyaml_free(&how, &file_schema, file, 0);
    return !arena_failed(r->arena);
}

bool
config_read(struct arena *arena, int argc, char **argv, struct config *ret, const char **ret_why)
{
    struct reading r = {.arena = arena, .argc = argc, .argv = argv, .why = "not enough memory"};

    *ret = (struct config){.data = NULL};
    *ret_why = r.why;
    if (!read_options(&r, ret)) {
        *ret_why = r.why;
        return false;
    }
    read_environment(ret);
    r.file = r.file ? r.file : getenv("CARDEA_CONFIG");
    if (r.file != NULL && !read_file(&r, ret)) {
        *ret_why = r.why;
        return false;
    }
    ret->data = ret->data ? ret->data : "./var";
    ret->listen = ret->listen ? ret->listen : "127.0.0.1:9011";
    return true;
}

void
config_print_help(void)
{
    for (size_t i = 0; i < COUNT(settings); i++) {
        printf("  --%-20s %s\n", settings[i].name, settings[i].help);
    }
    printf("  --%-20s %s\n", "config", "YAML file with any of these as keys");
}
