/* SPDX-License-Identifier: Apache-2.0 */
/* URIs after RFC 3986, by its ABNF and nothing looser. Narrower for http and https, where browsers
 * and resolvers read more than the RFC does: a host must be there, must not be percent-encoded, and
 * one that ends in a number must be a whole IPv4 address (RFC 3986 s7.4: "127.1" is no name).
 * Invariant: every part is a slice of the text; put together again they give the text. */
#include "codec/url.h"

#include "base/arena.h"
#include "codec/form.h"

enum { MAX_PORT = 65535 };

/* Character classes of RFC 3986 s2 and A; a class is a set of bits. */
enum {
    ALPHA = 1,
    DIGIT = 2,
    HEX = 4,  /* A-F, a-f; the digits are HEX as well */
    MARK = 8, /* - . _ ~ : unreserved with ALPHA and DIGIT */
    SUB = 16, /* sub-delims */
    COLON = 32,
    AT = 64,
    SLASH = 128,
    QUESTION = 256,
    PERCENT = 512, /* opens pct-encoded, checked where it stands */
    SCHEME = 1024, /* + - . */
    UNRESERVED = ALPHA | DIGIT | MARK,
    REG_NAME = UNRESERVED | PERCENT | SUB,
    USERINFO = REG_NAME | COLON,
    PATH = USERINFO | AT | SLASH, /* pchar and the slash between segments */
    QUERY = PATH | QUESTION,      /* fragment is the same */
};

static unsigned
class_of(char c)
{
    static const struct {
        char c;
        unsigned class;
    } marks[] = {
        {'-', MARK | SCHEME},
        {'.', MARK | SCHEME},
        {'+', SUB | SCHEME},
        {'_', MARK},
        {'~', MARK},
        {'!', SUB},
        {'$', SUB},
        {'&', SUB},
        {'\'', SUB},
        {'(', SUB},
        {')', SUB},
        {'*', SUB},
        {',', SUB},
        {';', SUB},
        {'=', SUB},
        {':', COLON},
        {'@', AT},
        {'/', SLASH},
        {'?', QUESTION},
        {'%', PERCENT},
    };

    if (c >= '0' && c <= '9') {
        return DIGIT | HEX;
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        return ALPHA | ((c | 0x20) <= 'f' ? HEX : 0);
    }
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (marks[i].c == c) {
            return marks[i].class;
        }
    }
    return 0;
}

static bool
is(char c, unsigned classes)
{
    return (class_of(c) & classes) != 0;
}

/* True if s has only characters of the classes, and every % opens pct-encoded (RFC 3986 s2.1). */
static bool
is_all(str s, unsigned classes)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is(s.p[i], classes)) {
            return false;
        }
        if (s.p[i] == '%' && (s.n - i < 3 || !is(s.p[i + 1], HEX) || !is(s.p[i + 2], HEX))) {
            return false;
        }
    }
    return true;
}

static bool
is_http(str scheme)
{
    return str_ieq(scheme, S("http")) || str_ieq(scheme, S("https"));
}

/* IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet ; RFC 3986 s3.2.2
 * dec-octet has no leading zero. */
static bool
read_ipv4(str s, uint8_t ret[static 4])
{
    str part;
    int64_t octet;

    for (int i = 0; i < 4; i++) {
        if (!str_cut(&s, '.', &part) || part.n == 0 || part.n > 3 || !is_all(part, DIGIT)
            || (part.n > 1 && part.p[0] == '0') || !str_i64(part, &octet) || octet > 255) {
            return false;
        }
        ret[i] = (uint8_t)octet;
    }
    return s.p == NULL;
}

/* h16 = 1*4HEXDIG */
static bool
read_h16(str s, uint8_t ret[static 2])
{
    unsigned value = 0;

    if (s.n == 0 || s.n > 4 || !is_all(s, HEX)) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned c = (unsigned)s.p[i] | 0x20;
        value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    ret[0] = (uint8_t)(value >> 8);
    ret[1] = (uint8_t)value;
    return true;
}

/* A row of h16 with ":" between; an IPv4address may stand for the last two if may_end_in_ipv4.
 * Writes at most 16 bytes and counts them. */
static bool
read_groups(str s, bool may_end_in_ipv4, uint8_t to[static 16], size_t *ret_n)
{
    size_t n = 0;
    str part;

    if (s.n == 0) {
        *ret_n = 0;
        return true;
    }
    while (str_cut(&s, ':', &part)) {
        bool is_last = s.p == NULL;
        if (n <= 14 && read_h16(part, to + n)) {
            n += 2;
        } else if (n <= 12 && is_last && may_end_in_ipv4 && read_ipv4(part, to + n)) {
            n += 4;
        } else {
            return false;
        }
    }
    *ret_n = n;
    return true;
}

/* IPv6address ; RFC 3986 s3.2.2: eight groups, or fewer around one "::" that stands for at least
 * one. No zone (RFC 6874 is for nobody but the local machine). */
static bool
read_ipv6(str s, uint8_t ret[static 16])
{
    size_t gap = str_find_str(s, S("::"));
    uint8_t head[16], tail[16];
    size_t head_n, tail_n;

    if (gap == s.n) {
        return read_groups(s, true, ret, &head_n) && head_n == 16;
    }
    if (!read_groups(str_head(s, gap), false, head, &head_n)
        || !read_groups(str_skip(s, gap + 2), true, tail, &tail_n) || head_n + tail_n > 14) {
        return false;
    }
    memset(ret, 0, 16);
    memcpy(ret, head, head_n);
    memcpy(ret + 16 - tail_n, tail, tail_n);
    return true;
}

/* IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) ; RFC 3986 s3.2.2 */
static bool
is_ip_future(str s)
{
    size_t dot = str_find(s, '.');

    return s.n > 0 && (s.p[0] | 0x20) == 'v' && dot > 1 && dot + 1 < s.n
           && is_all((str){s.p + 1, dot - 1}, HEX)
           && is_all(str_skip(s, dot + 1), UNRESERVED | SUB | COLON);
}

/* True if the last label is a number as inet_aton reads it: decimal, octal or 0x hexadecimal. */
static bool
ends_in_number(str host)
{
    str label = NO_STR, part;
    size_t skip;

    while (str_cut(&host, '.', &part)) {
        label = part.n ? part : label; /* a final dot does not hide it */
    }
    skip = label.n > 1 && label.p[0] == '0' && (label.p[1] | 0x20) == 'x' ? 2 : 0;
    return label.n > 0 && is_all(str_skip(label, skip), skip ? HEX : DIGIT);
}

/* host = IP-literal / IPv4address / reg-name ; RFC 3986 s3.2.2 */
static bool
is_host(const struct url *url)
{
    str host = url->host;
    uint8_t address[16];

    if (host.n && host.p[0] == '[') {
        str inner = host.n > 2 ? (str){host.p + 1, host.n - 2} : NO_STR;
        return host.p[host.n - 1] == ']' && (read_ipv6(inner, address) || is_ip_future(inner));
    }
    if (is_http(url->scheme)) {
        return host.n > 0 && is_all(host, REG_NAME & ~(unsigned)PERCENT)
               && (!ends_in_number(host) || read_ipv4(host, address));
    }
    return is_all(host, REG_NAME);
}

/* The number of *DIGIT, beyond MAX_PORT cut there; leading zeros count for nothing. */
static unsigned
port_number(str port)
{
    unsigned number = 0;

    for (size_t i = 0; i < port.n && number <= MAX_PORT; i++) {
        number = number * 10 + (unsigned)(port.p[i] - '0');
    }
    return number;
}

/* authority = [ userinfo "@" ] host [ ":" port ] ; RFC 3986 s3.2 */
static bool
split_authority(str s, struct url *url)
{
    size_t at = str_find(s, '@');
    size_t colon;

    if (at < s.n) {
        url->has_userinfo = true;
        url->userinfo = str_head(s, at);
        s = str_skip(s, at + 1);
    }
    /* The host is up to the first colon, or up to the bracket that closes a literal. */
    colon = s.n && s.p[0] == '[' ? str_find(s, ']') + 1 : str_find(s, ':');
    url->host = str_head(s, colon);
    s = str_skip(s, colon);
    if (s.n && s.p[0] != ':') {
        return false;
    }
    url->port = s.n ? str_skip(s, 1) : NO_STR;
    return is_all(url->userinfo, USERINFO) && is_host(url) && is_all(url->port, DIGIT)
           && port_number(url->port) <= MAX_PORT;
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":" ; RFC 3986 s3.1 */
static bool
take_scheme(str *in, str *ret)
{
    size_t n = str_find(*in, ':');

    if (n == 0 || n == in->n || !is(in->p[0], ALPHA)
        || !is_all(str_head(*in, n), ALPHA | DIGIT | SCHEME)) {
        return false;
    }
    *ret = str_head(*in, n);
    *in = str_skip(*in, n + 1);
    return true;
}

/* Takes what stands behind the first mark off the end of *in. */
static bool
take_tail(str *in, char mark, str *ret)
{
    size_t n = str_find(*in, mark);

    if (n == in->n) {
        return false;
    }
    *ret = str_skip(*in, n + 1);
    *in = str_head(*in, n);
    return true;
}

/* URI = scheme ":" hier-part [ "?" query ] [ "#" fragment ] ; RFC 3986 s3 */
bool
url_parse(str text, struct url *ret)
{
    struct url url = {0};

    if (text.n == 0 || text.n > URL_MAX_BYTES || !take_scheme(&text, &url.scheme)) {
        return false;
    }
    url.has_fragment = take_tail(&text, '#', &url.fragment);
    url.has_query = take_tail(&text, '?', &url.query);
    url.has_authority = str_starts(text, S("//"));
    if (url.has_authority) {
        str authority;
        text = str_skip(text, 2);
        authority = str_head(text, str_find(text, '/'));
        text = str_skip(text, authority.n);
        if (!split_authority(authority, &url)) {
            return false;
        }
    } else if (is_http(url.scheme)) {
        return false; /* RFC 9110 s4.2: http and https have an authority */
    }
    url.path = text;
    if (!is_all(url.path, PATH) || !is_all(url.query, QUERY) || !is_all(url.fragment, QUERY)) {
        return false;
    }
    *ret = url;
    return true;
}

bool
url_is_loopback(const struct url *url)
{
    static const uint8_t one[16] = {[15] = 1};
    uint8_t address[16];
    str host = url->host;

    if (host.n > 2 && host.p[0] == '[') {
        return read_ipv6((str){host.p + 1, host.n - 2}, address)
               && str_eq(bytes_str(BYTES_OF(address)), bytes_str(BYTES_OF(one)));
    }
    return read_ipv4(host, address) && address[0] == 127;
}

void
url_add_query(struct buf *buf, str base, str name, str value)
{
    str text;

    if (buf->n == 0) {
        buf_str(buf, str_head(base, str_find(base, '#')));
    }
    text = (str){buf->p, buf->n};
    if (str_find(text, '?') == text.n) {
        buf_char(buf, '?');
    } else if (!str_ends(text, S("?")) && !str_ends(text, S("&"))) {
        buf_char(buf, '&');
    }
    form_encode_value(buf, name);
    buf_char(buf, '=');
    form_encode_value(buf, value);
}

/* The port of an origin: 0 for none or the scheme's own (RFC 6454 s4, s6.2). */
static unsigned
origin_port(const struct url *url)
{
    static const struct {
        str scheme;
        unsigned port;
    } defaults[] = {{S_INIT("http"), 80}, {S_INIT("https"), 443}};
    unsigned port = port_number(url->port);

    for (size_t i = 0; i < COUNT(defaults); i++) {
        if (str_ieq(url->scheme, defaults[i].scheme) && port == defaults[i].port) {
            return 0;
        }
    }
    return port;
}

str
url_origin(struct arena *arena, const struct url *url)
{
    unsigned port = origin_port(url);
    str scheme, host;

    if (url->host.n == 0) {
        return NO_STR;
    }
    scheme = str_lower(arena, url->scheme);
    host = str_lower(arena, url->host);
    if (arena_failed(arena)) {
        return NO_STR;
    }
    return port ? str_fmt(arena, STRF "://" STRF ":%u", STRV(scheme), STRV(host), port)
                : str_fmt(arena, STRF "://" STRF, STRV(scheme), STRV(host));
}
