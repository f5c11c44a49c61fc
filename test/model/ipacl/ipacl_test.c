/* SPDX-License-Identifier: Apache-2.0 */
/* ipacl.c: which addresses a list lets in. */
#define UNIT ipacl
#include "../fixture.h"

#include "model/ipacl/ipacl.h"

/* clang-format off */
static const struct ipacl_entry entries[] = {
    { IPACL_BLOCK, S_INIT("*"), S_INIT("") },
    { IPACL_ALLOW, S_INIT("192.0.2.10"), S_INIT("192.0.2.20") },
    { IPACL_BLOCK, S_INIT("192.0.2.15"), S_INIT("192.0.2.15") }, /* the range before it decides */
    { IPACL_ALLOW, S_INIT("2001:db8::"), S_INIT("2001:db8::ffff") },
};
static const struct {
    int line;
    const char *address;
    bool is_let_in;
} cases[] = {
    { __LINE__, "192.0.2.10", true },          { __LINE__, "192.0.2.20", true },
    { __LINE__, "192.0.2.9", false },          { __LINE__, "192.0.2.21", false },
    { __LINE__, "192.0.2.15", true },          { __LINE__, "::ffff:192.0.2.11", true },
    { __LINE__, "2001:db8::1", true },         { __LINE__, "2001:DB8:0::FFFF", true },
    { __LINE__, "2001:db8::1:0", false },      { __LINE__, "10.0.0.1", false },
    { __LINE__, "", false },                   { __LINE__, "192.0.2.010", false },
    { __LINE__, "192.0.2.10, 10.0.0.1", false }, { __LINE__, "localhost", false },
};
/* clang-format on */

static struct ipacl
list_of(const struct ipacl_entry *from, size_t count)
{
    return (struct ipacl){.entries = {(void *)(uintptr_t)from, count}};
}

TEST(the_first_range_that_holds_an_address_decides_else_the_default)
{
    const struct ipacl list = list_of(entries, COUNT(entries));

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(
            cases[i].line, ipacl_lets_in(&list, str_from(cases[i].address)) == cases[i].is_let_in);
    }
}

TEST(what_is_no_address_is_let_in_nowhere)
{
    const struct ipacl_entry all = {IPACL_ALLOW, S("*"), NO_STR};
    const struct ipacl list = list_of(&all, 1);

    EXPECT(ipacl_lets_in(&list, S("192.0.2.1")));
    EXPECT(!ipacl_lets_in(&list, S("unknown")));
    EXPECT(!ipacl_lets_in(&list, NO_STR));
}

TEST(a_list_that_is_not_there_lets_nobody_in_and_no_list_everybody)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    bool is_let_in;

    EXPECT(ipacl_judge(rq, (struct uuid){{0}}, &is_let_in) == ERR_OK);
    EXPECT(is_let_in);
    EXPECT(ipacl_judge(rq, fixture_id(fx), &is_let_in) == ERR_OK);
    EXPECT(!is_let_in);
    fixture_done(rq);
    fixture_close(fx);
}
