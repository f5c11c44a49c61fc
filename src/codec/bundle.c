/* SPDX-License-Identifier: Apache-2.0 */
/* line    = *WS key *WS ( "=" / ":" / WS ) *WS value        ; java.util.Properties, "Line-oriented format"
 * comment = *WS ( "#" / "!" ) *any
 * A line that ends with an odd number of backslashes goes on in the next one. */
#include "codec/bundle.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static str
skip_blanks(str s)
{
    size_t n = 0;

    while (n < s.n && is_blank(s.p[n])) {
        n++;
    }
    return str_skip(s, n);
}

static bool
goes_on(str line)
{
    size_t n = 0;

    while (n < line.n && line.p[line.n - 1 - n] == '\\') {
        n++;
    }
    return n % 2 == 1;
}

/* A line without its end, which is CR, LF or both. */
static bool
take_line(str *rest, str *ret)
{
    str line;

    if (!str_cut(rest, '\n', &line)) {
        return false;
    }
    if (line.n > 0 && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    *ret = line;
    return true;
}

static str
key_of(str line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] != '=' && line.p[n] != ':' && !is_blank(line.p[n])) {
        n += line.p[n] == '\\' ? 2 : 1;
    }
    return str_head(line, n);
}

bool
bundle_next(str *rest, str *ret_key)
{
    str line, more;

    while (take_line(rest, &line)) {
        line = skip_blanks(line);
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == '!') {
            continue;
        }
        *ret_key = key_of(line);
        more = line;
        while (goes_on(more) && take_line(rest, &more)) {
        }
        return true;
    }
    return false;
}

bool
bundle_is(str written, str key)
{
    size_t at = 0;

    for (size_t i = 0; i < written.n; i++) {
        i += written.p[i] == '\\' && i + 1 < written.n;
        if (at == key.n || written.p[i] != key.p[at++]) {
            return false;
        }
    }
    return at == key.n;
}

/* Behind the comment that s begins with, [#-- ... --] or <#-- ... -->; as it is when there is none. */
static str
skip_comment(str s)
{
    bool is_angled = str_starts(s, S("<#--"));
    size_t end;

    if (!is_angled && !str_starts(s, S("[#--"))) {
        return s;
    }
    end = str_find_str(s, is_angled ? S("-->") : S("--]"));
    return str_skip(s, end + 3);
}

/* ( "key" followed by an end of the argument: a key that is all there. */
static bool
take_literal(str s, str *ret)
{
    size_t end;
    char quote;

    s = skip_blanks(s);
    if (!str_starts(s, S("("))) {
        return false;
    }
    s = skip_blanks(str_skip(s, 1));
    if (s.n == 0 || (s.p[0] != '\'' && s.p[0] != '"')) {
        return false;
    }
    quote = s.p[0];
    s = str_skip(s, 1);
    end = str_find(s, quote);
    *ret = str_head(s, end);
    s = skip_blanks(str_skip(s, end + 1));
    return ret->n > 0 && s.n > 0 && (s.p[0] == ')' || s.p[0] == ',')
           && str_find(*ret, '\\') == ret->n && str_find_str(*ret, S("${")) == ret->n
           && str_find_str(*ret, S("#{")) == ret->n;
}

bool
bundle_use(str *rest, str *ret_key)
{
    static const str call = S_INIT("theme.message");

    while (rest->n > 0) {
        str behind = skip_comment(*rest);

        if (behind.n == rest->n && str_starts(*rest, call)) {
            behind = str_skip(*rest, call.n);
            *rest = behind;
            if (take_literal(behind, ret_key)) {
                return true;
            }
        } else {
            *rest = behind.n < rest->n ? behind : str_skip(*rest, 1);
        }
    }
    return false;
}
