/* SPDX-License-Identifier: Apache-2.0 */
/* A mail as text (RFC 5322) with UTF-8 in headers (RFC 2047) and bodies (RFC 2045, RFC 2046).
 *
 * Deviations: addresses are ASCII without quoted local parts. Invariants: 1 what the caller gives reaches a header
 * only checked for control characters, and encoded or quoted  2 no line is longer than 78 characters without CRLF,
 * an address or message id that is apart  3 a body contains no line it was not meant to have. */
#include "io/mail/mail.h"

#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "codec/base64.h"
#include "codec/utf8.h"
#include "io/mail/mail_internal.h"

enum {
    MAX_BODY = 1024 * 1024,
    MAX_COPIES = 100,
    MAX_EXTRA = 20,
    MAX_HEADER_TEXT = 512, /* a subject or a name */
    PLAIN_HEADER = 60,     /* longer texts are encoded, which folds them */
    WORD_BYTES = 39,       /* in one encoded word: with "Subject: " before it below 76 characters */
    QP_LINE = 75,          /* RFC 2045 s6.7: 76 with the = of a soft break */
    BASE64_LINE_BYTES = 57, /* 76 characters */
};

/* No encoded body has a line like it: quoted-printable has no =_ and base64 no = but at its end. */
#define BOUNDARY "=_two_forms_of_one_mail"

static bool
is_atext(char c) /* RFC 5322 s3.2.3 */
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* dot-atom = 1*atext *("." 1*atext) ; RFC 5322 s3.2.3 */
static bool
is_dot_atom(str s)
{
    str part;

    if (s.n == 0) {
        return false;
    }
    while (str_cut(&s, '.', &part)) {
        if (part.n == 0) {
            return false;
        }
        for (size_t i = 0; i < part.n; i++) {
            if (!is_atext(part.p[i])) {
                return false;
            }
        }
    }
    return true;
}

/* Domain = sub-domain *("." sub-domain) ; RFC 5321 s4.1.2: letters, digits, inner hyphens */
static bool
is_domain(str s)
{
    str label;

    if (s.n == 0 || s.n > 255) {
        return false;
    }
    while (str_cut(&s, '.', &label)) {
        if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-') {
            return false;
        }
        for (size_t i = 0; i < label.n; i++) {
            char c = label.p[i];
            if (!is_atext(c) || strchr("!#$%&'*+/=?^_`{|}~", c) != NULL) {
                return false;
            }
        }
    }
    return true;
}

str
mail_format_domain(str address)
{
    return str_skip(address, str_find(address, '@') + 1);
}

bool
mail_format_address_ok(str address)
{
    str local = str_head(address, str_find(address, '@'));

    return address.n <= 254 && local.n <= 64 && is_dot_atom(local)
           && is_domain(mail_format_domain(address));
}

/* Text that may be part of a header: UTF-8 without control characters (C0, DEL, C1). */
static bool
is_header_text(str s)
{
    if (s.n > MAX_HEADER_TEXT || !utf8_is_valid(s)) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        unsigned char next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;

        if (c < ' ' || c == 0x7f || (c == 0xc2 && next < 0xa0)) {
            return false;
        }
    }
    return true;
}

static bool
is_plain(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < ' ' || s.p[i] > '~') {
            return false;
        }
    }
    /* "=?" would be read as an encoded word; outer spaces would be lost. */
    return s.n <= PLAIN_HEADER && str_find_str(s, S("=?")) == s.n && str_trim(s).n == s.n;
}

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" ; RFC 2047 s2, a folded line each */
static void
put_encoded_words(struct buf *buf, str s)
{
    for (bool is_first = true; s.n > 0; is_first = false) {
        size_t n = 0, more;

        while (n < s.n && (more = utf8_char_bytes(str_skip(s, n))) > 0 && n + more <= WORD_BYTES) {
            n += more;
        }
        buf_str(buf, is_first ? S("=?UTF-8?B?") : S("\r\n =?UTF-8?B?"));
        base64_encode(buf, str_bytes(str_head(s, n)));
        buf_lit(buf, "?=");
        s = str_skip(s, n);
    }
}

/* unstructured ; RFC 5322 s3.2.5 */
static void
put_text(struct buf *buf, str s)
{
    if (is_plain(s)) {
        buf_str(buf, s);
    } else {
        put_encoded_words(buf, s);
    }
}

/* mailbox = [display-name] "<" addr-spec ">" ; RFC 5322 s3.4 */
static void
put_mailbox(struct buf *buf, str name, str address)
{
    if (name.n > 0 && is_plain(name)) {
        buf_char(buf, '"');
        for (size_t i = 0; i < name.n; i++) {
            if (name.p[i] == '"' || name.p[i] == '\\') {
                buf_char(buf, '\\');
            }
            buf_char(buf, name.p[i]);
        }
        buf_lit(buf, "\"\r\n ");
    } else if (name.n > 0) {
        put_encoded_words(buf, name);
        buf_lit(buf, "\r\n ");
    }
    buf_fmt(buf, "<" STRF ">\r\n", STRV(address));
}

/* date-time ; RFC 5322 s3.3, in UTC */
static void
put_date(struct buf *buf, int64_t ms)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    if (ms < 0 || gmtime_r(&seconds, &tm) == NULL || tm.tm_year > 9999 - 1900) {
        buf->failed = true;
        return;
    }
    buf_fmt(buf, "%s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
        months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Takes a line without its end, which may be CRLF, LF or the end of the text. */
static bool
take_line(str *rest, str *ret)
{
    if (!str_cut(rest, '\n', ret)) {
        return false;
    }
    if (rest->p != NULL && ret->n > 0 && ret->p[ret->n - 1] == '\r') {
        ret->n--;
    }
    return rest->p != NULL || ret->n > 0; /* no line behind the last line's end */
}

/* One line in quoted-printable ; RFC 2045 s6.7 */
static void
put_qp_line(struct buf *buf, str line)
{
    size_t column = 0;

    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        bool is_last = i + 1 == line.n;
        bool is_blank = c == ' ' || c == '\t';
        bool is_literal = (c > ' ' && c <= '~' && c != '=') || (is_blank && !is_last);

        if (column + (is_literal ? 1 : 3) > QP_LINE) {
            buf_lit(buf, "=\r\n");
            column = 0;
        }
        if (is_literal) {
            buf_char(buf, (char)c);
        } else {
            buf_fmt(buf, "=%02X", c);
        }
        column += is_literal ? 1 : 3;
    }
    buf_lit(buf, "\r\n");
}

static void
put_base64(struct buf *buf, str text)
{
    for (; text.n > 0; text = str_skip(text, BASE64_LINE_BYTES)) {
        base64_encode(buf, str_bytes(str_head(text, BASE64_LINE_BYTES)));
        buf_lit(buf, "\r\n");
    }
}

/* The text with CRLF at every line's end: base64 carries lines as they are (RFC 2045 s6.8). */
static str
with_crlf(struct arena *arena, str text)
{
    struct buf buf;
    str line, whole = NO_STR;

    buf_init(&buf, arena, 2 * text.n + 2);
    while (take_line(&text, &line)) {
        buf_str(&buf, line);
        buf_lit(&buf, "\r\n");
    }
    return buf_done(&buf, &whole) ? whole : NO_STR;
}

/* Mostly ASCII stays readable; in other scripts base64 is shorter. */
static bool
is_mostly_ascii(str s)
{
    size_t others = 0;

    for (size_t i = 0; i < s.n; i++) {
        others += (unsigned char)s.p[i] > '~';
    }
    return others * 6 <= s.n;
}

/* One part's headers, an empty line and its encoded body. */
static void
put_part(struct buf *buf, const char *type, str text)
{
    bool is_qp = is_mostly_ascii(text);
    str line;

    buf_fmt(buf,
        "Content-Type: %s; charset=utf-8\r\n"
        "Content-Transfer-Encoding: %s\r\n\r\n",
        type, is_qp ? "quoted-printable" : "base64");
    if (!is_qp) {
        put_base64(buf, with_crlf(buf->arena, text));
        return;
    }
    while (take_line(&text, &line)) {
        put_qp_line(buf, line);
    }
}

/* ftext without what says how a mail is read or where it goes: those are ours. RFC 5322 s3.6.8 */
bool
mail_format_extra_ok(str name, str value)
{
    static const char *const ours[] = {"bcc", "cc", "date", "from", "message-id", "mime-version",
        "received", "reply-to", "return-path", "sender", "subject", "to", "auto-submitted"};

    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':') {
            return false;
        }
    }
    for (size_t i = 0; i < COUNT(ours); i++) {
        if (str_ieq(name, str_from(ours[i]))) {
            return false;
        }
    }
    return name.n > 0 && name.n <= 60 && !str_ieq(str_head(name, 8), S("content-"))
           && is_header_text(value);
}

static void
put_extra(struct buf *buf, const struct mail *mail)
{
    for (size_t i = 0; i < mail->extra_count; i++) {
        buf_fmt(buf, STRF ": ", STRV(mail->extra[i].name));
        put_text(buf, mail->extra[i].value);
        buf_lit(buf, "\r\n");
    }
}

/* Cc, an address a line; those of bcc are the envelope's only (RFC 5322 s3.6.3). */
static void
put_copies(struct buf *buf, const struct mail *mail)
{
    for (size_t i = 0; i < mail->cc_count; i++) {
        buf_fmt(buf, "%s<" STRF ">", i ? ",\r\n " : "Cc: ", STRV(mail->cc[i]));
    }
    if (mail->cc_count > 0) {
        buf_lit(buf, "\r\n");
    }
}

static void
put_bodies(struct buf *buf, const struct mail *mail)
{
    if (mail->html.n == 0) {
        put_part(buf, "text/plain", mail->text);
        return;
    }
    /* The richest form comes last: RFC 2046 s5.1.4. */
    buf_lit(buf, "Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY "\"\r\n\r\n");
    buf_lit(buf, "--" BOUNDARY "\r\n");
    put_part(buf, "text/plain", mail->text);
    buf_lit(buf, "--" BOUNDARY "\r\n");
    put_part(buf, "text/html", mail->html);
    buf_lit(buf, "--" BOUNDARY "--\r\n");
}

static bool
are_addresses_fine(const str *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!mail_format_address_ok(addresses[i])) {
            return false;
        }
    }
    return count <= MAX_COPIES;
}

static bool
are_extra_fine(const struct mail *mail)
{
    for (size_t i = 0; i < mail->extra_count; i++) {
        if (!mail_format_extra_ok(mail->extra[i].name, mail->extra[i].value)) {
            return false;
        }
    }
    return mail->extra_count <= MAX_EXTRA;
}

static bool
is_mail_fine(const struct mail *mail)
{
    return mail_format_address_ok(mail->from_address) && mail_format_address_ok(mail->to_address)
           && are_addresses_fine(mail->cc, mail->cc_count) && are_extra_fine(mail)
           && are_addresses_fine(mail->bcc, mail->bcc_count) && is_header_text(mail->from_name)
           && is_header_text(mail->to_name) && is_header_text(mail->subject)
           && is_dot_atom(mail->message_id) && mail->message_id.n <= 128 && mail->text.n <= MAX_BODY
           && mail->html.n <= MAX_BODY && utf8_is_valid(mail->text) && utf8_is_valid(mail->html);
}

str
mail_format(struct arena *arena, const struct mail *mail)
{
    struct buf buf;
    str whole = NO_STR;

    if (!is_mail_fine(mail)) {
        return NO_STR;
    }
    buf_init(&buf, arena, KB(48) + 4 * (mail->text.n + mail->html.n));
    buf_lit(&buf, "Date: ");
    put_date(&buf, mail->date_ms);
    buf_lit(&buf, "From: ");
    put_mailbox(&buf, mail->from_name, mail->from_address);
    buf_lit(&buf, "To: ");
    put_mailbox(&buf, mail->to_name, mail->to_address);
    put_copies(&buf, mail);
    put_extra(&buf, mail);
    buf_lit(&buf, "Subject: ");
    put_text(&buf, mail->subject);
    buf_fmt(&buf, "\r\nMessage-ID:\r\n <" STRF "@" STRF ">\r\n", STRV(mail->message_id),
        STRV(mail_format_domain(mail->from_address)));
    buf_lit(&buf, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"); /* RFC 3834 s5 */
    put_bodies(&buf, mail);
    return buf_done(&buf, &whole) && !arena_failed(arena) ? whole : NO_STR;
}

str
mail_one_line(struct arena *arena, str text)
{
    struct buf buf;
    str line;

    buf_init(&buf, arena, MAX_HEADER_TEXT);
    while (text.n) {
        size_t n = utf8_char_bytes(text);
        str c = str_head(text, n);
        if (buf.n + MAX(n, (size_t)1) > MAX_HEADER_TEXT) {
            break;
        }
        buf_str(&buf, n && is_header_text(c) ? c : S(" "));
        text = str_skip(text, n ? n : 1);
    }
    return buf_done(&buf, &line) ? line : NO_STR;
}
