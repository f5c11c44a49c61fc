/* SPDX-License-Identifier: Apache-2.0 */
/* Entities by the words of what they are called: their name, and a client id that was chosen. */
#pragma once
#include "model/entity/entity.h"

enum { ENTITY_WORD_TEXTS = 2 };
/* What has words that find the entity, folded; the client id only where it is not the id. */
void entity_word_texts(
    struct arena *arena, const struct entity *entity, str ret[ENTITY_WORD_TEXTS]);
/* Whether the folded word, or one that begins so, is among them. */
bool entity_word_has(struct arena *arena, const struct entity *entity, str word, bool is_prefix);

/* Declare the rows of a new entity, or of one that got another name; the end of those it had as it was. */
void entity_word_add(struct rq *rq, const struct tenant *tenant, const struct entity *entity);
void entity_word_forget(struct rq *rq, const struct tenant *tenant, const struct entity *before);

struct entity_word {
    str text; /* folded */
    bool
        is_prefix; /* of two characters and more; what is longer than tokens are has to be looked at */
    struct uuid after;
    size_t max;
};
/* Those that may have it, in order of their ids, behind after; and how many, counting to max. */
MUST_USE enum err entity_word_find(struct rq *rq, const struct tenant *tenant,
    const struct entity_word *word, struct record_hit *ret, size_t *ret_count);
MUST_USE enum err entity_word_count(
    struct rq *rq, const struct tenant *tenant, const struct entity_word *word, int64_t *ret);

/* For a job: declares the rows of entities of a release before, some ten behind *after, which is moved on; at the end, that
 * all have theirs. Until then words find too few. */
MUST_USE enum err entity_word_make(struct rq *rq, struct uuid *after, bool *ret_is_end);
MUST_USE enum err entity_word_is_ready(struct rq *rq, bool *ret);
