/* SPDX-License-Identifier: Apache-2.0 */
/* What the documentation of the API says in words: the files of web/api, held in the program. What an operation takes,
 * gives and allows is not there, but in the tables and routes. */
#pragma once
#include "base/embedded.h"
#include "base/str.h"

struct arena;
struct api_text;
struct api_text_chapter {
    str title, intro;
};
struct api_text_operation {
    str method, path; /* of the document, or of the route: "/api/user/{userId?}" */
    str id, summary, description;
    str notes; /* lines: "404 There is none.", "-400", "?name kind What it is." */
    size_t chapter;
};

extern const struct embedded api_text_files[];
/* One of the files, whole. */
str api_text_file(str name);
/* Reads all files; NULL when memory is short. */
const struct api_text *api_text_read(struct arena *arena);
const struct api_text_chapter *api_text_chapters(const struct api_text *text, size_t *ret_count);
/* By its path in the document, else by that of its route; NULL: nothing is said of it. */
const struct api_text_operation *api_text_operation(
    const struct api_text *text, str method, str path, str route);
/* Each of these is empty when nothing is said. */
str api_text_type(const struct api_text *text, str type);
str api_text_member(const struct api_text *text, str type, str name);
str api_text_example(const struct api_text *text, str type); /* JSON */
/* What a member of that name is worth in examples, JSON. */
str api_text_value(const struct api_text *text, str name);
/* "kind What it is." of a parameter by its name; what an operation's notes say goes first. */
str api_text_parameter(const struct api_text *text, const struct api_text_operation *o, str name);
/* The next line of notes that begins so, without that beginning; false when there is none. */
MUST_USE bool api_text_note(str *notes, str beginning, str *ret);
