/* SPDX-License-Identifier: Apache-2.0 */
/* Error pages: each problem's status and words (what happened, what to do), and the problem of each fault. */
#include "model/page/page_internal.h"

/* clang-format off */
#define PROBLEM(key) S_INIT("problem." key), S_INIT("problem." key ".text"), S_INIT("problem." key ".advice")
static const struct problem_row {
    int status;
    str heading, text, advice;
} rows[PAGE_PROBLEM_COUNT] = {
    [PAGE_PROBLEM_REQUEST]   = {400, PROBLEM("request")},
    [PAGE_PROBLEM_CLIENT]    = {400, PROBLEM("client")},
    [PAGE_PROBLEM_REDIRECT]  = {400, PROBLEM("redirect")},
    [PAGE_PROBLEM_EXPIRED]   = {400, PROBLEM("expired")},
    [PAGE_PROBLEM_COOKIES]   = {400, PROBLEM("cookies")},
    [PAGE_PROBLEM_FORBIDDEN] = {403, PROBLEM("forbidden")},
    [PAGE_PROBLEM_NOT_FOUND] = {404, PROBLEM("notfound")},
    [PAGE_PROBLEM_METHOD]    = {405, PROBLEM("method")},
    [PAGE_PROBLEM_LARGE]     = {413, PROBLEM("large")},
    [PAGE_PROBLEM_LOCKED]    = {423, PROBLEM("locked")},
    [PAGE_PROBLEM_TOO_MANY]  = {429, PROBLEM("toomany")},
    [PAGE_PROBLEM_SERVER]    = {500, PROBLEM("server")},
    [PAGE_PROBLEM_BUSY]      = {503, PROBLEM("busy")},
};

static const struct { enum err code; enum page_problem problem; } faults[] = {
    { ERR_INVALID_CLIENT,      PAGE_PROBLEM_CLIENT },
    { ERR_UNAUTHORIZED_CLIENT, PAGE_PROBLEM_CLIENT },
    { ERR_BAD_REDIRECT,        PAGE_PROBLEM_REDIRECT },
    { ERR_GONE,                PAGE_PROBLEM_EXPIRED },
    { ERR_FORBIDDEN,           PAGE_PROBLEM_FORBIDDEN },
    { ERR_ACCESS_DENIED,       PAGE_PROBLEM_FORBIDDEN },
    { ERR_NOT_FOUND,           PAGE_PROBLEM_NOT_FOUND },
    { ERR_METHOD,              PAGE_PROBLEM_METHOD },
    { ERR_TOO_LARGE,           PAGE_PROBLEM_LARGE },
    { ERR_LOCKED,              PAGE_PROBLEM_LOCKED },
    { ERR_TOO_MANY,            PAGE_PROBLEM_TOO_MANY },
    { ERR_BUSY,                PAGE_PROBLEM_BUSY },
};
/* clang-format on */

void
page_problem(struct page *page, enum page_problem problem, str request_id)
{
    const struct problem_row *row;

    CHECK(problem < PAGE_PROBLEM_COUNT);
    row = &rows[problem];
    page->status = row->status;
    view_text(&page->view, NULL, S("heading"), page_text(page->lang, row->heading));
    view_text(&page->view, NULL, S("text"), page_text(page->lang, row->text));
    view_text(&page->view, NULL, S("advice"), page_text(page->lang, row->advice));
    view_text(&page->view, NULL, S("request_id"), request_id);
}

enum page_problem
page_problem_of(enum err code)
{
    for (size_t i = 0; i < COUNT(faults); i++) {
        if (faults[i].code == code) {
            return faults[i].problem;
        }
    }
    return err_status(code) >= 500 ? PAGE_PROBLEM_SERVER : PAGE_PROBLEM_REQUEST;
}
