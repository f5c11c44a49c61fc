/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: embedded files, languages, expanded templates, lists of a page. */
#pragma once
#include "base/embedded.h"
#include "model/page/page.h"

/* web/pages, held in the program by tools/embed_files. */
extern const struct embedded page_files[];

/* The content of an embedded file; its p is NULL when there is none. */
str page_file(str name);

enum { PAGE_LANGUAGES = 2 };

/* Languages in order of preference: the first is the one to fall back on. */
extern const str page_languages[PAGE_LANGUAGES];
/* The language's index; 0 for one we do not have. */
size_t page_language(str lang);
/* Reads and compares the catalogues. */
MUST_USE bool page_text_init(struct arena *arena, const char **ret_why);
/* The text of a key; false if there is none. */
MUST_USE bool page_text_find(size_t language, str key, str *ret);

/* Makes paths of style sheets and scripts. */
MUST_USE bool page_asset_init(struct arena *arena, const char **ret_why);
/* "hosted.css" -> "/pages/hosted-<hash>.css"; the empty slice when there is none. */

/* Compiles the templates of one language, if that has not been done. False with *ret_why, which names file and
 * fault; a failure for want of memory may go away. */
MUST_USE bool page_compile(size_t language, const char **ret_why);

/* Fills in texts and asset paths of one language in one template. */
MUST_USE bool page_source_expand(
    struct arena *arena, size_t language, str source, str *ret, const char **ret_why);

/* The page's list of that kind, begun on first use. */
struct view_value *page_list(struct page *page, enum page_list list);
