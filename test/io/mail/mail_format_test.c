/* SPDX-License-Identifier: Apache-2.0 */
/* The message as sent: RFC 5322, RFC 2045-2047; nothing given can add a header or a line. */
#define UNIT mail_format
#include "../../unit.h"

#include <stdlib.h>

#include "codec/base64.h"
#include "codec/utf8.h"
#include "io/mail/mail_internal.h"

static struct mail
simple(void)
{
    return (struct mail){
        .from_address = S("no-reply@example.com"),
        .from_name = S("Example"),
        .to_address = S("ada@example.org"),
        .subject = S("Hello"),
        .text = S("Hi.\n"),
        .message_id = S("0190-abc"),
        .date_ms = 1700000000123,
    };
}

static bool
has(str text, str word)
{
    return str_find_str(text, word) < text.n;
}

TEST(rfc5322_a_simple_mail_reads_as_expected)
{
    struct arena *arena = arena_new(MB(1));
    struct mail mail = simple();

    EXPECT_STR(mail_format(arena, &mail), S("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                                            "From: \"Example\"\r\n <no-reply@example.com>\r\n"
                                            "To: <ada@example.org>\r\n"
                                            "Subject: Hello\r\n"
                                            "Message-ID:\r\n <0190-abc@example.com>\r\n"
                                            "Auto-Submitted: auto-generated\r\n"
                                            "MIME-Version: 1.0\r\n"
                                            "Content-Type: text/plain; charset=utf-8\r\n"
                                            "Content-Transfer-Encoding: quoted-printable\r\n"
                                            "\r\n"
                                            "Hi.\r\n"));
    arena_free(arena);
}

TEST(rfc5322_3_3_dates)
{
    static const struct {
        int line;
        int64_t ms;
        const char *date; /* NULL: refused */
    } cases[] = {
        {__LINE__, 0, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
        {__LINE__, 951782400000, "Date: Tue, 29 Feb 2000 00:00:00 +0000\r\n"},
        {__LINE__, 4102444799999, "Date: Thu, 31 Dec 2099 23:59:59 +0000\r\n"},
        {__LINE__, -1, NULL},
        {__LINE__, INT64_MAX, NULL},
    };
    struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mail mail = simple();
        str text;

        mail.date_ms = cases[i].ms;
        text = mail_format(arena, &mail);
        CHECK_AT(
            cases[i].line, cases[i].date ? str_starts(text, str_from(cases[i].date)) : text.n == 0);
    }
    arena_free(arena);
}

/* clang-format off */
static const struct {
    int line;
    str name, want;     /* the To header's display-name as written */
} names[] = {
    {__LINE__, S_INIT("Ada"), S_INIT("To: \"Ada\"\r\n <")},
    {__LINE__, S_INIT("Ada, the <first>"), S_INIT("To: \"Ada, the <first>\"\r\n <")},
    {__LINE__, S_INIT("a \"b\" \\ c"), S_INIT("To: \"a \\\"b\\\" \\\\ c\"\r\n <")},
    {__LINE__, S_INIT(""), S_INIT("To: <")},
    {__LINE__, S_INIT("\xc3\x89mile"), S_INIT("To: =?UTF-8?B?w4ltaWxl?=\r\n <")},
    {__LINE__, S_INIT("=?UTF-8?Q?x?="), S_INIT("To: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n <")},
    {__LINE__, S_INIT(" Ada"), S_INIT("To: =?UTF-8?B?IEFkYQ==?=\r\n <")},
};
/* clang-format on */

TEST(rfc2047_names_are_quoted_or_encoded)
{
    struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(names); i++) {
        struct mail mail = simple();

        mail.to_name = names[i].name;
        CHECK_AT(names[i].line, has(mail_format(arena, &mail), names[i].want));
    }
    arena_free(arena);
}

/* Joins the encoded words behind "Subject: " and decodes them; empty when one is badly formed. */
static str
decode_subject(struct arena *arena, str text)
{
    str rest = str_skip(text, str_find_str(text, S("Subject: ")) + 9), word, whole = NO_STR;
    struct buf buf;

    buf_init(&buf, arena, KB(4));
    rest = str_head(rest, str_find_str(rest, S("\r\nMessage-ID")));
    while (str_cut(&rest, '\n', &word)) {
        bytes part;

        word = str_trim(word.n && word.p[word.n - 1] == '\r' ? str_head(word, word.n - 1) : word);
        if (word.n > 75 || !str_starts(word, S("=?UTF-8?B?")) || !str_ends(word, S("?="))
            || !base64_decode(arena, str_head(str_skip(word, 10), word.n - 12), &part)
            || !utf8_is_valid(bytes_str(part))) { /* RFC 2047 s5: whole characters only */
            return NO_STR;
        }
        buf_str(&buf, bytes_str(part));
    }
    return buf_done(&buf, &whole) ? whole : NO_STR;
}

TEST(rfc2047_2_subjects_in_any_script_fold_and_decode)
{
    static const str pieces[] = {
        S_INIT("\xe1\x9e\x97\xe1\x9e\xb6\xe1\x9e\x9f\xe1\x9e\xb6"), /* Khmer */
        S_INIT("\xf0\x9f\x94\x91\xf0\x9f\x98\x80"),                 /* outside the first plane */
        S_INIT("\xc3\xa4 \xc3\xb6"),
        S_INIT("plain words that go on and on "),
    };
    struct arena *arena = arena_new(MB(4));

    for (unsigned i = 0; i < COUNT(pieces); i++) {
        for (unsigned times = 3; times * pieces[i].n <= 500; times += 2) {
            struct mail mail = simple();
            struct buf buf;

            buf_init(&buf, arena, 512);
            for (unsigned k = 0; k < times; k++) {
                buf_str(&buf, pieces[i]);
            }
            REQUIRE(buf_done(&buf, &mail.subject));
            EXPECT_STR(decode_subject(arena, mail_format(arena, &mail)), mail.subject);
        }
    }
    arena_free(arena);
}

#define BIG "0123456789012345678901234567890123456789012345678901234567890123"
/* clang-format off */
static const struct {
    int line;
    bool ok;
    str address;
} addresses[] = {
    {__LINE__, true, S_INIT("a@b")},
    {__LINE__, true, S_INIT("first.last+tag@mail.example.com")},
    {__LINE__, true, S_INIT("o'brien@xn--e1afmkfd.example")},
    {__LINE__, true, S_INIT(BIG "@example.com")},
    {__LINE__, false, S_INIT("x" BIG "@example.com")},
    {__LINE__, false, S_INIT("")},
    {__LINE__, false, S_INIT("@")},
    {__LINE__, false, S_INIT("a")},
    {__LINE__, false, S_INIT("a@")},
    {__LINE__, false, S_INIT("@b")},
    {__LINE__, false, S_INIT("a@b@c")},
    {__LINE__, false, S_INIT("a b@c")},
    {__LINE__, false, S_INIT(".a@b")},
    {__LINE__, false, S_INIT("a.@b")},
    {__LINE__, false, S_INIT("a..b@c")},
    {__LINE__, false, S_INIT("a@-b.c")},
    {__LINE__, false, S_INIT("a@b-.c")},
    {__LINE__, false, S_INIT("a@b..c")},
    {__LINE__, false, S_INIT("a@b.")},
    {__LINE__, false, S_INIT("a@b_c")},
    {__LINE__, false, S_INIT("a@" BIG ".com")},
    {__LINE__, false, S_INIT("a@[127.0.0.1]")},
    {__LINE__, false, S_INIT("\"a b\"@c")},
    {__LINE__, false, S_INIT("<a@b>")},
    {__LINE__, false, S_INIT("a@b>")},
    {__LINE__, false, S_INIT("a,c@b")},
    {__LINE__, false, S_INIT("a@b\r\nRCPT TO:<c@d>")},
    {__LINE__, false, S_INIT("a@b\n")},
    {__LINE__, false, S_INIT("a\0@b")},
    {__LINE__, false, S_INIT("a@b\0")},
    {__LINE__, false, S_INIT("\xc3\xa9@b.com")},
    {__LINE__, false, S_INIT("a@\xc3\xa9.com")},
};
/* clang-format on */

TEST(rfc5321_4_1_2_addresses)
{
    struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct mail to = simple(), from = simple();

        to.to_address = from.from_address = addresses[i].address;
        CHECK_AT(
            addresses[i].line, mail_format_address_ok(addresses[i].address) == addresses[i].ok);
        CHECK_AT(addresses[i].line, (mail_format(arena, &to).n > 0) == addresses[i].ok);
        CHECK_AT(addresses[i].line, (mail_format(arena, &from).n > 0) == addresses[i].ok);
    }
    arena_free(arena);
}

TEST(no_header_can_be_injected)
{
    static const str bad[] = {S_INIT("a\r\nBcc: x@y"), S_INIT("a\nBcc: x@y"), S_INIT("a\rb"),
        S_INIT("\r\n\r\nbody"), S_INIT("a\0b"), S_INIT("a\x1b[2J"), S_INIT("a\x7f"),
        S_INIT("a\xc2\x85"
               "b"),
        S_INIT("\xff"), S_INIT("\xc0\x8d\xc0\x8a"), S_INIT("\ttab")};
    struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct mail subject = simple(), from = simple(), to = simple(), id = simple();

        subject.subject = bad[i];
        from.from_name = bad[i];
        to.to_name = bad[i];
        id.message_id = bad[i];
        CHECK_AT((int)i, mail_format(arena, &subject).n == 0);
        CHECK_AT((int)i, mail_format(arena, &from).n == 0);
        CHECK_AT((int)i, mail_format(arena, &to).n == 0);
        CHECK_AT((int)i, mail_format(arena, &id).n == 0);
    }
    arena_free(arena);
}

TEST(what_somebody_else_chose_becomes_one_line_that_goes_out)
{
    static const struct {
        int line;
        str given, line_of;
    } cases[] = {
        {__LINE__, S_INIT("Ada"), S_INIT("Ada")},
        {__LINE__, S_INIT(""), S_INIT("")},
        {__LINE__, S_INIT("a\r\nBcc: x@y"), S_INIT("a  Bcc: x@y")},
        {__LINE__, S_INIT("a\0b\x1b[2J\x7f"), S_INIT("a b [2J ")},
        {__LINE__, S_INIT("\xff\xc0\x8d"), S_INIT("   ")},
        {__LINE__, S_INIT("a\xc2\x85z"), S_INIT("a z")},
        {__LINE__, S_INIT("Gr\xc3\xb6\xc3\x9f"), S_INIT("Gr\xc3\xb6\xc3\x9f")},
    };
    struct arena *arena = arena_new(MB(1));
    char text[1000];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mail mail = simple();
        str line = mail_one_line(arena, cases[i].given);
        CHECK_AT(cases[i].line, str_eq(line, cases[i].line_of));
        mail.subject = mail.to_name = mail.from_name = line;
        CHECK_AT(cases[i].line, mail_format(arena, &mail).n > 0);
    }
    for (size_t i = 0; i + 1 < sizeof text; i += 2) {
        memcpy(text + i, "\xc3\xb6", 2);
    }
    for (size_t i = 0; i < 3; i++) { /* cut between characters */
        struct mail mail = simple();
        mail.subject = mail_one_line(arena, (str){text, sizeof text - i});
        EXPECT(mail.subject.n <= 512 && mail_format(arena, &mail).n > 0);
    }
    arena_free(arena);
}

/* Decodes quoted-printable as RFC 2045 s6.7 tells receivers to; empty on a bad escape or line. */
static str
decode_qp(struct arena *arena, str text)
{
    struct buf buf;
    str line, whole = NO_STR;

    buf_init(&buf, arena, MB(3));
    while (str_cut(&text, '\n', &line)) {
        bool is_soft;

        if (text.p == NULL) {
            break; /* behind the last line's end */
        }
        if (line.n == 0 || line.n > 77 || line.p[line.n - 1] != '\r') {
            return NO_STR;
        }
        line.n--;
        is_soft = line.n > 0 && line.p[line.n - 1] == '=';
        line.n -= is_soft;
        for (size_t i = 0; i < line.n; i++) {
            if (line.p[i] != '=') {
                buf_char(&buf, line.p[i]);
                continue;
            }
            if (i + 2 >= line.n) {
                return NO_STR;
            }
            buf_char(&buf, (char)strtoul((char[]){line.p[i + 1], line.p[i + 2], 0}, NULL, 16));
            i += 2;
        }
        if (!is_soft) {
            buf_lit(&buf, "\n");
        }
    }
    return buf_done(&buf, &whole) ? whole : NO_STR;
}

static str
decode_base64(struct arena *arena, str text)
{
    struct buf buf;
    str line, joined = NO_STR, lf = NO_STR;
    bytes raw;

    buf_init(&buf, arena, MB(3));
    while (str_cut(&text, '\n', &line)) {
        if (line.n > 77) {
            return NO_STR;
        }
        buf_str(&buf, str_head(line, line.n ? line.n - 1 : 0));
    }
    if (!buf_done(&buf, &joined) || !base64_decode(arena, joined, &raw)) {
        return NO_STR;
    }
    buf_init(&buf, arena, MB(3));
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] != '\r' || i + 1 == raw.n || raw.p[i + 1] != '\n') {
            buf_char(&buf, (char)raw.p[i]);
        }
    }
    return buf_done(&buf, &lf) ? lf : NO_STR;
}

/* The decoded body of a part that starts at text. */
static str
decode_part(struct arena *arena, str text)
{
    str body = str_skip(text, str_find_str(text, S("\r\n\r\n")) + 4);

    return has(str_head(text, text.n - body.n), S("quoted-printable")) ? decode_qp(arena, body)
                                                                       : decode_base64(arena, body);
}

/* Every line ends in CRLF, has no bare CR or LF in it, and no more than 78 characters. */
static bool
lines_are_fine(str text)
{
    str line;

    while (str_cut(&text, '\n', &line)) {
        if (text.p == NULL) {
            return line.n == 0;
        }
        if (line.n == 0 || line.n > 79 || line.p[line.n - 1] != '\r'
            || str_find(str_head(line, line.n - 1), '\r') != line.n - 1) {
            return false;
        }
    }
    return false;
}

TEST(rfc2045_bodies_decode_to_what_was_given)
{
    static const str pieces[] = {S_INIT("plain "), S_INIT("\n"), S_INIT("=3D"), S_INIT("\t"),
        S_INIT("."), S_INIT("\n.\n"), S_INIT("From here"), S_INIT("\xc3\xa9"),
        S_INIT("caf\xc3\xa9 "), S_INIT("\xf0\x9f\x94\x91"), S_INIT("a\rb"),
        S_INIT("--=_two_forms_of_one_mail--"),
        S_INIT("a long word without any place to break it at, that goes on: " BIG BIG),
        S_INIT("\xe1\x9e\x97\xe1\x9e\xb6\xe1\x9e\x9f\xe1\x9e\xb6"), S_INIT(" "), S_INIT("\x01")};
    struct arena *arena = arena_new(MB(64));
    struct unit_rng rng = unit_rng_new(3);

    for (int round = 0; round < 1500; round++) {
        struct mail mail = simple();
        struct buf buf;
        uint8_t draw[2], script;
        str message;

        arena_reset(arena);
        buf_init(&buf, arena, KB(64));
        rng_fill(&rng.rng, &script, 1);
        rng_fill(&rng.rng, draw, 1);
        for (int n = draw[0] % 60; n > 0; n--) {
            rng_fill(&rng.rng, draw, 2);
            /* Every fourth text is of one script, so that base64 has its turn. */
            buf_str(&buf, pieces[script % 4 == 0 && draw[1] % 8 ? 13 : draw[0] % COUNT(pieces)]);
        }
        buf_lit(&buf, "\n");
        REQUIRE(buf_done(&buf, &mail.text));
        message = mail_format(arena, &mail);
        EXPECT(lines_are_fine(message));
        EXPECT_STR(decode_part(arena, message), mail.text);
    }
    arena_free(arena);
}

TEST(rfc2045_6_7_trailing_blanks_and_line_ends)
{
    static const struct {
        int line;
        str text, body;
    } cases[] = {
        {__LINE__, S_INIT(""), S_INIT("")},
        {__LINE__, S_INIT("a"), S_INIT("a\r\n")},
        {__LINE__, S_INIT("a \nb\t\n"), S_INIT("a=20\r\nb=09\r\n")},
        {__LINE__, S_INIT("a\r\nb\r\n"), S_INIT("a\r\nb\r\n")},
        {__LINE__, S_INIT("a\r"), S_INIT("a=0D\r\n")},
        {__LINE__, S_INIT("\n\na"), S_INIT("\r\n\r\na\r\n")},
        {__LINE__, S_INIT("1+1=2"), S_INIT("1+1=3D2\r\n")},
    };
    struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct mail mail = simple();
        str message;

        mail.text = cases[i].text;
        message = mail_format(arena, &mail);
        EXPECT_STR(str_skip(message, str_find_str(message, S("\r\n\r\n")) + 4), cases[i].body);
    }
    arena_free(arena);
}

TEST(rfc2046_5_1_4_html_is_the_second_of_two_forms)
{
    struct arena *arena = arena_new(MB(8));
    struct mail mail = simple();
    str message, boundary = S("--=_two_forms_of_one_mail\r\n"), first, second;

    mail.text = S("text\n--=_two_forms_of_one_mail--\n");
    mail.html = S("<p title=\"x\">\xe1\x9e\x97\xe1\x9e\xb6\xe1\x9e\x9f\xe1\x9e\xb6</p>\n");
    message = mail_format(arena, &mail);
    EXPECT(lines_are_fine(message));
    EXPECT(has(message, S("Content-Type: multipart/alternative;\r\n boundary=\"=_two")));
    first = str_skip(message, str_find_str(message, boundary) + boundary.n);
    second = str_skip(first, str_find_str(first, boundary) + boundary.n);
    first = str_head(first, str_find_str(first, boundary));
    EXPECT(str_ends(second, S("--=_two_forms_of_one_mail--\r\n")));
    second = str_head(second, second.n - boundary.n - 2);
    EXPECT(str_starts(first, S("Content-Type: text/plain; charset=utf-8\r\n")));
    EXPECT(str_starts(second, S("Content-Type: text/html; charset=utf-8\r\n")));
    EXPECT_STR(decode_part(arena, first), mail.text);
    EXPECT_STR(decode_part(arena, second), mail.html);
    EXPECT(!has(first, S("--=_two"))); /* the text cannot end the mail */
    arena_free(arena);
}

TEST(too_much_is_refused)
{
    struct arena *arena = arena_new(MB(64)), *small = arena_new(256);
    struct mail mail = simple();
    char *text = arena_alloc(arena, MB(1) + 1);

    REQUIRE(text != NULL);
    memset(text, 'x', MB(1) + 1);
    mail.text = (str){text, MB(1)};
    EXPECT(mail_format(arena, &mail).n > MB(1));
    mail.text.n++;
    EXPECT(mail_format(arena, &mail).n == 0);
    mail.text = S("\xff");
    EXPECT(mail_format(arena, &mail).n == 0);
    mail = simple();
    mail.subject = (str){text, 513};
    EXPECT(mail_format(arena, &mail).n == 0);
    mail = simple();
    EXPECT(mail_format(small, &mail).n == 0 && arena_failed(small));
    arena_free(small);
    arena_free(arena);
}

TEST(rfc5322_3_6_3_copies_are_named_and_blind_ones_are_not)
{
    struct arena *arena = arena_new(MB(1));
    const str cc[] = {S("b@example.org"), S("c@example.org")}, bcc[] = {S("d@example.org")};
    const str wrong[] = {S("b@example.org\r\nX: y")};
    struct mail mail = simple();
    str text;

    mail.cc = cc;
    mail.cc_count = COUNT(cc);
    mail.bcc = bcc;
    mail.bcc_count = COUNT(bcc);
    text = mail_format(arena, &mail);
    EXPECT(has(text, S("To: <ada@example.org>\r\nCc: <b@example.org>,\r\n <c@example.org>\r\n")));
    EXPECT(!has(text, S("d@example.org")));
    mail.bcc = wrong;
    EXPECT(mail_format(arena, &mail).n == 0);
    arena_free(arena);
}

TEST(rfc5322_3_6_8_more_headers_never_take_the_place_of_those_of_every_mail)
{
    struct arena *arena = arena_new(MB(1));
    const struct mail_extra extra = {S("X-Campaign"), S("autumn")};
    struct mail mail = simple();

    mail.extra = &extra;
    mail.extra_count = 1;
    EXPECT(has(mail_format(arena, &mail), S("X-Campaign: autumn\r\nSubject: Hello\r\n")));
    EXPECT(!mail_format_extra_ok(S("bCC"), S("x@example.com")));
    EXPECT(!mail_format_extra_ok(S("Content-Type"), S("text/html")));
    EXPECT(!mail_format_extra_ok(S("X-A: b\r\nTo"), S("x")));
    EXPECT(!mail_format_extra_ok(S("X-A"), S("x\r\nBcc: y")));
    EXPECT(!mail_format_extra_ok(S(""), S("x")));
    arena_free(arena);
}
