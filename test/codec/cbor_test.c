/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT cbor
#include "test/unit.h"

#include <stdio.h>

#include "codec/cbor.h"

static struct arena *arena;

static void
start(void)
{
    arena = arena_new(MB(1));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(cbor, .init = start, .fini = end);

static bytes
from_hex(const char *hex)
{
    size_t n = strlen(hex) / 2;
    uint8_t *p = arena_alloc(arena, n + 1);

    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        cr_assert(sscanf(hex + 2 * i, "%2x", &byte) == 1, "no hexadecimal: %s", hex);
        p[i] = (uint8_t)byte;
    }
    return (bytes){p, n};
}

static bool
reads(const char *hex, const struct cbor **ret)
{
    return cbor_parse(arena, from_hex(hex), ret);
}

TEST(rfc8949_a_integers)
{
    static const struct {
        int line;
        const char *hex;
        int64_t value;
    } cases[] = {
        {__LINE__, "00", 0},
        {__LINE__, "17", 23},
        {__LINE__, "1818", 24},
        {__LINE__, "1903e8", 1000},
        {__LINE__, "1a000f4240", 1000000},
        {__LINE__, "1b000000e8d4a51000", 1000000000000},
        {__LINE__, "1b7fffffffffffffff", INT64_MAX},
        {__LINE__, "20", -1},
        {__LINE__, "3863", -100},
        {__LINE__, "390100", -257},
        {__LINE__, "3b7fffffffffffffff", INT64_MIN},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct cbor *v = NULL;
        int64_t got = 7;
        CHECK_AT(
            cases[i].line, reads(cases[i].hex, &v) && cbor_int(v, &got) && got == cases[i].value);
    }
}

TEST(ctap2_8_whatever_has_another_form_is_refused)
{
    static const struct {
        int line;
        const char *hex;
    } cases[] = {
        {__LINE__, ""}, {__LINE__, "1817"}, /* 23 in two bytes */
        {__LINE__, "190018"},               /* 24 in three */
        {__LINE__, "1a0000ffff"},           /* 65535 in five */
        {__LINE__, "1b00000000ffffffff"},   /* 2^32 - 1 in nine */
        {__LINE__, "1b8000000000000000"},   /* 2^63 */
        {__LINE__, "3b8000000000000000"},   /* -2^63 - 1 */
        {__LINE__, "1c"},                   /* reserved */
        {__LINE__, "18"},                   /* cut off */
        {__LINE__, "5f42010243030405ff"},   /* a length that comes later */
        {__LINE__, "7f657374726561ff"}, {__LINE__, "9f01ff"}, {__LINE__, "bf616101ff"},
        {__LINE__, "c074"},                                 /* a tag */
        {__LINE__, "c11a514b67b0"}, {__LINE__, "f90000"},   /* floats */
        {__LINE__, "fb3ff199999999999a"}, {__LINE__, "f7"}, /* undefined */
        {__LINE__, "f0"},                                   /* unassigned */
        {__LINE__, "f818"}, {__LINE__, "62c328"},           /* no UTF-8 */
        {__LINE__, "4401"},                                 /* shorter than it says */
        {__LINE__, "5bffffffffffffffff"}, {__LINE__, "9bffffffffffffffff"},
        {__LINE__, "bbffffffffffffffff"}, {__LINE__, "8201"}, {__LINE__, "a101"},
        {__LINE__, "0000"}, /* a byte too many */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct cbor *v = NULL;
        CHECK_AT(cases[i].line, !reads(cases[i].hex, &v) && v == NULL);
    }
}

TEST(ctap2_8_members_are_in_order_and_there_once)
{
    static const struct {
        int line;
        const char *hex;
        bool ok;
    } cases[] = {
        {__LINE__, "a0", true}, {__LINE__, "a201000200", true}, /* 1, 2 */
        {__LINE__, "a202000100", false},                        /* 2, 1 */
        {__LINE__, "a201000100", false},                        /* 1 twice */
        {__LINE__, "a201002000", true},                         /* 1, -1: unsigned first */
        {__LINE__, "a220000100", false},                        /* -1, 1 */
        {__LINE__, "a2200020f5", false},                        /* -1 twice */
        {__LINE__, "a217001818f5", true},                       /* 23, 24: the shorter first */
        {__LINE__, "a2616200626161f5", true},                   /* b, aa: the shorter first */
        {__LINE__, "a2626161006162f5", false},                  /* aa, b */
        {__LINE__, "a26161006162f5", true},                     /* a, b */
        {__LINE__, "a5010203262001215800225800", false}, /* an empty string written in two bytes */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct cbor *v = NULL;
        CHECK_AT(cases[i].line, reads(cases[i].hex, &v) == cases[i].ok);
    }
}

TEST(values_are_found_by_text_and_number)
{
    const struct cbor *v, *list;
    bytes data;
    int64_t number;
    str text;

    /* {1: h'0102', -1: "x", "list": [true, false, null]} */
    REQUIRE(reads("a301420102206178646c69737483f5f4f6", &v));
    EXPECT(v->type == CBOR_MAP && v->count == 3);
    EXPECT(cbor_bytes(cbor_at(v, 1), &data) && data.n == 2 && data.p[1] == 2);
    EXPECT(cbor_str(cbor_at(v, -1), &text) && str_eq(text, S("x")));
    EXPECT(cbor_at(v, 2) == NULL && cbor_get(v, S("1")) == NULL);
    EXPECT(!cbor_int(cbor_at(v, 1), &number) && !cbor_bytes(cbor_at(v, -1), &data));
    list = cbor_get(v, S("list"));
    REQUIRE(list != NULL && list->type == CBOR_ARRAY && list->count == 3);
    EXPECT(list->first->type == CBOR_TRUE && list->first->next->type == CBOR_FALSE
           && list->first->next->next->type == CBOR_NULL);
    EXPECT(cbor_get(list, S("x")) == NULL && cbor_at(NULL, 1) == NULL);
}

TEST(a_value_is_taken_and_the_rest_left)
{
    bytes in = from_hex("4201021818ff"), before = in;
    const struct cbor *v;

    REQUIRE(cbor_take(arena, &in, &v));
    EXPECT(v->type == CBOR_BYTES && v->raw.n == 3 && in.n == 3);
    REQUIRE(cbor_take(arena, &in, &v));
    EXPECT(v->number == 24 && in.n == 1);
    before = in;
    EXPECT(!cbor_take(arena, &in, &v) && in.p == before.p && in.n == 1 && v->number == 24);
}

TEST(depth_and_count_have_bounds)
{
    uint8_t deep[CBOR_MAX_DEPTH + 2], wide[CBOR_MAX_NODES + 3] = {0x99};
    const struct cbor *v;

    memset(deep, 0x81, sizeof deep);
    deep[CBOR_MAX_DEPTH] = 0;
    EXPECT(cbor_parse(arena, (bytes){deep, CBOR_MAX_DEPTH + 1}, &v));
    deep[CBOR_MAX_DEPTH] = 0x81;
    deep[CBOR_MAX_DEPTH + 1] = 0;
    EXPECT(!cbor_parse(arena, BYTES_OF(deep), &v));
    for (size_t count = CBOR_MAX_NODES - 1; count <= CBOR_MAX_NODES; count++) {
        wide[1] = (uint8_t)(count >> 8);
        wide[2] = (uint8_t)count;
        EXPECT(cbor_parse(arena, (bytes){wide, count + 3}, &v) == (count < CBOR_MAX_NODES));
    }
}
