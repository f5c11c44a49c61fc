/* SPDX-License-Identifier: Apache-2.0 */
/* Texts compared letter by letter, whatever their case, without memory: what searches that open one thing after the
 * other ask. One letter stands for one letter: no decomposition, no "ss" for a sharp s. */
#include "codec/utf8.h"
#include "model/word/word.h"

#include <utf8proc.h>

enum { NO_LETTER = 0x110000 }; /* a byte that is no UTF-8 is like itself alone */

static int32_t
take_letter(str *s)
{
    unsigned char first = (unsigned char)s->p[0];
    size_t size = first < 0x80 ? 1 : utf8_char_bytes(*s);
    utf8proc_int32_t code = first;

    if (size == 0) {
        *s = str_skip(*s, 1);
        return NO_LETTER + first;
    }
    if (size > 1) {
        utf8proc_iterate((const utf8proc_uint8_t *)s->p, (utf8proc_ssize_t)size, &code);
        code = utf8proc_tolower(utf8proc_toupper(code)); /* a final sigma is a sigma */
    } else if (first >= 'A' && first <= 'Z') {
        code = first | 0x20;
    }
    *s = str_skip(*s, size);
    return code;
}

bool
word_like_start(str s, str start, str *ret_after)
{
    while (start.n) {
        if (s.n == 0 || take_letter(&s) != take_letter(&start)) {
            return false;
        }
    }
    *ret_after = s;
    return true;
}

bool
word_like_find(str s, str part, str *ret_after)
{
    while (!word_like_start(s, part, ret_after)) {
        if (s.n == 0) {
            return false;
        }
        (void)take_letter(&s);
    }
    return true;
}

bool
word_like_end(str s, str end)
{
    str after;

    while (!word_like_start(s, end, &after) || after.n) {
        if (s.n == 0) {
            return false;
        }
        (void)take_letter(&s);
    }
    return true;
}
