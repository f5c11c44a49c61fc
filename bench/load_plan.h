/* SPDX-License-Identifier: Apache-2.0 */
/* What the load generator asks: scenarios as a table of requests with {words} in them. A word is
 * looked up in what this connection took from answers, then in the fixtures, where a word that
 * stands there several times is dealt to the connections in turn. {person} is one of the people of
 * a filled database, another at each use; {person_tenant} and {person_app} are that person's. */
#pragma once
#include "base/str.h"

struct arena;

enum { PLAN_STEPS = 3, PLAN_TAKES = 2, PLAN_WORDS = 4, PLAN_WORD_MAX = 2048 };

struct plan_take { /* the text behind `after` up to `until` becomes {word} */
    const char *word, *after;
    char until;
};

struct plan_step {
    const char *method, *path, *headers, *body; /* headers: whole lines, or "" */
    int status;                                 /* any other answer is an error */
    struct plan_take takes[PLAN_TAKES];
};

struct
    plan { /* the steps before `loop_from` are made once a connection, the others over and over */
    const char *name;
    int loop_from, step_count;
    struct plan_step steps[PLAN_STEPS];
};

struct plan_words { /* of one connection */
    int index;      /* which of the connections it is */
    int64_t person; /* the last {person} */
    size_t count;
    struct {
        const char *word;
        size_t n;
        char text[PLAN_WORD_MAX];
    } taken[PLAN_WORDS];
};

const struct plan *plan_find(const char *name);
void plan_list(void);
/* Reads "word value" lines; false if the file cannot be read. */
MUST_USE bool plan_fixtures(struct arena *arena, const char *path);
/* {next} counts up from here. */
void plan_count_from(int64_t first);
/* Writes the request with its words filled in; its length, or 0 when a word is unknown or there is
 * no room. */
size_t plan_write(const struct plan_step *step, struct plan_words *words, char *to, size_t n);
/* Takes what the step wants from its answer; false if something is not there. */
MUST_USE bool plan_take(const struct plan_step *step, str answer, struct plan_words *words);
