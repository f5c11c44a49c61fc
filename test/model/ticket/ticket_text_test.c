/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of tickets: what generators draw, how people may type it, what is stored. */
#define UNIT ticket_text
#include "../fixture.h"

#include "model/ticket/ticket_internal.h"

TEST(a_generator_draws_what_it_says)
{
    static const struct {
        int line;
        struct secure_generator generator;
        size_t length;
        const char *alphabet;
    } cases[] = {
        {__LINE__, {6, GENERATOR_DIGITS}, 6, "0123456789"},
        {__LINE__, {8, GENERATOR_ALPHA}, 8, "BCDFGHJKLMNPQRSTVWXZ"},
        {__LINE__, {6, GENERATOR_ALPHA_NUMERIC}, 6, "BCDFGHJKLMNPQRSTVWXZ23456789"},
        {__LINE__, {16, GENERATOR_BYTES}, 22,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
        {__LINE__, {96, GENERATOR_ALPHA_NUMERIC}, 96, "BCDFGHJKLMNPQRSTVWXZ23456789"},
    };
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(cases); i++) {
        str one = ticket_draw(rq, &cases[i].generator);
        str two = ticket_draw(rq, &cases[i].generator);
        CHECK_AT(cases[i].line, one.n == cases[i].length && !str_eq(one, two));
        for (size_t k = 0; k < one.n; k++) {
            CHECK_AT(cases[i].line, strchr(cases[i].alphabet, one.p[k]) != NULL);
        }
    }
    fixture_done(rq);
    fixture_close(fx);
}

TEST(every_digit_is_drawn_about_equally_often)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct secure_generator generator = {96, GENERATOR_DIGITS};
    int counts[10] = {0};

    for (int i = 0; i < 100; i++) {
        str text = ticket_draw(rq, &generator);
        for (size_t k = 0; k < text.n; k++) {
            counts[text.p[k] - '0']++;
        }
    }
    for (int i = 0; i < 10; i++) { /* 960 each, about 30 is one sigma */
        EXPECT(counts[i] > 960 - 180 && counts[i] < 960 + 180);
    }
    fixture_done(rq);
    fixture_close(fx);
}

TEST(rfc8628_6_1_case_spaces_and_hyphens_do_not_matter)
{
    static const struct {
        int line;
        const char *typed, *normal;
    } cases[] = {
        {__LINE__, "wdjb-mjht", "WDJBMJHT"},
        {__LINE__, " 123 456 ", "123456"},
        {__LINE__, "", ""},
        {__LINE__, "- -", ""},
    };
    char to[TICKET_TEXT_MAX], longest[TICKET_TEXT_MAX + 1];

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line,
            str_eq(ticket_text_normal(str_from(cases[i].typed), to), str_from(cases[i].normal)));
    }
    memset(longest, 'A', sizeof longest);
    EXPECT(ticket_text_normal((str){longest, TICKET_TEXT_MAX}, to).n == TICKET_TEXT_MAX);
    EXPECT(ticket_text_normal((str){longest, TICKET_TEXT_MAX + 1}, to).n == 0);
}

static bool
same(struct digest a, struct digest b)
{
    return ct_eq(digest_bytes(&a), digest_bytes(&b));
}

TEST(what_is_stored_is_bound_to_tenant_kind_and_ticket)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_id(fx), other = fixture_id(fx);
    struct digest lookup = ticket_text_lookup(fx->tenant, TICKET_PASSWORDLESS, S("ABC234"));
    struct digest code = ticket_text_code(fx->tenant, id, S("ABC234"));

    EXPECT(same(lookup, ticket_text_lookup(fx->tenant, TICKET_PASSWORDLESS, S("abc 234"))));
    EXPECT(!same(lookup, ticket_text_lookup(fx->other, TICKET_PASSWORDLESS, S("ABC234"))));
    EXPECT(!same(lookup, ticket_text_lookup(fx->tenant, TICKET_VERIFY_EMAIL, S("ABC234"))));
    EXPECT(same(code, ticket_text_code(fx->tenant, id, S("abc-234"))));
    EXPECT(!same(code, ticket_text_code(fx->tenant, other, S("ABC234"))));
    EXPECT(!same(code, ticket_text_code(fx->other, id, S("ABC234"))) && !same(code, lookup));
    fixture_close(fx);
}

TEST(only_32_random_bytes_are_as_long_as_ours)
{
    EXPECT(ticket_text_is_long(NULL));
    EXPECT(ticket_text_is_long(&(struct secure_generator){32, GENERATOR_BYTES}));
    EXPECT(!ticket_text_is_long(&(struct secure_generator){31, GENERATOR_BYTES}));
    EXPECT(!ticket_text_is_long(&(struct secure_generator){96, GENERATOR_DIGITS}));
}

TEST(a_sham_looks_like_a_text_and_finds_nothing)
{
    static const struct secure_generator all[] = {{32, GENERATOR_BYTES}, {8, GENERATOR_BYTES},
        {6, GENERATOR_DIGITS}, {40, GENERATOR_ALPHA_NUMERIC}};
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(all); i++) {
        struct rq *rq = fixture_rq(fx);
        str one = ticket_draw_sham(rq, &all[i]), two = ticket_draw_sham(rq, &all[i]);
        struct ticket *ticket;

        EXPECT(one.n == (i == 0 ? TICKET_LONG_TEXT : ticket_draw(rq, &all[i]).n));
        EXPECT(!str_eq(one, two));
        REQUIRE(ticket_find(rq, fx->tenant, TICKET_PASSWORDLESS, one, &ticket) == ERR_OK);
        EXPECT(ticket == NULL && rq->writes.count == 0);
        fixture_done(rq);
    }
    fixture_close(fx);
}
