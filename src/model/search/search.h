/* SPDX-License-Identifier: Apache-2.0 */
/* Searches for people and for entities as one expression tree, whatever language they were asked in: the query string's
 * (Lucene's, a subset) or JSON (Elasticsearch's, a subset). The tree is judged on an opened person or entity, and says
 * which blind tokens (model/word) or indexes whoever can match at all must have. */
#pragma once
#include "base/id.h"
#include "base/str.h"

struct arena;
struct entity;
struct entity_grant;
struct json;
struct user;

struct search_scope; /* what is searched for: its fields and lists */
extern const struct search_scope search_people, search_entities;

enum { SEARCH_MAX_NODES = 256, SEARCH_MAX_DEPTH = 16, SEARCH_MAX_TEXT = 255 };

/* In the text of a SEARCH_PATTERN: any run of characters, any one character. */
#define SEARCH_ANY '\x01'
#define SEARCH_ONE '\x02'

enum search_kind {
    SEARCH_ALL,
    SEARCH_AND,
    SEARCH_OR,
    SEARCH_NOT,
    SEARCH_TERM,    /* a word, a phrase or a whole value */
    SEARCH_PATTERN, /* with SEARCH_ANY and SEARCH_ONE */
    SEARCH_RANGE,
    SEARCH_EXISTS,
    SEARCH_NESTED, /* one and the same registration or membership has all of it */
};

struct search_node {
    enum search_kind kind;
    str field;                              /* empty: whatever finds a person */
    str text;                               /* of a term or pattern */
    str low, high;                          /* of a range; empty: open */
    bool has_low, has_high;                 /* the end itself belongs to it */
    const struct search_node *first, *next; /* parts; one for NOT and NESTED */
};

/* Each parses all of the text into a tree on the arena. False with *ret_why, fixed text, when it is refused; or when
 * memory was short (arena_failed). Nothing but white space is everybody. */
MUST_USE bool search_parse(struct arena *arena, const struct search_scope *scope, str text,
    const struct search_node **ret, const char **ret_why);
MUST_USE bool search_json_parse(struct arena *arena, const struct search_scope *scope, str text,
    const struct search_node **ret, const char **ret_why);
/* The tree as a query string that parses to the same tree; SEARCH_NESTED as its part. */
str search_print(struct arena *arena, const struct search_node *tree);
bool search_same(const struct search_node *a, const struct search_node *b);

/* Whether there is such a field, "data.x" and the like included. */
bool search_has_field(const struct search_scope *scope, str field);
/* An instant in milliseconds, "2024-05-01", "2024-05-01T10:00:00Z", "now-30d/d"; of a day the last millisecond
 * when it is_end. */
MUST_USE bool search_instant(str text, int64_t now, bool is_end, int64_t *ret);

/* Whether there is an order by it; what a person, an entity is sorted by (empty: they have none). */
bool search_sort_ok(const struct search_scope *scope, str name);
str search_sort_key(struct arena *arena, const struct user *user, str name, bool is_down);
str search_entity_sort_key(struct arena *arena, const struct entity *entity, str name);

/* Whether the person, loaded with registrations, is meant. */
bool search_matches(
    struct arena *arena, const struct search_node *tree, const struct user *user, int64_t now);

struct search_entity {
    const struct entity *entity;
    str type_name;
    const struct entity_grant *grants; /* on it; needed when search_names_grants */
    size_t grant_count;
};
/* Whether the entity is meant; and whether grants must be loaded to tell. */
bool search_matches_entity(struct arena *arena, const struct search_node *tree,
    const struct search_entity *entity, int64_t now);
bool search_names_grants(const struct search_node *tree);

/* What whoever matches must have: one of the needs at least (count 0: nothing is known), and what is also needed. */
enum search_need_kind {
    NEED_ID,     /* this id */
    NEED_LOGIN,  /* this login id */
    NEED_WORD,   /* this whole word (model/word), folded; of entities: of what they are called */
    NEED_PREFIX, /* a word that begins so, of WORD_PREFIX_MIN characters at least */
    NEED_APPLICATION, /* a registration for this application */
    NEED_GROUP,       /* a membership of this group */
    NEED_TYPE,        /* of entities: this type */
    NEED_PARENT,      /* this parent */
    NEED_RECIPIENT,   /* a grant on it for this person or entity */
};
struct search_need {
    enum search_need_kind kind;
    str text;
    struct uuid id;
    bool or_type; /* of entities, of a word: or their type is called so */
};
enum { SEARCH_NEEDS_MAX = 16 };
struct search_plan {
    struct search_need needs[SEARCH_NEEDS_MAX];
    size_t count;
    bool has_also;
    struct search_need also; /* a NEED_WORD or NEED_PREFIX */
    bool is_exact;           /* whoever has what is needed matches */
};
void search_plan_make(struct arena *arena, const struct search_scope *scope,
    const struct search_node *tree, struct search_plan *ret);
/* Whether the person, the entity has it: with search_matches this never says more than the plan allows. */
bool search_has_need(struct arena *arena, const struct user *user, const struct search_need *need);
bool search_entity_has_need(
    struct arena *arena, const struct search_entity *entity, const struct search_need *need);
/* Whether the name of a type has the word of a need. */
bool search_type_has_need(struct arena *arena, str type_name, const struct search_need *need);
