/* SPDX-License-Identifier: Apache-2.0 */
/* xml.c against Extensible Markup Language 1.0 and Namespaces in XML 1.0. */
#define UNIT xml
#include "test/unit.h"

#include "base/arena.h"
#include "codec/xml.h"

struct verdict {
    int line;
    str text;
    bool ok;
};

static void
check_all(const struct verdict *cases, size_t count)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < count; i++) {
        const struct xml *root = NULL;
        CHECK_AT(cases[i].line, xml_parse(arena, cases[i].text, &root) == cases[i].ok);
        CHECK_AT(cases[i].line, (root != NULL) == cases[i].ok);
        arena_reset(arena);
    }
}

TEST(xml_s2_what_is_well_formed)
{
    /* clang-format off */
    static const struct verdict cases[] = {
        { __LINE__, S_INIT("<a/>"), true },                         { __LINE__, S_INIT("<a></a>"), true },
        { __LINE__, S_INIT(" \r\n<a />\t"), true },                 { __LINE__, S_INIT("<a b='1' c=\"2\"\n/>"), true },
        { __LINE__, S_INIT("<a-b._1 b = '1'></a-b._1 >"), true },   { __LINE__, S_INIT("<a>x<b/>y</a>"), true },
        { __LINE__, S_INIT("<?xml version='1.0'?><a/>"), true },    { __LINE__, S_INIT("<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes' ?>\n<a/>"), true },
        { __LINE__, S_INIT(""), false },                            { __LINE__, S_INIT("x"), false },
        { __LINE__, S_INIT("<a>"), false },                         { __LINE__, S_INIT("<a></b>"), false },
        { __LINE__, S_INIT("<a/><b/>"), false },                    { __LINE__, S_INIT("<a/>x"), false },
        { __LINE__, S_INIT("</a>"), false },                        { __LINE__, S_INIT("<a b='1'c='2'/>"), false },
        { __LINE__, S_INIT("<a b=1/>"), false },                    { __LINE__, S_INIT("<a b/>"), false },
        { __LINE__, S_INIT("<a b='<'/>"), false },                  { __LINE__, S_INIT("<a b='1' b='1'/>"), false },
        { __LINE__, S_INIT("<a b='1/>"), false },                   { __LINE__, S_INIT("< a/>"), false },
        { __LINE__, S_INIT("<a / >"), false },                      { __LINE__, S_INIT("<a>]]></a>"), false },
        { __LINE__, S_INIT("<1a/>"), false },                       { __LINE__, S_INIT("<\xc3\xa4/>"), false },
        { __LINE__, S_INIT(" <?xml version='1.0'?><a/>"), false },  { __LINE__, S_INIT("<?xml version='1.1'?><a/>"), false },
        { __LINE__, S_INIT("<?xml encoding='UTF-8'?><a/>"), false }, { __LINE__, S_INIT("<?xml version='1.0' encoding='UTF-16'?><a/>"), false },
        { __LINE__, S_INIT("<?xml version='1.0' encoding='UTF-7'?><a/>"), false }, { __LINE__, S_INIT("<?xml version='1.0' standalone='maybe'?><a/>"), false },
    };
    /* clang-format on */
    check_all(cases, COUNT(cases));
}

TEST(sa_09_sa_10_what_could_split_a_text_or_fetch_one_is_refused)
{
    /* clang-format off */
    static const struct verdict cases[] = {
        { __LINE__, S_INIT("<!DOCTYPE a><a/>"), false },            { __LINE__, S_INIT("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), false },
        { __LINE__, S_INIT("<!doctype a><a/>"), false },            { __LINE__, S_INIT("<!DOCTYPE a SYSTEM 'http://x/'><a/>"), false },
        { __LINE__, S_INIT("<a>x<!-- -->y</a>"), false },           { __LINE__, S_INIT("<!-- --><a/>"), false },
        { __LINE__, S_INIT("<a/><!-- -->"), false },                { __LINE__, S_INIT("<a><![CDATA[x]]></a>"), false },
        { __LINE__, S_INIT("<a><?b c?></a>"), false },              { __LINE__, S_INIT("<?b c?><a/>"), false },
        { __LINE__, S_INIT("<a/><?b?>"), false },                   { __LINE__, S_INIT("<?xml version='1.0'?><?xml version='1.0'?><a/>"), false },
        { __LINE__, S_INIT("<a>&b;</a>"), false },                  { __LINE__, S_INIT("<a>&nbsp;</a>"), false },
        { __LINE__, S_INIT("<a b='&c;'/>"), false },                { __LINE__, S_INIT("<a>&</a>"), false },
        { __LINE__, S_INIT("<a>&amp</a>"), false },                 { __LINE__, S_INIT("<a>&amp"), false },
        { __LINE__, S_INIT("<a>&#0;</a>"), false },                 { __LINE__, S_INIT("<a>&#x1F;</a>"), false },
        { __LINE__, S_INIT("<a>&#xD800;</a>"), false },             { __LINE__, S_INIT("<a>&#x110000;</a>"), false },
        { __LINE__, S_INIT("<a>&#xFFFE;</a>"), false },             { __LINE__, S_INIT("<a>&#;</a>"), false },
        { __LINE__, S_INIT("<a>&#x;</a>"), false },                 { __LINE__, S_INIT("<a>&#1a;</a>"), false },
        { __LINE__, S_INIT("<a>&#4294967361;</a>"), false },        { __LINE__, S_INIT("<a>&#00000000000000065;</a>"), false },
        { __LINE__, S_INIT("<a>\0</a>"), false },                   { __LINE__, S_INIT("<a>\x01</a>"), false },
        { __LINE__, S_INIT("<a>\xff</a>"), false },                 { __LINE__, S_INIT("<a>\xef\xbf\xbe</a>"), false },
        { __LINE__, S_INIT("\xef\xbb\xbf<a/>"), false },            { __LINE__, S_INIT("<\0a\0/\0>\0"), false },
        { __LINE__, S_INIT("+ADw-a/+AD4-"), false },
    };
    /* clang-format on */
    check_all(cases, COUNT(cases));
}

TEST(namespaces_every_prefix_is_declared_once_and_no_attribute_comes_twice)
{
    /* clang-format off */
    static const struct verdict cases[] = {
        { __LINE__, S_INIT("<a xmlns='u:x'/>"), true },             { __LINE__, S_INIT("<p:a xmlns:p='u:x'/>"), true },
        { __LINE__, S_INIT("<a xmlns='u:x'><b xmlns=''/></a>"), true }, { __LINE__, S_INIT("<a xml:lang='en'/>"), true },
        { __LINE__, S_INIT("<a p:b='1' xmlns:p='u:x' b='2'/>"), true }, { __LINE__, S_INIT("<a xmlns='u:x' xmlns:p='u:x' b='1' p:b='2'/>"), true },
        { __LINE__, S_INIT("<p:a/>"), false },                      { __LINE__, S_INIT("<a p:b='1'/>"), false },
        { __LINE__, S_INIT("<a><b xmlns:p='u:x'/><p:c/></a>"), false }, { __LINE__, S_INIT("<a xmlns:p=''/>"), false },
        { __LINE__, S_INIT("<a xmlns:p='u:x' xmlns:p='u:x'/>"), false }, { __LINE__, S_INIT("<a xmlns='u:x' xmlns='u:x'/>"), false },
        { __LINE__, S_INIT("<a xmlns:p='u:x' xmlns:q='u:x' p:b='1' q:b='2'/>"), false }, { __LINE__, S_INIT("<a xmlns:xml='u:x'/>"), false },
        { __LINE__, S_INIT("<a xmlns:xmlns='u:x'/>"), false },      { __LINE__, S_INIT("<xmlns:a/>"), false },
        { __LINE__, S_INIT("<xml:a/>"), false },                    { __LINE__, S_INIT("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>"), false },
        { __LINE__, S_INIT("<a xmlns='http://www.w3.org/2000/xmlns/'/>"), false }, { __LINE__, S_INIT("<a xmlns='relative'/>"), false },
        { __LINE__, S_INIT("<a xmlns='8:y'/>"), false },            { __LINE__, S_INIT("<a xmlns='u:a b'/>"), false },
        { __LINE__, S_INIT("<a xmlns='u:\xc3\xa4'/>"), false },     { __LINE__, S_INIT("<a xmlns='a+b-c.1:%20'/>"), true },
        { __LINE__, S_INIT("<a xmlns='/x:y'/>"), false },           { __LINE__, S_INIT("<p:q:a xmlns:p='u:x'/>"), false },
        { __LINE__, S_INIT("<:a/>"), false },                       { __LINE__, S_INIT("<a :b='1'/>"), false },
        { __LINE__, S_INIT("<p:a xmlns:p='u:x'></a>"), false },
    };
    /* clang-format on */
    check_all(cases, COUNT(cases));
}

TEST(xml_s2_11_s3_3_3_texts_and_values_are_read_whole)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    const struct xml *root, *b;
    str text = S("unchanged"), value;

    REQUIRE(xml_parse(arena,
        S("<a x=' 1\t2\r\n3&#10;&#13;&quot;' xmlns:p='u:p' "
          "p:y='0'>k&lt;&amp;&#x41;&#66;&gt;\r\n\r&#13;"
          "\xc3\xa4"
          "&#x1F600;<p:b>in</p:b><p:b/></a>"),
        &root));
    REQUIRE(xml_is_text(root->first));
    EXPECT_STR(root->first->text, S("k<&AB>\n\n\r\xc3\xa4\xf0\x9f\x98\x80"));
    REQUIRE(xml_attribute(root, S("x"), &value));
    EXPECT_STR(value, S(" 1 2 3\n\r\""));
    EXPECT(!xml_attribute(root, S("y"), &value) && !xml_attribute(NULL, S("x"), &value));
    b = xml_child(root, S("u:p"), S("b"));
    REQUIRE(b != NULL && xml_is(b, S("u:p"), S("b")) && !xml_is(b, S("u:q"), S("b")));
    EXPECT(xml_count(root, S("u:p"), S("b")) == 2 && xml_child(root, NO_STR, S("b")) == NULL);
    EXPECT(xml_child(NULL, S("u:p"), S("b")) == NULL && !xml_is(NULL, NO_STR, NO_STR));
    EXPECT(!xml_is(root->first, NO_STR, NO_STR));
    EXPECT(!xml_text(root, &text));
    EXPECT_STR(text, S("unchanged"));
    REQUIRE(xml_text(b, &text));
    EXPECT_STR(text, S("in"));
    REQUIRE(xml_text(b->next, &text));
    EXPECT_STR(text, S(""));
}

static str
repeated(struct arena *arena, const char *head, const char *unit, size_t count, const char *tail)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, MB(4));
    buf_str(&buf, str_from(head));
    for (size_t i = 0; i < count; i++) {
        buf_fmt(&buf, unit, i);
    }
    buf_str(&buf, str_from(tail));
    return buf_done(&buf, &text) ? text : NO_STR;
}

static str
nested(struct arena *arena, size_t depth)
{
    str down = repeated(arena, "", "<a>", depth, ""), up = repeated(arena, "", "</a>", depth, "");

    return str_fmt(arena, STRF STRF, STRV(down), STRV(up));
}

TEST(sa_16_depth_nodes_attributes_and_scope_are_bounded)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(32));
    const struct xml *root;

    EXPECT(xml_parse(arena, nested(arena, XML_MAX_DEPTH), &root));
    EXPECT(!xml_parse(arena, nested(arena, XML_MAX_DEPTH + 1), &root));
    EXPECT(!xml_parse(arena, nested(arena, 100000), &root));
    EXPECT(xml_parse(arena, repeated(arena, "<a>", "<b/>", XML_MAX_NODES - 1, "</a>"), &root));
    EXPECT(!xml_parse(arena, repeated(arena, "<a>", "<b/>", XML_MAX_NODES, "</a>"), &root));
    EXPECT(xml_parse(arena, repeated(arena, "<a", " b%zu=''", XML_MAX_ATTRIBUTES, "/>"), &root));
    EXPECT(
        !xml_parse(arena, repeated(arena, "<a", " b%zu=''", XML_MAX_ATTRIBUTES + 1, "/>"), &root));
    EXPECT(xml_parse(
        arena, repeated(arena, "<a", " xmlns:b%zu='u:'", XML_MAX_SCOPE, "><b/></a>"), &root));
    EXPECT(!xml_parse(arena,
        repeated(arena, "<a", " xmlns:b%zu='u:'", XML_MAX_SCOPE, "><b xmlns='u:'/></a>"), &root));
}

TEST(no_memory_is_a_refusal)
{
    str text = S("<p:a xmlns:p='u:p' b='&amp;'><c d='1'>&lt;x</c></p:a>");

    for (long n = 0; n < 40; n++) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(1));
        const struct xml *root;
        str canon;
        bool ok;
        arena_fail_after(n);
        ok = xml_parse(arena, text, &root) && xml_canon(arena, root, NULL, S("p"), &canon);
        arena_fail_after(-1);
        EXPECT(!ok || canon.n > 0);
        EXPECT(n > 0 || !ok);
        EXPECT(n < 39 || ok);
    }
}
