/* SPDX-License-Identifier: Apache-2.0 */
/* Chunked bodies (RFC 9112 s7.1), the strict part: no extensions, no trailers, CR LF only. */
#pragma once
#include "base/str.h"

enum http_chunk_state {
    HTTP_CHUNK_SIZE,
    HTTP_CHUNK_SIZE_LF,
    HTTP_CHUNK_DATA,
    HTTP_CHUNK_DATA_CR,
    HTTP_CHUNK_DATA_LF,
    HTTP_CHUNK_LAST_CR,
    HTTP_CHUNK_LAST_LF,
};

struct http_chunk { /* all zero at the start of a body */
    enum http_chunk_state state;
    unsigned digits;
    uint64_t left; /* the size being read, then what is still to come of the chunk */
};

enum http_chunk_result { HTTP_CHUNK_MORE, HTTP_CHUNK_PIECE, HTTP_CHUNK_END, HTTP_CHUNK_BAD };

/* Moves *in forward: PIECE hands out the next payload bytes (part of *in), MORE has used all of
 * *in, END stands behind the body. After BAD nothing more may be asked. */
MUST_USE enum http_chunk_result http_chunk_take(struct http_chunk *chunk, str *in, str *ret_piece);
