/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax of single texts: plain text, secret, URI, email (RFC 5321 s4.1.2, RFC 6531 s3.3), date,
 * locale. Deviations: an email's local part is never quoted, its domain never an address literal. */
#include "codec/calendar.h"
#include "codec/url.h"
#include "codec/utf8.h"
#include "model/field/field_internal.h"

enum { MAX_EMAIL = 254, MAX_LOCAL = 64, MAX_LABEL = 63, MAX_LOCALE_PARTS = 6 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* C0, DEL, or the second half of a C1 control (U+0080 to U+009F are C2 80 to C2 9F). */
static bool
is_control(str s, size_t i)
{
    uint8_t c = (uint8_t)s.p[i];

    return c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0 && i && (uint8_t)s.p[i - 1] == 0xc2);
}

static bool
is_line_or_tab(str s, size_t i)
{
    return s.p[i] == '\n' || s.p[i] == '\t'
           || (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n');
}

static bool
text_ok(str s, bool may_have_lines)
{
    for (size_t i = 0; i < s.n; i++) {
        if (is_control(s, i) && !(may_have_lines && is_line_or_tab(s, i))) {
            return false;
        }
    }
    return true;
}

/* atext = ALPHA / DIGIT / "!#$%&'*+-/=?^_`{|}~" (RFC 5322 s3.2.3) / UTF8-non-ascii (RFC 6531 s3.3) */
static bool
is_atext(char c)
{
    static const char marks[] = "!#$%&'*+-/=?^_`{|}~";

    return is_letter(c) || is_digit(c) || (c & 0x80) || (c && strchr(marks, c) != NULL);
}

/* Dot-string = Atom *("." Atom) ; RFC 5321 s4.1.2 */
static bool
local_ok(str s)
{
    str atom;

    if (s.n == 0 || s.n > MAX_LOCAL || s.p[s.n - 1] == '.') {
        return false;
    }
    while (str_cut(&s, '.', &atom)) {
        if (atom.n == 0) {
            return false;
        }
        for (size_t i = 0; i < atom.n; i++) {
            if (!is_atext(atom.p[i])) {
                return false;
            }
        }
    }
    return true;
}

/* sub-domain = Let-dig [Ldh-str] / U-label ; RFC 5321 s4.1.2, RFC 6531 s3.3 */
static bool
label_ok(str s)
{
    if (s.n == 0 || s.n > MAX_LABEL || s.p[0] == '-' || s.p[s.n - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '-' && !(s.p[i] & 0x80)) {
            return false;
        }
    }
    return true;
}

/* Domain = sub-domain *("." sub-domain) ; RFC 5321 s4.1.2 */
static bool
domain_ok(str s)
{
    str label;

    if (s.n == 0 || s.p[s.n - 1] == '.') {
        return false;
    }
    while (str_cut(&s, '.', &label)) {
        if (!label_ok(label)) {
            return false;
        }
    }
    return true;
}

bool
field_email_ok(str email)
{
    size_t at = str_find(email, '@');

    return email.n <= MAX_EMAIL && at < email.n && utf8_is_valid(email) && text_ok(email, false)
           && local_ok(str_head(email, at)) && domain_ok(str_skip(email, at + 1));
}

static int
number(str s, size_t from, size_t n)
{
    int value = 0;

    for (size_t i = from; i < from + n; i++) {
        if (!is_digit(s.p[i])) {
            return -1;
        }
        value = value * 10 + (s.p[i] - '0');
    }
    return value;
}

/* full-date = date-fullyear "-" date-month "-" date-mday ; RFC 3339 s5.6, from year 1 on */
bool
field_date_ok(str date)
{
    if (date.n != 10 || date.p[4] != '-' || date.p[7] != '-') {
        return false;
    }
    return calendar_is_day(
        (struct calendar_date){number(date, 0, 4), number(date, 5, 2), number(date, 8, 2)});
}

static bool
locale_part_ok(str part, bool is_language)
{
    if (part.n < (is_language ? 2 : 1) || part.n > 8) {
        return false;
    }
    for (size_t i = 0; i < part.n; i++) {
        if (!is_letter(part.p[i]) && (is_language || !is_digit(part.p[i]))) {
            return false;
        }
    }
    return true;
}

/* locale = 2*8ALPHA *5( ( "_" / "-" ) 1*8( ALPHA / DIGIT ) ) */
bool
field_locale_ok(str text)
{
    size_t parts = 0, from = 0;

    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && text.p[i] != '_' && text.p[i] != '-') {
            continue;
        }
        if (!locale_part_ok((str){text.p + from, i - from}, parts == 0)) {
            return false;
        }
        parts++;
        from = i + 1;
    }
    return parts <= MAX_LOCALE_PARTS;
}

/* A browser that follows one of these runs what it says in the page's name. */
static bool
runs_script(str scheme)
{
    return str_ieq(scheme, S("javascript")) || str_ieq(scheme, S("vbscript"))
           || str_ieq(scheme, S("data"));
}

static bool
uri_ok(str text)
{
    struct url url;

    return url_parse(text, &url) && !runs_script(url.scheme);
}

const char *
field_text_fault(enum field_kind kind, str text)
{
    switch (kind) {
    case FIELD_TEXT:
    case FIELD_TEXTS:
        return text_ok(text, true) ? NULL : "invalid";
    case FIELD_SECRET:
        return text_ok(text, false) ? NULL : "invalid";
    case FIELD_URI:
    case FIELD_URIS:
        return uri_ok(text) ? NULL : "invalidURL";
    case FIELD_EMAIL:
        return field_email_ok(text) ? NULL : "notEmail";
    case FIELD_DATE:
        return field_date_ok(text) ? NULL : "invalidJSON";
    case FIELD_LOCALE:
    case FIELD_LOCALES:
        return field_locale_ok(text) ? NULL : "invalidJSON";
    default:
        return NULL;
    }
}
