/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked coding: what comes out does not depend on how it came in. */
#define UNIT http_chunk
#include "io/http/http_chunk.h"

#include "test/unit.h"

struct decoded {
    enum http_chunk_result result;
    char body[256];
    size_t n, used;
};

/* Decodes the text fed in two pieces, cut at the given byte. */
static struct decoded
decode(str text, size_t cut)
{
    struct http_chunk chunk = {0};
    struct decoded d = {HTTP_CHUNK_MORE, {0}, 0, 0};
    str pieces[2] = {str_head(text, cut), str_skip(text, cut)}, out;

    for (size_t i = 0; i < COUNT(pieces) && d.result == HTTP_CHUNK_MORE; i++) {
        str in = pieces[i];

        while ((d.result = http_chunk_take(&chunk, &in, &out)) == HTTP_CHUNK_PIECE) {
            REQUIRE(out.n > 0 && d.n + out.n <= sizeof d.body);
            memcpy(d.body + d.n, out.p, out.n);
            d.n += out.n;
        }
        d.used += pieces[i].n - in.n;
    }
    return d;
}

TEST(rfc9112_7_1_chunks_decode_alike_however_they_are_cut)
{
    static const struct {
        int line;
        str text, body;
        enum http_chunk_result result;
        size_t left; /* bytes behind the end */
    } rows[] = {
        {__LINE__, S_INIT("0\r\n\r\n"), S_INIT(""), HTTP_CHUNK_END, 0},
        {__LINE__, S_INIT("5\r\nhello\r\n0\r\n\r\n"), S_INIT("hello"), HTTP_CHUNK_END, 0},
        {__LINE__, S_INIT("1\r\na\r\nA\r\n0123456789\r\n000\r\n\r\nGET"), S_INIT("a0123456789"),
            HTTP_CHUNK_END, 3},
        {__LINE__, S_INIT("5\r\nhe"), S_INIT("he"), HTTP_CHUNK_MORE, 0},
        {__LINE__, S_INIT("2\r\n\r\n\r\n0\r\n\r\n"), S_INIT("\r\n"), HTTP_CHUNK_END, 0},
        {__LINE__, S_INIT("g\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 3},
        {__LINE__, S_INIT("\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 2},
        {__LINE__, S_INIT("5;a\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 4},
        {__LINE__, S_INIT("123456789\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 3},
        {__LINE__, S_INIT("1\r\nab\r\n"), S_INIT("a"), HTTP_CHUNK_BAD, 3},
        {__LINE__, S_INIT("0\r\nX: y\r\n\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 8},
        {__LINE__, S_INIT("\x86\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 3},
        {__LINE__, S_INIT("!\r\n"), S_INIT(""), HTTP_CHUNK_BAD, 3},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t cut = 0; cut <= rows[i].text.n; cut++) {
            struct decoded d = decode(rows[i].text, cut);

            CHECK_AT(rows[i].line, d.result == rows[i].result);
            CHECK_AT(rows[i].line, str_eq((str){d.body, d.n}, rows[i].body));
            CHECK_AT(rows[i].line, rows[i].text.n - d.used == rows[i].left);
        }
    }
}
