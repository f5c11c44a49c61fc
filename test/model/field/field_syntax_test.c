/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT field_syntax
#include "test/unit.h"

#include "model/field/field_internal.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10

struct row {
    int line;
    str text;
    bool ok;
};

TEST(rfc5321_4_1_2_email_is_a_dot_string_at_a_domain)
{
    static const struct row rows[] = {
        {__LINE__, S_INIT("ann@example.com"), true},
        {__LINE__, S_INIT("a@b"), true},
        {__LINE__, S_INIT("Ann.Lee+tag@Example.co.uk"), true},
        {__LINE__, S_INIT("!#$%&'*+-/=?^_`{|}~@x.y"), true},
        {__LINE__, S_INIT("1@2.3x"), true},
        {__LINE__,
            S_INIT("j\xc3\xb6rg@b\xc3\xbc"
                   "cher.example"),
            true},
        {__LINE__, S_INIT(A60 "aaaa@x.com"), true},
        {__LINE__, S_INIT(A60 "aaaaa@x.com"), false},
        {__LINE__, S_INIT("a@" A60 "aaa.com"), true},
        {__LINE__, S_INIT("a@" A60 "aaaa.com"), false},
        {__LINE__, S_INIT("a@" A60 "." A60 "." A60 "." A60 ".aaaaaaaa"), true},
        {__LINE__, S_INIT("a@" A60 "." A60 "." A60 "." A60 ".aaaaaaaaa"), false},
        {__LINE__, S_INIT(""), false},
        {__LINE__, S_INIT("@"), false},
        {__LINE__, S_INIT("ann"), false},
        {__LINE__, S_INIT("ann@"), false},
        {__LINE__, S_INIT("@example.com"), false},
        {__LINE__, S_INIT("a@b@c"), false},
        {__LINE__, S_INIT(".a@b.c"), false},
        {__LINE__, S_INIT("a.@b.c"), false},
        {__LINE__, S_INIT("a..b@c.d"), false},
        {__LINE__, S_INIT("a@b..c"), false},
        {__LINE__, S_INIT("a@.b"), false},
        {__LINE__, S_INIT("a@b."), false},
        {__LINE__, S_INIT("a@-b.c"), false},
        {__LINE__, S_INIT("a@b-.c"), false},
        {__LINE__, S_INIT("a@b_c.d"), false},
        {__LINE__, S_INIT("a@[127.0.0.1]"), false},
        {__LINE__, S_INIT("\"a b\"@c.d"), false},
        {__LINE__, S_INIT("a b@c.d"), false},
        {__LINE__, S_INIT("a@c.d "), false},
        {__LINE__, S_INIT("a,b@c.d"), false},
        {__LINE__, S_INIT("a@c.d\r\nBcc: x@y.z"), false},
        {__LINE__, S_INIT("a\0@c.d"), false},
        {__LINE__, S_INIT("a\xc2\x85@c.d"), false},
        {__LINE__, S_INIT("a\xff@c.d"), false},
        {__LINE__, S_INIT("<a@c.d>"), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_AT(rows[i].line, field_email_ok(rows[i].text) == rows[i].ok);
    }
}

TEST(rfc3339_5_6_a_date_is_a_day_of_the_calendar)
{
    static const struct row rows[] = {
        {__LINE__, S_INIT("2001-12-31"), true},
        {__LINE__, S_INIT("0001-01-01"), true},
        {__LINE__, S_INIT("9999-12-31"), true},
        {__LINE__, S_INIT("2000-02-29"), true},
        {__LINE__, S_INIT("2024-02-29"), true},
        {__LINE__, S_INIT("1900-02-29"), false},
        {__LINE__, S_INIT("2023-02-29"), false},
        {__LINE__, S_INIT("2024-02-30"), false},
        {__LINE__, S_INIT("2001-04-31"), false},
        {__LINE__, S_INIT("2001-00-10"), false},
        {__LINE__, S_INIT("2001-13-10"), false},
        {__LINE__, S_INIT("2001-01-00"), false},
        {__LINE__, S_INIT("2001-01-32"), false},
        {__LINE__, S_INIT("0000-01-01"), false},
        {__LINE__, S_INIT("2001-1-01"), false},
        {__LINE__, S_INIT("01-01-2001"), false},
        {__LINE__, S_INIT("2001/01/01"), false},
        {__LINE__, S_INIT("2001-01-01T"), false},
        {__LINE__, S_INIT("20a1-01-01"), false},
        {__LINE__, S_INIT("2001-01-+1"), false},
        {__LINE__, S_INIT(""), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_AT(rows[i].line, field_date_ok(rows[i].text) == rows[i].ok);
    }
}

TEST(a_locale_is_a_language_and_its_parts)
{
    static const struct row rows[] = {
        {__LINE__, S_INIT("en"), true},
        {__LINE__, S_INIT("en_US"), true},
        {__LINE__, S_INIT("en-US"), true},
        {__LINE__, S_INIT("zh_Hant_TW"), true},
        {__LINE__, S_INIT("es_419"), true},
        {__LINE__, S_INIT("km"), true},
        {__LINE__, S_INIT("de_CH_1996_a_b_c"), true},
        {__LINE__, S_INIT("de_CH_1996_a_b_c_d"), false},
        {__LINE__, S_INIT(""), false},
        {__LINE__, S_INIT("e"), false},
        {__LINE__, S_INIT("e1"), false},
        {__LINE__, S_INIT("en_"), false},
        {__LINE__, S_INIT("_US"), false},
        {__LINE__, S_INIT("en__US"), false},
        {__LINE__, S_INIT("en_US!"), false},
        {__LINE__, S_INIT("en US"), false},
        {__LINE__, S_INIT("en_abcdefghi"), false},
        {__LINE__, S_INIT("abcdefghi"), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_AT(rows[i].line, field_locale_ok(rows[i].text) == rows[i].ok);
    }
}

TEST(scripts_are_no_uris_for_us)
{
    static const struct row rows[] = {
        {__LINE__, S_INIT("https://a.example"), true},
        {__LINE__, S_INIT("HTTP://127.0.0.1:8080/x"), true},
        {__LINE__, S_INIT("org.example.app://cb"), true},
        {__LINE__, S_INIT("https://*.example.com/*"), true},
        {__LINE__, S_INIT("urn:example:resource"), true},
        {__LINE__, S_INIT("javascript:1"), false},
        {__LINE__, S_INIT("jAvAsCrIpT://x/%0aalert(1)"), false},
        {__LINE__, S_INIT("vbscript:x"), false},
        {__LINE__, S_INIT("data:text/html,x"), false},
        {__LINE__, S_INIT("//a.example"), false},
        {__LINE__, S_INIT("a.example"), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_AT(rows[i].line, (field_text_fault(FIELD_URI, rows[i].text) == NULL) == rows[i].ok);
        CHECK_AT(rows[i].line, (field_text_fault(FIELD_URIS, rows[i].text) == NULL) == rows[i].ok);
    }
}
