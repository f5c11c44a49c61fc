/* SPDX-License-Identifier: Apache-2.0 */
/* Words of people, their tokens, and the rows that come and go with them. */
#define UNIT word
#include "../fixture.h"
#include "model/word/word_internal.h"

static void
expect_words(int line, const char *text, const char *wanted)
{
    struct word_list list = {.count = 0};
    str rest = str_from(wanted), word;
    size_t i = 0;

    word_list_add(&list, str_from(text));
    while (wanted[0] != '\0' && str_cut(&rest, ' ', &word)) {
        CHECK_AT(line, i < list.count && str_eq(list.of[i], word));
        i++;
    }
    CHECK_AT(line, i == list.count);
}

TEST(words_are_runs_of_letters_marks_and_digits)
{
    expect_words(__LINE__, "", "");
    expect_words(__LINE__, " .-_@ ", "");
    expect_words(__LINE__, "ann", "ann");
    expect_words(__LINE__, "ann.smith_42@x", "ann smith 42 x");
    expect_words(__LINE__, "ann ann  ann", "ann");
    expect_words(__LINE__,
        "m\xc3\xbcller-l\xc3\xbc"
        "denscheidt",
        "m\xc3\xbcller l\xc3\xbc"
        "denscheidt");
    /* Khmer: vowels are marks, and belong to the word. */
    expect_words(
        __LINE__, "\xe1\x9e\x9f\xe1\x9e\xbb\xe1\x9e\x81", "\xe1\x9e\x9f\xe1\x9e\xbb\xe1\x9e\x81");
    expect_words(__LINE__,
        "a\xff\xff"
        "b",
        "a b");
}

static int64_t
count_of(struct fixture *fx, struct word_key key)
{
    struct rq *rq = fixture_rq(fx);
    int64_t count;

    REQUIRE(word_count(rq, fx->tenant, key, 100000, &count) == ERR_OK);
    fixture_done(rq);
    return count;
}

/* The users of a token, all of them, in order. */
static size_t
users_of(struct fixture *fx, struct word_key key, struct uuid *to, size_t max)
{
    static struct word_hit hits[WORD_USERS_MAX];
    struct word_place place = word_start;
    size_t count = 1, n = 0;

    while (count > 0) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(word_users(rq, fx->tenant, key, place, hits, &count) == ERR_OK);
        for (size_t i = 0; i < count && n < max; i++) {
            to[n++] = hits[i].id;
            place = hits[i].place;
        }
        fixture_done(rq);
    }
    return n;
}

TEST(a_user_is_found_by_whole_words_and_their_beginnings)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann.Smithson@example.com"), NO_STR), got[4];
    static const char *const yes[] = {"ann", "smithson", "@example.com"};
    static const char *const no[] = {"smith", "example", "com", "an"};
    static const struct {
        int line;
        const char *prefix;
        bool has_token, is_exact;
        int64_t count;
    } cases[] = {
        {__LINE__, "s", false, false, 0},
        {__LINE__, "sm", true, true, 1},
        {__LINE__, "smi", true, true, 1},
        {__LINE__, "smit", true, false, 1},
        {__LINE__, "smith", true, true, 1},
        {__LINE__, "smithx", true, false, 1}, /* looked at again by who asks */
        {__LINE__, "smithson", true, true, 1},
        {__LINE__, "sx", true, true, 0},
        {__LINE__, "exa", true, true, 0},
    };

    for (size_t i = 0; i < COUNT(yes); i++) {
        EXPECT(count_of(fx, word_key_whole(fx->tenant, str_from(yes[i]))) == 1);
        EXPECT(users_of(fx, word_key_whole(fx->tenant, str_from(yes[i])), got, 4) == 1);
        EXPECT(uuid_eq(got[0], ann));
        EXPECT(count_of(fx, word_key_whole(fx->other, str_from(yes[i]))) == 0);
    }
    for (size_t i = 0; i < COUNT(no); i++) {
        EXPECT(count_of(fx, word_key_whole(fx->tenant, str_from(no[i]))) == 0);
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct word_key key = {0, 0};
        bool is_exact = false;
        CHECK_AT(
            cases[i].line, word_key_prefix(fx->tenant, str_from(cases[i].prefix), &key, &is_exact)
                               == cases[i].has_token);
        CHECK_AT(cases[i].line, is_exact == cases[i].is_exact);
        CHECK_AT(cases[i].line, !cases[i].has_token || count_of(fx, key) == cases[i].count);
    }
    fixture_close(fx);
}

/* Three heads ("an", "sm", "@example.com") of 1 + 2 + 5 + 5 tokens: creating people is limited by these rows. */
TEST(tokens_of_words_that_begin_alike_share_a_row)
{
    struct fixture *fx = fixture_open();

    (void)fixture_user(fx, S("ann.andrea.smithson@example.com"), NO_STR);
    EXPECT(fixture_count(fx, "user_word") == 3);
    EXPECT(count_of(fx, word_key_whole(fx->tenant, S("andrea"))) == 1);
    EXPECT(count_of(fx, word_key_whole(fx->tenant, S("ann"))) == 1);
    fixture_close(fx);
}

TEST(a_changed_user_has_the_new_words_alone_and_a_deleted_one_none)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@example.com"), NO_STR);
    struct user *before = fixture_load(fx, id), after = *before;
    struct rq *rq = fixture_rq(fx);

    after.first_name = S("Zoe");
    after.email = S("zoe@example.com");
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(rq);
    EXPECT(count_of(fx, word_key_whole(fx->tenant, S("ann"))) == 0);
    EXPECT(count_of(fx, word_key_whole(fx->tenant, S("zoe"))) == 1);
    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, fixture_load(fx, id)) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "user_word") == 0);
    fixture_close(fx);
}

/* A change and the end of a user at once: no token outlives them. */
TEST(a_change_that_races_an_end_leaves_no_token)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@example.com"), NO_STR);
    struct user *before = fixture_load(fx, id), after = *before;
    struct rq *changing = fixture_rq(fx), *ending = fixture_rq(fx);

    after.first_name = S("Zoe");
    REQUIRE(user_delete(ending, fx->tenant, before) == ERR_OK);
    REQUIRE(user_update(changing, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(changing);
    EXPECT(fixture_commit(ending) == ERR_AGAIN);
    fixture_done(ending);
    ending = fixture_rq(fx);
    REQUIRE(user_delete(ending, fx->tenant, before) == ERR_OK);
    fixture_finish(ending);
    EXPECT(fixture_count(fx, "user_word") == 0);
    fixture_close(fx);
}

static struct user *
stored(struct fixture *fx, int number)
{
    return fixture_load(
        fx, fixture_user(fx, str_fmt(fx->arena, "u%d@example.com", number), NO_STR));
}

TEST(rows_of_many_users_are_read_in_order_and_give_each_of_them_up)
{
    enum { USERS = 150 };
    struct fixture *fx = fixture_open();
    struct user *users[USERS];
    bytes words[USERS];
    struct uuid got[USERS + 1];
    struct word_bulk *bulk;
    struct rq *rq;
    struct word_key key = word_key_whole(fx->tenant, S("everybody"));

    for (int i = 0; i < USERS; i++) {
        users[i] = stored(fx, i);
        users[i]->first_name = S("Everybody");
    }
    rq = fixture_rq(fx);
    REQUIRE(word_bulk_new(rq, fx->tenant, 1, &bulk) == ERR_OK);
    for (int k = 0; k < USERS; k++) {
        int i = k * 7 % USERS; /* in no order, as chosen ids come */
        REQUIRE(word_bulk_add(rq, bulk, users[i], &words[i]) == ERR_OK);
        words[i] = bytes_dup(fx->arena, words[i]);
    }
    REQUIRE(word_bulk_write(rq, bulk) == ERR_OK);
    fixture_finish(rq);
    EXPECT(count_of(fx, key) == USERS);
    REQUIRE(users_of(fx, key, got, USERS + 1) == USERS);
    for (int i = 1; i < USERS; i++) {
        EXPECT(str_cmp(bytes_str(uuid_bytes(&got[i])), bytes_str(uuid_bytes(&got[i - 1]))) < 0);
    }
    rq = fixture_rq(fx);
    for (int i = USERS - 1; i >= 0; i -= 2) { /* many of a row in one set */
        REQUIRE(word_forget_user(rq, fx->tenant, users[i]->id, words[i]) == ERR_OK);
    }
    fixture_finish(rq);
    EXPECT(count_of(fx, key) == USERS / 2);
    for (int i = 0; i < USERS; i += 2) { /* and one at a time: the row is read anew */
        rq = fixture_rq(fx);
        REQUIRE(word_forget_user(rq, fx->tenant, users[i]->id, words[i]) == ERR_OK);
        fixture_finish(rq);
    }
    EXPECT(count_of(fx, key) == 0);
    fixture_close(fx);
}

/* More segments than are read at once, a user or two in each. */
TEST(users_of_many_segments_come_newest_first_each_once)
{
    enum { IMPORTS = 80 };
    struct fixture *fx = fixture_open();
    struct user *user = stored(fx, 0);
    struct word_key key = word_key_whole(fx->tenant, S("everybody"));
    struct uuid got[IMPORTS + 1];

    user->first_name = S("Everybody");
    for (int i = 0; i < IMPORTS; i++) {
        struct rq *rq = fixture_rq(fx);
        struct word_bulk *bulk;
        bytes words;

        rq->now = INT64_C(1800000000000) + i; /* a segment of its own */
        user->id.b[15] = (uint8_t)i;
        REQUIRE(word_bulk_new(rq, fx->tenant, 1, &bulk) == ERR_OK);
        REQUIRE(word_bulk_add(rq, bulk, user, &words) == ERR_OK);
        REQUIRE(word_bulk_write(rq, bulk) == ERR_OK);
        fixture_finish(rq);
    }
    EXPECT(count_of(fx, key) == IMPORTS);
    REQUIRE(users_of(fx, key, got, IMPORTS + 1) == IMPORTS);
    for (int i = 0; i < IMPORTS; i++) {
        EXPECT(got[i].b[15] == IMPORTS - 1 - i);
    }
    fixture_close(fx);
}

static int64_t
segment_at(struct fixture *fx, int64_t now)
{
    struct rq *rq = fixture_rq(fx);
    int64_t segment = 0;

    rq->now = now;
    REQUIRE(word_segment(rq, &segment) == ERR_OK);
    fixture_done(rq);
    return segment;
}

TEST(a_segment_that_another_node_began_is_used_soon)
{
    struct fixture *fx = fixture_open();
    const int64_t now = INT64_C(1800000000000), begun = FIRST_SMALL + 1000;
    struct user *user = stored(fx, 0);
    struct rq *rq = fixture_rq(fx);
    struct word_rows rows;
    int64_t before = segment_at(fx, now);

    REQUIRE(word_rows_make(rq, fx->tenant, user, &rows) == ERR_OK);
    user->id.b[15]++;
    rows.segment = begun;
    word_rows_write(rq, fx->tenant, user->id, &rows);
    fixture_finish(rq);
    EXPECT(before >= FIRST_SMALL && before < begun);
    EXPECT(segment_at(fx, now + SEGMENT_MS) <= before + 1); /* it may begin one of its own */
    EXPECT(segment_at(fx, now + SEGMENT_MS + 1) >= begun);
    EXPECT(segment_at(fx, now) >= begun); /* the clock was put back: read again */
    fixture_close(fx);
}
