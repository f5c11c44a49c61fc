/* SPDX-License-Identifier: Apache-2.0 */
/* Entities by the words of their names: found by each, in their own tenant, and gone when they are. */
#define UNIT entity_word
#include "../fixture.h"

#include "model/entity/entity_word.h"

static struct uuid
make_type(struct fixture *fx)
{
    struct entity_type type = {.name = S("Device"), .head.id = fixture_id(fx)};
    struct rq *rq = fixture_rq(fx);

    REQUIRE(record_create(rq, &entity_type_kind, NULL, &type) == ERR_OK);
    fixture_finish(rq);
    return type.head.id;
}

static struct entity
make(struct fixture *fx, const struct tenant *tenant, struct uuid type_id, str name, str client_id)
{
    struct rq *rq = fixture_rq(fx);
    struct entity entity = {.name = name, .type.id = type_id, .head.id = fixture_id(fx)};

    entity.client_id = client_id.n ? client_id : uuid_text(fx->arena, entity.head.id);
    REQUIRE(record_create(rq, &entity_kind, tenant, &entity) == ERR_OK);
    entity_word_add(rq, tenant, &entity);
    fixture_finish(rq);
    return entity;
}

static size_t
count(struct fixture *fx, const struct tenant *tenant, str text, bool is_prefix)
{
    const struct entity_word word = {text, is_prefix, {{0}}, 10};
    struct rq *rq = fixture_rq(fx);
    struct record_hit hits[10];
    int64_t counted;
    size_t n;

    REQUIRE(entity_word_find(rq, tenant, &word, hits, &n) == ERR_OK);
    REQUIRE(entity_word_count(rq, tenant, &word, &counted) == ERR_OK && counted == (int64_t)n);
    fixture_done(rq);
    return n;
}

TEST(found_by_each_word_and_its_beginning_in_its_own_tenant)
{
    struct fixture *fx = fixture_open();
    struct uuid type = make_type(fx);
    static const struct {
        int line;
        const char *text;
        bool is_prefix;
        size_t count;
    } cases[] = {
        {__LINE__, "kitchen", false, 2},
        {__LINE__, "kitch", true, 2},
        {__LINE__, "ki", true, 2},
        {__LINE__, "lamp", false, 1},
        {__LINE__, "12", false, 1},
        {__LINE__, "chosen", false, 1},
        {__LINE__, "kitch", false, 0},
        {__LINE__, "roof", false, 0},
    };

    (void)make(fx, fx->tenant, type, S("Kitchen LAMP 12"), NO_STR);
    (void)make(fx, fx->tenant, type, S("kitchen"), S("Chosen-Client"));
    (void)make(fx, fx->other, type, S("Roof lamp"), NO_STR);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line,
            count(fx, fx->tenant, str_from(cases[i].text), cases[i].is_prefix) == cases[i].count);
    }
    EXPECT(count(fx, fx->other, S("roof"), false) == 1);
    EXPECT(fixture_search(fx, "", str_bytes(S("itchen"))) == 0);
    fixture_close(fx);
}

TEST(every_word_of_a_long_name_is_one)
{
    struct fixture *fx = fixture_open();
    struct buf name;
    str text;

    buf_init(&name, fx->arena, KB(1));
    for (int i = 10; i < 70; i++) {
        buf_fmt(&name, "%d ", i);
    }
    REQUIRE(buf_done(&name, &text));
    (void)make(fx, fx->tenant, make_type(fx), text, NO_STR);
    for (int i = 10; i < 70; i++) {
        EXPECT(count(fx, fx->tenant, str_fmt(fx->arena, "%d", i), false) == 1);
    }
    fixture_close(fx);
}

TEST(pages_go_on_behind_an_id)
{
    struct fixture *fx = fixture_open();
    struct uuid type = make_type(fx);
    struct entity_word word = {S("lamp"), false, {{0}}, 2};
    struct record_hit hits[2];
    size_t n, all = 0;

    for (size_t i = 0; i < 3; i++) {
        (void)make(fx, fx->tenant, type, S("lamp"), NO_STR);
    }
    do {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(entity_word_find(rq, fx->tenant, &word, hits, &n) == ERR_OK);
        for (size_t i = 0; i < n; i++) {
            EXPECT(memcmp(word.after.b, hits[i].id.b, sizeof word.after.b) < 0);
            word.after = hits[i].id;
            all++;
        }
        fixture_done(rq);
    } while (n == 2);
    EXPECT(all == 3);
    fixture_close(fx);
}

static bool
is_ready(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    bool ret;

    REQUIRE(entity_word_is_ready(rq, &ret) == ERR_OK);
    fixture_done(rq);
    return ret;
}

TEST(what_is_forgotten_and_what_a_release_before_has_left_out)
{
    struct fixture *fx = fixture_open();
    struct uuid after = {{0}}, type = make_type(fx);
    const struct tenant nobody = {.id = {{0}}};
    struct entity one = make(fx, fx->tenant, type, S("lamp"), NO_STR);
    bool is_end = false;
    struct rq *rq = fixture_rq(fx);

    (void)make(fx, fx->tenant, type, S("lamp"), NO_STR);
    entity_word_forget(rq, fx->tenant, &one);
    EXPECT(is_ready(fx)); /* a new house has no entities without words */
    entity_word_forget(rq, &nobody, &(const struct entity){.name = NO_STR});
    fixture_finish(rq);
    EXPECT(count(fx, fx->tenant, S("lamp"), false) == 1);
    for (int i = 0; !is_end; i++) {
        REQUIRE(i < 10);
        EXPECT(!is_ready(fx));
        rq = fixture_rq(fx);
        REQUIRE(entity_word_make(rq, &after, &is_end) == ERR_OK);
        fixture_finish(rq);
    }
    EXPECT(is_ready(fx) && count(fx, fx->tenant, S("lamp"), false) == 2);
    EXPECT(fixture_count(fx, "entity_word")
           == 2 * 4 + 1); /* "lamp", "la", "lam", that it has them; that all do */
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "entity_word") == 1);
    fixture_close(fx);
}
