/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked coding, RFC 9112 s7.1. Deviation: chunk extensions and trailer fields are refused;
 * nobody who talks to us needs them, and intermediaries disagree on both.
 *
 *   SIZE -CR-> SIZE_LF -LF-> DATA -> DATA_CR -> DATA_LF -> SIZE      (size > 0)
 *                      -LF-> LAST_CR -> LAST_LF -> end               (size 0) */
#include "io/http/http_chunk.h"

enum { MAX_SIZE_DIGITS = 8 };

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size = 1*HEXDIG, here at most 8 */
static enum http_chunk_result
take_size_char(struct http_chunk *chunk, char c)
{
    int digit = hex_digit(c);

    if (c == '\r' && chunk->digits > 0) {
        chunk->state = HTTP_CHUNK_SIZE_LF;
        return HTTP_CHUNK_MORE;
    }
    if (digit < 0 || chunk->digits == MAX_SIZE_DIGITS) {
        return HTTP_CHUNK_BAD;
    }
    chunk->left = chunk->left * 16 + (uint64_t)digit;
    chunk->digits++;
    return HTTP_CHUNK_MORE;
}

/* One byte outside of chunk data; MORE goes on. */
static enum http_chunk_result
take_char(struct http_chunk *chunk, char c)
{
    static const struct {
        char c;
        enum http_chunk_state next;
    } expected[] = {
        [HTTP_CHUNK_SIZE_LF] = {'\n', HTTP_CHUNK_DATA},
        [HTTP_CHUNK_DATA_CR] = {'\r', HTTP_CHUNK_DATA_LF},
        [HTTP_CHUNK_DATA_LF] = {'\n', HTTP_CHUNK_SIZE},
        [HTTP_CHUNK_LAST_CR] = {'\r', HTTP_CHUNK_LAST_LF},
        [HTTP_CHUNK_LAST_LF] = {'\n', HTTP_CHUNK_SIZE},
    };
    enum http_chunk_state state = chunk->state;

    if (state == HTTP_CHUNK_SIZE) {
        return take_size_char(chunk, c);
    }
    if (c != expected[state].c) {
        return HTTP_CHUNK_BAD;
    }
    chunk->state = expected[state].next;
    chunk->digits = 0;
    if (state == HTTP_CHUNK_SIZE_LF && chunk->left == 0) {
        chunk->state = HTTP_CHUNK_LAST_CR;
    }
    return state == HTTP_CHUNK_LAST_LF ? HTTP_CHUNK_END : HTTP_CHUNK_MORE;
}

enum http_chunk_result
http_chunk_take(struct http_chunk *chunk, str *in, str *ret_piece)
{
    while (in->n > 0) {
        enum http_chunk_result result;

        if (chunk->state == HTTP_CHUNK_DATA) {
            *ret_piece = str_head(*in, (size_t)MIN(chunk->left, in->n));
            *in = str_skip(*in, ret_piece->n);
            chunk->left -= ret_piece->n;
            chunk->state = chunk->left ? HTTP_CHUNK_DATA : HTTP_CHUNK_DATA_CR;
            return HTTP_CHUNK_PIECE;
        }
        result = take_char(chunk, in->p[0]);
        if (result == HTTP_CHUNK_BAD) {
            return result;
        }
        *in = str_skip(*in, 1);
        if (result == HTTP_CHUNK_END) {
            return result;
        }
    }
    return HTTP_CHUNK_MORE;
}
