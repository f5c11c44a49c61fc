/* SPDX-License-Identifier: Apache-2.0 */
/* One mail by SMTP (RFC 5321, RFC 5322), through libcurl. Who sends, when and how often again is the outbox's
 * matter (model/outbox), not this one's. */
#pragma once
#include "base/str.h"

struct arena;

enum mail_security { MAIL_PLAIN, MAIL_STARTTLS, MAIL_TLS };
struct mail_server {
    str host;
    int port;
    enum mail_security security;
    str username, password;        /* empty: no login */
    int timeout_ms;                /* 0: 15 s */
    bool is_certificate_unchecked; /* tests only */
};
struct mail_extra { /* a header beyond those that every mail has */
    str name, value;
};
struct mail {
    str from_address, from_name, to_address, to_name, subject, text,
        html;            /* UTF-8; html may be empty */
    const str *cc, *bcc; /* addresses of more people to send it to; bcc stand in no header */
    size_t cc_count, bcc_count;
    const struct mail_extra *extra;
    size_t extra_count;
    str message_id; /* local part; the host of from_address follows */
    int64_t date_ms;
};
enum mail_verdict {
    MAIL_SENT,
    MAIL_REFUSED /* for good: 5xx, bad address */,
    MAIL_FAILED /* try again */
};

/* Blocks: only on WORKER threads and jobs. */
MUST_USE enum mail_verdict mail_send(
    struct arena *arena, const struct mail_server *server, const struct mail *mail);
/* May a mail have this header beside its own? */
bool mail_format_extra_ok(str name, str value);
/* The message as sent: headers encoded (RFC 2047), addresses checked, no header injection, dot-stuffing left
 * to libcurl. Empty if an address or header has a control character. */
str mail_format(struct arena *arena, const struct mail *mail);
/* A name or a subject that somebody else chose, as a header may hold it: controls and what is no UTF-8 become spaces, and it is
 * cut to fit. Else a line break in a name would keep its owner's mails from going out, warnings among them. */
str mail_one_line(struct arena *arena, str text);
