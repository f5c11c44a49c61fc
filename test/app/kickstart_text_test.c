/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT kickstart_text
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/kickstart_text.h"

static struct arena *arena;
static struct unit_rng rng;
static char folder[] = "/tmp/kickstart-XXXXXX";

static void
put_file(const char *name, const char *text)
{
    char path[200];
    int fd;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void
prepare(void)
{
    arena = arena_new(MB(8));
    rng = unit_rng_new(3);
    REQUIRE(mkdtemp(folder) != NULL);
    put_file("mail.txt", "Hello \"you\"\n");
    put_file("app.json", "{\"name\":\"#{name}\",\"n\":[1,true,null]}");
    put_file("loop.json", "{\"again\":\"&{loop.json}\"}");
    put_file("bad.json", "{");
    setenv("KICKSTART_TEST", "from outside", 1);
}

static bool
replaced(const char *text, str *ret)
{
    struct kickstart_text kt = {
        .arena = arena, .rng = &rng.rng, .now_ms = 1, .folder = str_from(folder)};
    const struct json *json;
    struct json_out out;
    struct buf buf;

    REQUIRE(json_parse(arena, S("{\"name\":\"Ada\"}"), &kt.variables, NULL));
    REQUIRE(json_parse(arena, str_from(text), &json, NULL));
    buf_init(&buf, arena, KB(64));
    json_out_init(&out, &buf);
    if (!kickstart_replace(&kt, json, &out)) {
        EXPECT(kt.fault.n > 0);
        return false;
    }
    return buf_done(&buf, ret);
}

TEST(variables_files_and_the_environment_are_put_in, .init = prepare)
{
    static const struct {
        int line;
        const char *text, *want; /* NULL: refused */
    } cases[] = {
        {__LINE__, "{\"a\":\"#{name}!\"}", "{\"a\":\"Ada!\"}"},
        {__LINE__, "{\"#{name}\":1}", "{\"Ada\":1}"},
        {__LINE__, "\"#{ENV.KICKSTART_TEST}\"", "\"from outside\""},
        {__LINE__, "\"@{mail.txt}\"", "\"Hello \\\"you\\\"\\n\""},
        {__LINE__, "{\"application\":\"&{app.json}\"}",
            "{\"application\":{\"name\":\"Ada\",\"n\":[1,true,null]}}"},
        {__LINE__, "\"# {name} #{\"", "\"# {name} #{\""},
        {__LINE__, "\"#{unknown}\"", NULL},
        {__LINE__, "\"#{ENV.KICKSTART_TEST_MISSING}\"", NULL},
        {__LINE__, "\"@{missing.txt}\"", NULL},
        {__LINE__, "\"&{bad.json}\"", NULL},
        {__LINE__, "\"&{loop.json}\"", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        str got = NO_STR;
        bool ok = replaced(cases[i].text, &got);
        CHECK_AT(cases[i].line, ok == (cases[i].want != NULL));
        CHECK_AT(cases[i].line, !ok || str_eq(got, str_from(cases[i].want)));
    }
}

/* FusionAuth's escape, which the files of cardea apply do not have. */
TEST(a_backslash_keeps_the_text_as_it_stands, .init = prepare)
{
    static const struct {
        int line;
        const char *text, *want;
    } cases[] = {
        {__LINE__, "\\#{name}", "#{name}"},
        {__LINE__, "\\@{mail.txt}!", "@{mail.txt}!"},
        {__LINE__, "\\&{app.json}", "&{app.json}"},
        {__LINE__, "\\\\#{name}", "\\#{name}"},
        {__LINE__, "\\# \\x \\", "\\# \\x \\"},
        {__LINE__, "#{name}\\#{name}", "Ada#{name}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct kickstart_text kt = {.arena = arena, .has_backslash = true};
        str got = NO_STR;
        REQUIRE(json_parse(arena, S("{\"name\":\"Ada\"}"), &kt.variables, NULL));
        CHECK_AT(cases[i].line, kickstart_replace_text(&kt, str_from(cases[i].text), &got));
        CHECK_AT(cases[i].line, str_eq(got, str_from(cases[i].want)));
        kt.has_backslash = false;
        CHECK_AT(cases[i].line, !kickstart_replace_text(&kt, S("\\#{nothing}"), &got));
    }
}

TEST(every_uuid_is_fresh, .init = prepare)
{
    str a, b;

    REQUIRE(replaced("\"#{UUID()}\"", &a) && replaced("\"#{UUID()}\"", &b));
    EXPECT(a.n == 38 && !str_eq(a, b));
}
