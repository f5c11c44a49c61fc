/* SPDX-License-Identifier: Apache-2.0 */
/* xml_canon.c against Exclusive XML Canonicalization 1.0 and Canonical XML 1.0 s2.3. */
#define UNIT xml_canon
#include "test/unit.h"

#include "base/arena.h"
#include "codec/xml.h"

struct canon_case {
    int line;
    str text, prefixes, want;
};

static void
check_root(const struct canon_case *cases, size_t count)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < count; i++) {
        const struct xml *root;
        str canon = NO_STR;
        CHECK_AT(cases[i].line, xml_parse(arena, cases[i].text, &root)
                                    && xml_canon(arena, root, NULL, cases[i].prefixes, &canon));
        CHECK_AT(cases[i].line, str_eq(canon, cases[i].want));
        arena_reset(arena);
    }
}

TEST(canonical_xml_s2_3_one_text_for_each_tree)
{
    /* clang-format off */
    static const struct canon_case cases[] = {
        { __LINE__, S_INIT("<?xml version='1.0'?>\n<a  />\n"), S_INIT(""), S_INIT("<a></a>") },
        { __LINE__, S_INIT("<a z='1' b = \"2\"\n></a >"), S_INIT(""), S_INIT("<a b=\"2\" z=\"1\"></a>") },
        { __LINE__, S_INIT("<a>&lt;&gt;&amp;&quot;&apos;&#13;\r\n\t</a>"), S_INIT(""), S_INIT("<a>&lt;&gt;&amp;\"'&#xD;\n\t</a>") },
        { __LINE__, S_INIT("<a b='&lt;>&amp;&quot;&apos;&#9;&#10;&#13;\n'/>"), S_INIT(""), S_INIT("<a b=\"&lt;>&amp;&quot;'&#x9;&#xA;&#xD; \"></a>") },
        { __LINE__, S_INIT("<a xmlns:q='u:b' xmlns:p='u:a' q:a='1' p:b='2' c='3' xml:lang='en'/>"), S_INIT(""),
          S_INIT("<a xmlns:p=\"u:a\" xmlns:q=\"u:b\" c=\"3\" xml:lang=\"en\" p:b=\"2\" q:a=\"1\"></a>") },
    };
    /* clang-format on */
    check_root(cases, COUNT(cases));
}

TEST(exc_c14n_s3_a_namespace_is_written_where_it_is_used)
{
    /* clang-format off */
    static const struct canon_case cases[] = {
        { __LINE__, S_INIT("<a xmlns='u:d' xmlns:p='u:p' xmlns:q='u:q'><p:b/></a>"), S_INIT(""), S_INIT("<a xmlns=\"u:d\"><p:b xmlns:p=\"u:p\"></p:b></a>") },
        { __LINE__, S_INIT("<p:a xmlns:p='u:p'><p:b><p:c xmlns:p='u:p'/></p:b></p:a>"), S_INIT(""), S_INIT("<p:a xmlns:p=\"u:p\"><p:b><p:c></p:c></p:b></p:a>") },
        { __LINE__, S_INIT("<p:a xmlns:p='u:p'><p:b xmlns:p='u:q'/><p:b/></p:a>"), S_INIT(""), S_INIT("<p:a xmlns:p=\"u:p\"><p:b xmlns:p=\"u:q\"></p:b><p:b></p:b></p:a>") },
        { __LINE__, S_INIT("<a xmlns='u:d'><b xmlns=''><c/></b></a>"), S_INIT(""), S_INIT("<a xmlns=\"u:d\"><b xmlns=\"\"><c></c></b></a>") },
        { __LINE__, S_INIT("<a xmlns=''><b xmlns=''/></a>"), S_INIT(""), S_INIT("<a><b></b></a>") },
        { __LINE__, S_INIT("<p:a xmlns='u:d' xmlns:p='u:p'><b/></p:a>"), S_INIT(""), S_INIT("<p:a xmlns:p=\"u:p\"><b xmlns=\"u:d\"></b></p:a>") },
        { __LINE__, S_INIT("<a xmlns:xs='u:xs'><b xmlns:xsi='u:xsi' xsi:type='xs:string'/></a>"), S_INIT(""), S_INIT("<a><b xmlns:xsi=\"u:xsi\" xsi:type=\"xs:string\"></b></a>") },
        { __LINE__, S_INIT("<a xmlns:xs='u:xs'><b xmlns:xsi='u:xsi' xsi:type='xs:string'/></a>"), S_INIT("xs"), S_INIT("<a xmlns:xs=\"u:xs\"><b xmlns:xsi=\"u:xsi\" xsi:type=\"xs:string\"></b></a>") },
        { __LINE__, S_INIT("<p:a xmlns='u:d' xmlns:p='u:p'/>"), S_INIT(" #default\tnobody "), S_INIT("<p:a xmlns=\"u:d\" xmlns:p=\"u:p\"></p:a>") },
        { __LINE__, S_INIT("<a xmlns:x='u:1'><b xmlns:x='u:2'/></a>"), S_INIT("x"), S_INIT("<a xmlns:x=\"u:1\"><b xmlns:x=\"u:2\"></b></a>") },
    };
    /* clang-format on */
    check_root(cases, COUNT(cases));
}

TEST(exc_c14n_s2_2_a_part_says_the_same_wherever_it_stands)
{
    /* The specification's own example: the same element in two envelopes. */
    static const char *const texts[] = {
        "<n0:local xmlns:n0='foo:bar' xmlns:n3='ftp://example.org'><n1:elem2 "
        "xmlns:n1='http://example.net' xml:lang='en'>"
        "<n3:stuff xmlns:n3='ftp://example.org'/></n1:elem2></n0:local>",
        "<n2:pdu xmlns:n1='http://example.com' xmlns:n2='http://foo.example' xml:lang='fr' "
        "xml:space='retain'>"
        "<n1:elem2 xmlns:n1='http://example.net' xml:lang='en'><n3:stuff "
        "xmlns:n3='ftp://example.org'/></n1:elem2></n2:pdu>"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct xml *root;
        str canon = NO_STR;
        REQUIRE(xml_parse(arena, str_from(texts[i]), &root));
        REQUIRE(xml_canon(arena, root->first, NULL, NO_STR, &canon));
        EXPECT(
            str_eq(canon, S("<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff "
                            "xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>")));
    }
}

TEST(one_node_is_left_out_and_no_other)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    const struct xml *root;
    str canon;

    REQUIRE(xml_parse(arena, S("<a>1<b x='1'/>2<b x='2'><c/></b>3</a>"), &root));
    REQUIRE(xml_canon(arena, root, root->first->next, NO_STR, &canon));
    EXPECT_STR(canon, S("<a>12<b x=\"2\"><c></c></b>3</a>"));
}

TEST(what_grows_too_long_is_refused)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(64));
    const struct xml *root;
    struct buf buf;
    str text, canon, uri;

    /* A long namespace, written again by each of many children. */
    buf_init(&buf, arena, MB(1));
    for (size_t i = 0; i < 1000; i++) {
        buf_lit(&buf, "0123456789");
    }
    REQUIRE(buf_done(&buf, &uri));
    buf_init(&buf, arena, MB(1));
    buf_fmt(&buf, "<a xmlns:p='u:" STRF "'>", STRV(uri));
    for (size_t i = 0; i < 1000; i++) {
        buf_lit(&buf, "<p:b/>");
    }
    buf_lit(&buf, "</a>");
    REQUIRE(buf_done(&buf, &text) && xml_parse(arena, text, &root));
    EXPECT(!xml_canon(arena, root, NULL, NO_STR, &canon));
    EXPECT(xml_canon(arena, root->first, NULL, NO_STR, &canon));
    EXPECT(!xml_canon(arena, root->first, NULL, S("a b c d e f g h i j k l m n o p q"), &canon));
}
