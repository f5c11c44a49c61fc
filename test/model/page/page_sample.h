/* SPDX-License-Identifier: Apache-2.0 */
/* Every page with every value filled in, for tests and for looking at. */
#pragma once
#include "base/arena.h"
#include "io/http/http.h"
#include "model/page/page.h"

enum page_state { PAGE_STATE_PLAIN, PAGE_STATE_WRONG, PAGE_STATE_COUNT };

struct page_sample {
    struct arena *arena;
    enum page_id id;
    str lang;
    enum page_state state;
    str value; /* stands for every value, if not empty */
    enum page_problem problem;
};

/* The page rendered: its answer; false if there was no memory to begin it. */
MUST_USE bool page_sample_render(const struct page_sample *s, struct http_answer *answer);
