/* SPDX-License-Identifier: Apache-2.0 */
/* Writes every page, in every language and state, into a folder, to be looked at and measured:
 * page_shot FOLDER */
#include <stdio.h>

#include "test/model/page/page_sample.h"

static bool
write_file(const char *folder, str name, str body)
{
    char path[512];
    FILE *file;
    bool is_good;

    snprintf(path, sizeof path, "%s/" STRF, folder, STRV(name));
    file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        return false;
    }
    is_good = fwrite(body.p, 1, body.n, file) == body.n;
    return fclose(file) == 0 && is_good;
}

static str
name_of(const struct page_sample *s)
{
    /* clang-format off */
    static const char *const names[PAGE_COUNT] = {
        [PAGE_SIGNIN] = "signin", [PAGE_PASSWORD] = "password", [PAGE_REGISTER] = "register",
        [PAGE_CONSENT] = "consent", [PAGE_SIGNED_OUT] = "signed_out", [PAGE_SIGN_OUT] = "sign_out",
        [PAGE_ERROR] = "error", [PAGE_FORM_POST] = "form_post", [PAGE_CARD] = "card",
    };
    /* clang-format on */
    return str_fmt(s->arena, "%s-" STRF "%s%s.html", names[s->id], STRV(s->lang),
        s->state == PAGE_STATE_WRONG ? "-wrong" : "",
        s->problem == PAGE_PROBLEM_LOCKED ? "-locked" : "");
}

/* The page with its header fields in front of it, a line each, as a <name>.headers file. */
static bool
write_page(const char *folder, struct page_sample s)
{
    struct http_answer answer;
    struct buf headers;
    str text, name;

    s.arena = arena_new(MB(1));
    if (s.arena == NULL || !page_sample_render(&s, &answer)) {
        return false;
    }
    buf_init(&headers, s.arena, KB(16));
    for (size_t i = 0; i < answer.header_count; i++) {
        buf_fmt(&headers, STRF ": " STRF "\n", STRV(answer.headers[i].name),
            STRV(answer.headers[i].value));
    }
    name = name_of(&s);
    bool is_good = buf_done(&headers, &text) && write_file(folder, name, answer.body)
                   && write_file(folder, str_fmt(s.arena, STRF ".headers", STRV(name)), text);
    arena_free(s.arena);
    return is_good;
}

static bool
write_states(const char *folder, enum page_id id, str lang)
{
    struct page_sample s = {.id = id, .lang = lang};
    bool is_good = write_page(folder, s);

    if (id == PAGE_SIGNIN || id == PAGE_PASSWORD || id == PAGE_REGISTER || id == PAGE_CONSENT
        || id == PAGE_CARD) {
        s.state = PAGE_STATE_WRONG;
        is_good = is_good && write_page(folder, s);
    }
    if (id == PAGE_ERROR) {
        s.problem = PAGE_PROBLEM_LOCKED;
        is_good = is_good && write_page(folder, s);
    }
    return is_good;
}

int
main(int count, char **args)
{
    static const char *const langs[] = {"en", "ar"};
    const char *why = NULL;
    bool is_good = count == 2 && page_init(&why);

    if (!is_good) {
        fprintf(stderr, "%s\n", why ? why : "usage: page_shot FOLDER");
        return 2;
    }
    for (size_t l = 0; l < COUNT(langs); l++) {
        for (int id = 0; id < PAGE_COUNT; id++) {
            is_good = is_good && write_states(args[1], (enum page_id)id, str_from(langs[l]));
        }
    }
    return is_good ? 0 : 1;
}
