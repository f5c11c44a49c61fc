/* SPDX-License-Identifier: Apache-2.0 */
/* What is in small segments is found, ends, and becomes part of large ones. */
#define UNIT word_merge
#include "../fixture.h"
#include "model/statements.h"
#include "model/word/word_internal.h"

enum { MANY = 200, ALL = 1000 };

static int64_t
count_of(struct fixture *fx, struct word_key key)
{
    struct rq *rq = fixture_rq(fx);
    int64_t count;

    REQUIRE(word_count(rq, fx->tenant, key, 100000, &count) == ERR_OK);
    fixture_done(rq);
    return count;
}

/* All users of a key, each of them once and in the order of their places. */
static size_t
users_of(struct fixture *fx, struct word_key key)
{
    static struct word_hit hits[WORD_USERS_MAX];
    struct word_place place = word_start;
    size_t count = 1, n = 0;

    while (count > 0) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(word_users(rq, fx->tenant, key, place, hits, &count) == ERR_OK);
        for (size_t i = 0; i < count; i++, n++) {
            EXPECT(hits[i].place.segment < place.segment
                   || (hits[i].place.segment == place.segment
                       && uuid_cmp(hits[i].id, place.before) < 0));
            place = hits[i].place;
        }
        fixture_done(rq);
    }
    return n;
}

static struct word_key
prefix_of(struct fixture *fx, const char *text)
{
    struct word_key key;
    bool is_exact;

    REQUIRE(word_key_prefix(fx->tenant, str_from(text), &key, &is_exact) && is_exact);
    return key;
}

/* Nobody's words alone: what is measured are the rows. */
static struct user *
somebody(struct fixture *fx, const char *first_name, int number)
{
    struct user *user = fixture_load(fx, fixture_user(fx, S("u@example.com"), NO_STR));
    struct rq *rq = fixture_rq(fx);

    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
    user->first_name = str_from(first_name);
    user->id.b[14] = (uint8_t)(number >> 8);
    user->id.b[15] = (uint8_t)number;
    return user;
}

/* Its rows in a segment; what users.words is to hold. */
static bytes
put(struct fixture *fx, const struct user *user, int64_t segment)
{
    struct rq *rq = fixture_rq(fx);
    struct word_rows rows;
    bytes packed;

    REQUIRE(word_rows_make(rq, fx->tenant, user, &rows) == ERR_OK);
    rows.segment = segment;
    word_rows_write(rq, fx->tenant, user->id, &rows);
    packed = word_pack(fx->arena, segment, &rows.tokens);
    fixture_finish(rq);
    return packed;
}

/* As versions before have written them: a row a token. */
static bytes
put_plain(struct fixture *fx, const struct user *user, int64_t segment)
{
    const bytes nobody = {(const uint8_t *)"", 0};
    struct rq *rq = fixture_rq(fx);
    struct word_rows rows;
    bytes packed;

    REQUIRE(word_rows_make(rq, fx->tenant, user, &rows) == ERR_OK);
    for (size_t i = 0; i < rows.tokens.count; i++) {
        rq_write(rq, WORD_INSERT, DB_NEW, ERR_AGAIN,
            DB_VALUES(DB_I64(segment), DB_ID(&fx->tenant->id), DB_I64(rows.tokens.of[i]),
                DB_ID(&user->id), DB_BYTES(nobody)));
    }
    packed = word_pack(fx->arena, segment, &rows.tokens);
    fixture_finish(rq);
    return packed;
}

static void
forget(struct fixture *fx, const struct user *user, bytes words)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(word_forget_user(rq, fx->tenant, user->id, words) == ERR_OK);
    fixture_finish(rq);
}

static size_t
merge_all(struct fixture *fx, size_t at_once)
{
    size_t moved = 1, steps = 0;

    while (moved > 0) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(word_merge(rq, at_once, &moved) == ERR_OK && steps++ < ALL);
        fixture_finish(rq);
    }
    return steps;
}

/* More rows of a head than are read at once, every third of which has the token. */
TEST(who_shares_a_head_is_not_found_by_tokens_of_others)
{
    struct fixture *fx = fixture_open();
    struct user *user = somebody(fx, "Maria", 0);

    for (int i = 0; i < MANY; i++) {
        user->first_name = i % 3 == 0 ? S("Maria") : S("Max");
        user->id.b[15] = (uint8_t)i;
        (void)put(fx, user, FIRST_SMALL + i / 150);
    }
    EXPECT(users_of(fx, word_key_whole(fx->tenant, S("maria"))) == (MANY + 2) / 3);
    EXPECT(count_of(fx, word_key_whole(fx->tenant, S("maria"))) == (MANY + 2) / 3);
    EXPECT(users_of(fx, prefix_of(fx, "max")) == MANY - (MANY + 2) / 3);
    EXPECT(users_of(fx, prefix_of(fx, "ma")) == MANY);
    EXPECT(count_of(fx, prefix_of(fx, "ma")) == MANY);
    EXPECT(users_of(fx, word_key_whole(fx->tenant, S("m"))) == 0);
    fixture_close(fx);
}

/* The writer is never held for a whole segment, and between two steps everybody is found. */
TEST(small_segments_are_moved_in_steps_and_their_users_stay_found)
{
    enum { USERS = 40, AT_ONCE = 2, ROWS = 3 /* ev, u, @example.com */ };
    struct fixture *fx = fixture_open();
    struct user *user = somebody(fx, "Everybody", 0);
    struct word_key key = word_key_whole(fx->tenant, S("everybody"));
    bytes words[USERS];
    size_t moved = 1, steps = 0;

    for (int i = 0; i < USERS; i++) {
        user->id.b[15] = (uint8_t)i;
        words[i] = put(fx, user, FIRST_SMALL + 1 + i);
    }
    while (moved > 0) {
        struct rq *rq = fixture_rq(fx);

        REQUIRE(word_merge(rq, AT_ONCE, &moved) == ERR_OK && steps++ < ALL);
        fixture_finish(rq);
        EXPECT(count_of(fx, key) == USERS);
        EXPECT(count_of(fx, prefix_of(fx, "every")) == USERS);
    }
    EXPECT(steps > 2 * (USERS - SMALL_KEPT - 1)); /* more than one of a segment */
    EXPECT(users_of(fx, key) == USERS);
    EXPECT(fixture_count(fx, "user_word") > USERS * ROWS); /* a row a token where they are now */
    for (int i = 0; i < USERS; i++) {
        user->id.b[15] = (uint8_t)i;
        forget(fx, user, words[i]);
    }
    EXPECT(fixture_count(fx, "user_word") == 0);
    fixture_close(fx);
}

/* What the job has read is not what is there any more: nothing of it is done, and the next step goes on. */
TEST(a_step_that_races_an_end_does_nothing_and_leaves_no_token)
{
    enum { USERS = SMALL_KEPT + 3 };
    struct fixture *fx = fixture_open();
    struct user *user = somebody(fx, "Everybody", 0);
    struct word_key key = word_key_whole(fx->tenant, S("everybody"));
    bytes first = {NULL, 0};
    struct rq *job;
    size_t moved;

    for (int i = 0; i < USERS; i++) {
        user->id.b[15] = (uint8_t)(USERS - i);
        first = i == 0 ? put(fx, user, FIRST_SMALL) : first;
        if (i > 0) {
            (void)put(fx, user, FIRST_SMALL + i);
        }
    }
    job = fixture_rq(fx);
    REQUIRE(word_merge(job, ALL, &moved) == ERR_OK && moved > 0);
    user->id.b[15] = USERS;
    forget(fx, user, first);
    EXPECT(fixture_commit(job) == ERR_AGAIN);
    fixture_done(job);
    EXPECT(count_of(fx, key) == USERS - 1);
    (void)merge_all(fx, ALL);
    EXPECT(count_of(fx, key) == USERS - 1);
    forget(fx, user, first); /* once more: there is nothing */
    EXPECT(count_of(fx, key) == USERS - 1);
    fixture_close(fx);
}

/* Of the version before, and of the first. */
TEST(rows_that_versions_before_have_written_are_found_moved_and_ended)
{
    static const int64_t segments[] = {PLAIN_SMALL + 700, OLD_SMALL + 90};
    struct fixture *fx = fixture_open();
    struct word_key key = word_key_whole(fx->tenant, S("everybody"));
    struct user *users[4];
    bytes words[4];

    for (int i = 0; i < 4; i++) {
        users[i] = somebody(fx, "Everybody", i);
        words[i] = put_plain(fx, users[i], segments[i / 2]);
    }
    EXPECT(users_of(fx, key) == 4 && count_of(fx, prefix_of(fx, "eve")) == 4);
    forget(fx, users[0], words[0]);
    forget(fx, users[2], words[2]);
    EXPECT(merge_all(fx, 2) > 4);
    EXPECT(users_of(fx, key) == 2 && count_of(fx, prefix_of(fx, "eve")) == 2);
    forget(fx, users[1], words[1]);
    EXPECT(users_of(fx, key) == 1);
    forget(fx, users[3], words[3]);
    EXPECT(fixture_count(fx, "user_word") == 0);
    fixture_close(fx);
}

static int64_t
segment_of(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    int64_t segment;

    fx->house.word_segment.number = 0;
    REQUIRE(word_segment(rq, &segment) == ERR_OK);
    fixture_done(rq);
    return segment;
}

/* New people do not make the large segments of those who are there larger. */
TEST(the_first_small_segment_lies_behind_what_is_there)
{
    struct fixture *fx = fixture_open();
    struct user *user = somebody(fx, "Everybody", 0);
    bytes words;

    EXPECT(word_large_of(segment_of(fx)) == FIRST_LARGE);
    words = put_plain(fx, user, PLAIN_SMALL + 700);
    EXPECT(word_large_of(segment_of(fx)) == FIRST_LARGE + 700 / SMALL_IN_LARGE + 1);
    (void)merge_all(fx, ALL);
    EXPECT(word_large_of(segment_of(fx)) == FIRST_LARGE + 700 / SMALL_IN_LARGE + 1);
    forget(fx, user, words);
    fixture_close(fx);
}
