/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT webauthn
#include "test/unit.h"

#include "codec/cbor.h"
#include "codec/webauthn.h"
#include "test/codec/cbor_make.h"

static struct arena *arena;
static const uint8_t zeros[2048];

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
TestSuite(webauthn, .init = start, .fini = end);

struct shape {
    unsigned flags;
    size_t id_says, id_is; /* length of the credential id: written, and there */
    bool has_key, has_extensions;
    size_t more; /* bytes behind it all */
};

static bytes
make_data(const struct shape *shape)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, KB(8));
    buf_str(&buf, (str){(const char *)zeros, 32});
    buf_char(&buf, (char)shape->flags);
    buf_str(&buf, S("\0\0\1\2"));
    if (shape->flags & 0x40) {
        buf_str(&buf, S("0123456789abcdef"));
        buf_char(&buf, (char)(shape->id_says >> 8));
        buf_char(&buf, (char)shape->id_says);
        buf_str(&buf, (str){(const char *)zeros, shape->id_is});
    }
    if (shape->has_key) {
        cbor_put_map(&buf, 4);
        cbor_put_int(&buf, 1), cbor_put_int(&buf, 1);
        cbor_put_int(&buf, 3), cbor_put_int(&buf, -8);
        cbor_put_int(&buf, -1), cbor_put_int(&buf, 6);
        cbor_put_int(&buf, -2), cbor_put_bytes(&buf, (bytes){zeros, 32});
    }
    if (shape->has_extensions) {
        cbor_put_map(&buf, 1);
        cbor_put_text(&buf, S("credProtect")), cbor_put_int(&buf, 2);
    }
    buf_str(&buf, (str){(const char *)zeros, shape->more});
    REQUIRE(buf_done(&buf, &text));
    return str_bytes(text);
}

TEST(webauthn_6_1_flags_say_what_follows)
{
    static const struct {
        int line;
        struct shape shape;
        bool ok;
    } cases[] = {
        {__LINE__, {.flags = 0x01}, true},
        {__LINE__, {.flags = 0x01, .more = 1}, false},
        {__LINE__, {.flags = 0x41, .id_says = 16, .id_is = 16, .has_key = true}, true},
        {__LINE__, {.flags = 0x41, .id_says = 1023, .id_is = 1023, .has_key = true}, true},
        {__LINE__, {.flags = 0x41, .id_says = 1024, .id_is = 1024, .has_key = true},
            false}, /* s7.1 step 25 */
        {__LINE__, {.flags = 0x41, .id_says = 0, .id_is = 0, .has_key = true}, false},
        {__LINE__, {.flags = 0x41, .id_says = 16, .id_is = 16}, false},
        {__LINE__, {.flags = 0x41, .id_says = 65535, .id_is = 16, .has_key = true}, false},
        {__LINE__, {.flags = 0x41, .id_says = 16, .id_is = 16, .has_key = true, .more = 1}, false},
        {__LINE__, {.flags = 0x01, .has_key = true}, false},
        {__LINE__, {.flags = 0x81, .has_extensions = true}, true},
        {__LINE__, {.flags = 0x81}, false},
        {__LINE__, {.flags = 0x01, .has_extensions = true}, false},
        {__LINE__, {.flags = 0x81, .more = 1}, false}, /* the number 0 is no map */
        {__LINE__,
            {.flags = 0xc1, .id_says = 9, .id_is = 9, .has_key = true, .has_extensions = true},
            true},
        {__LINE__, {.flags = 0xc1, .id_says = 9, .id_is = 9, .has_key = true}, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct webauthn_data data = {.sign_count = 9};
        bytes in = make_data(&cases[i].shape);
        bool ok = webauthn_read_data(arena, in, &data);
        CHECK_AT(cases[i].line, ok == cases[i].ok);
        CHECK_AT(cases[i].line, data.sign_count == (ok ? 0x102 : 9));
        if (ok && cases[i].shape.flags & 0x40) {
            CHECK_AT(cases[i].line, data.credential_id.n == cases[i].shape.id_is && data.alg == -8);
        }
    }
}

TEST(webauthn_6_1_every_flag_is_its_own_bit)
{
    static const struct {
        int line;
        unsigned flags;
        bool up, uv, be, bs;
    } cases[] = {
        {__LINE__, 0x00, false, false, false, false}, {__LINE__, 0x01, true, false, false, false},
        {__LINE__, 0x04, false, true, false, false}, {__LINE__, 0x08, false, false, true, false},
        {__LINE__, 0x10, false, false, false, true},
        {__LINE__, 0x3f, true, true, true, true}, /* the reserved ones mean nothing */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct shape shape = {.flags = cases[i].flags};
        struct webauthn_data d;
        CHECK_AT(cases[i].line, webauthn_read_data(arena, make_data(&shape), &d)
                                    && d.is_present == cases[i].up && d.is_verified == cases[i].uv
                                    && d.may_be_backed_up == cases[i].be
                                    && d.is_backed_up == cases[i].bs);
    }
}

TEST(data_cut_off_anywhere_is_refused)
{
    struct shape shape = {
        .flags = 0xc1, .id_says = 20, .id_is = 20, .has_key = true, .has_extensions = true};
    bytes in = make_data(&shape);
    struct webauthn_data d;

    REQUIRE(webauthn_read_data(arena, in, &d));
    for (size_t n = 0; n < in.n; n++) {
        EXPECT(!webauthn_read_data(arena, (bytes){in.p, n}, &d));
    }
}

static bool
reads_object(const char *statement_name, unsigned flags, size_t members, size_t more)
{
    struct shape shape = {.flags = flags, .id_says = 16, .id_is = 16, .has_key = flags & 0x40};
    struct webauthn_attestation got;
    struct buf buf;
    str text;

    buf_init(&buf, arena, KB(8));
    cbor_put_map(&buf, members);
    if (members > 3) {
        cbor_put_text(&buf, S("ep")), cbor_put_int(&buf, 1);
    }
    cbor_put_text(&buf, S("fmt")), cbor_put_text(&buf, S("none"));
    cbor_put_text(&buf, str_from(statement_name)), cbor_put_map(&buf, 0);
    if (members > 2) {
        cbor_put_text(&buf, S("authData")), cbor_put_bytes(&buf, make_data(&shape));
    }
    buf_str(&buf, (str){(const char *)zeros, more});
    REQUIRE(buf_done(&buf, &text));
    return webauthn_read_attestation(arena, str_bytes(text), &got) && str_eq(got.format, S("none"))
           && got.data.credential_id.n == 16;
}

TEST(webauthn_6_5_4_attestation_object)
{
    EXPECT(reads_object("attStmt", 0x41, 3, 0));
    EXPECT(!reads_object("attStmt", 0x01, 3, 0)); /* without a credential */
    EXPECT(!reads_object("attStmx", 0x41, 3, 0));
    EXPECT(!reads_object("attStmt", 0x41, 2, 0));
    EXPECT(!reads_object("attStmt", 0x41, 4, 0));
    EXPECT(!reads_object("attStmt", 0x41, 3, 1));
}

TEST(webauthn_5_8_1_client_data)
{
    static const struct {
        int line;
        str text;
        bool ok, is_cross;
        str top;
    } cases[] = {
#define C(text) S_INIT("{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\"" text "}")
        {__LINE__, C(""), true, false, S_INIT("")},
        {__LINE__, C(",\"crossOrigin\":false"), true, false, S_INIT("")},
        {__LINE__, C(",\"crossOrigin\":true,\"topOrigin\":\"p\""), true, true, S_INIT("p")},
        {__LINE__, C(",\"other_keys_can_be_added_here\":\"x\""), true, false, S_INIT("")},
        {__LINE__, C(",\"crossOrigin\":\"true\""), false, false, S_INIT("")},
        {__LINE__, C(",\"topOrigin\":1"), false, false, S_INIT("")},
        {__LINE__, C(",\"origin\":\"p\""), false, false, S_INIT("")}, /* twice */
        {__LINE__, C("},"), false, false, S_INIT("")},
        {__LINE__, S_INIT("{\"type\":\"t\",\"challenge\":\"c\"}"), false, false, S_INIT("")},
        {__LINE__, S_INIT("[]"), false, false, S_INIT("")},
        {__LINE__, S_INIT(""), false, false, S_INIT("")},
        {__LINE__, S_INIT("\xEF\xBB\xBF{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\"}"),
            true, false, S_INIT("")},
        {__LINE__, S_INIT("{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"\xff\"}"), false, false,
            S_INIT("")},
#undef C
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct webauthn_client got = {.type = S("before")};
        bool ok = webauthn_read_client(arena, str_bytes(cases[i].text), &got);
        CHECK_AT(cases[i].line, ok == cases[i].ok && str_eq(got.type, ok ? S("t") : S("before")));
        CHECK_AT(cases[i].line,
            got.is_cross_origin == cases[i].is_cross && str_eq(got.top_origin, cases[i].top));
    }
}
