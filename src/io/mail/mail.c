/* SPDX-License-Identifier: Apache-2.0 */
/* One mail by SMTP (RFC 5321) through libcurl.
 *
 * What the server says decides: 5xx is for good, 4xx and silence for later. Deviation: a refused login is for
 * later too, because the operator can mend it and nothing is wrong with the mail. */
#include "io/mail/mail.h"

#define CURL_DISABLE_TYPECHECK /* those macros cannot call through a table; each number is a long */
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

#include "base/arena.h"
#include "base/lazy.h"
#include "io/mail/mail_internal.h"

enum {
    DEFAULT_MS = 15000,
    SMTP_LOGIN_NEEDED = 530,
    SMTP_LOGIN_REFUSED = 535,
    SMTP_TLS_NEEDED = 538
};

/* What a start does not need it does not load. */
/* clang-format off */
#define LIBRARY(X) \
    X(curl_easy_cleanup) X(curl_easy_getinfo) X(curl_easy_init) X(curl_easy_perform) \
    X(curl_easy_setopt) X(curl_global_init) X(curl_slist_append) X(curl_slist_free_all)
/* clang-format on */

static struct {
    LIBRARY(LAZY_MEMBER)
} lib;
static const char *const lib_names[] = {LIBRARY(LAZY_NAME)};
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static bool is_library_ready;

static void
open_library(void)
{
    /* The caller only learns that nothing went out. */
    is_library_ready = lazy_open_or_log("libcurl.so.4", lib_names, COUNT(lib_names), &lib)
                       && lib.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static size_t
give_message(char *to, size_t size, size_t count, void *ctx)
{
    str *rest = ctx;
    size_t n = MIN(size * count, rest->n);

    if (n > 0) {
        memcpy(to, rest->p, n);
        *rest = str_skip(*rest, n);
    }
    return n;
}

/* What the server tells between the lines is not kept. */
static size_t
drop(char *data, size_t size, size_t count, void *ctx)
{
    (void)data;
    (void)ctx;
    return size * count;
}

/* A name or address that can stand in a URL as it is: "mx.example.com", "192.0.2.1", "[2001:db8::1]". */
static bool
is_host(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!is_word && (c == 0 || strchr(".-:[]", c) == NULL)) {
            return false;
        }
    }
    return s.n > 0 && s.n <= 255;
}

static bool
set_text(CURL *easy, CURLoption option, struct arena *arena, str text)
{
    const char *z = str_z(arena, text);

    return z != NULL && lib.curl_easy_setopt(easy, option, z) == CURLE_OK;
}

static bool
set_server(CURL *easy, struct arena *arena, const struct mail_server *server, str hello)
{
    const char *scheme = server->security == MAIL_TLS ? "smtps" : "smtp";
    long use_ssl = server->security == MAIL_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL;
    long is_checked = server->is_certificate_unchecked ? 0 : 1;
    long timeout_ms = server->timeout_ms > 0 ? server->timeout_ms : DEFAULT_MS;
    /* What stands behind the host is what curl says in EHLO; this machine's name is nobody's business. */
    str url = str_fmt(
        arena, "%s://" STRF ":%d/" STRF, scheme, STRV(server->host), server->port, STRV(hello));

    return set_text(easy, CURLOPT_URL, arena, url)
           && lib.curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_USE_SSL, use_ssl) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)
                  == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, is_checked) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2 * is_checked) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
}

static bool
set_login(CURL *easy, struct arena *arena, const struct mail_server *server)
{
    return server->username.n == 0
           || (set_text(easy, CURLOPT_USERNAME, arena, server->username)
               && set_text(easy, CURLOPT_PASSWORD, arena, server->password));
}

static bool
set_message(CURL *easy, struct arena *arena, const struct mail *mail, str *message)
{
    str from = str_fmt(arena, "<" STRF ">", STRV(mail->from_address));

    return set_text(easy, CURLOPT_MAIL_FROM, arena, from)
           && lib.curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_message) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_READDATA, message) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->n)
                  == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop) == CURLE_OK
           && lib.curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop) == CURLE_OK;
}

static enum mail_verdict
verdict_of(CURL *easy, CURLcode code)
{
    long answer = 0;

    if (code == CURLE_OK) {
        return MAIL_SENT;
    }
    lib.curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
    if (code == CURLE_LOGIN_DENIED || answer == SMTP_LOGIN_NEEDED || answer == SMTP_LOGIN_REFUSED
        || answer == SMTP_TLS_NEEDED) {
        return MAIL_FAILED;
    }
    return answer >= 500 && answer <= 599 ? MAIL_REFUSED : MAIL_FAILED;
}

static bool
add_recipients(struct arena *arena, const str *addresses, size_t count, struct curl_slist **list)
{
    for (size_t i = 0; i < count; i++) {
        str to = str_fmt(arena, "<" STRF ">", STRV(addresses[i]));
        struct curl_slist *longer = to.p ? lib.curl_slist_append(*list, to.p) : NULL;
        if (longer == NULL) {
            return false;
        }
        *list = longer;
    }
    return true;
}

/* All of them, or NULL: nobody gets a mail that others do not. */
static struct curl_slist *
recipients_of(struct arena *arena, const struct mail *mail)
{
    struct curl_slist *list = NULL;

    if (add_recipients(arena, &mail->to_address, 1, &list)
        && add_recipients(arena, mail->cc, mail->cc_count, &list)
        && add_recipients(arena, mail->bcc, mail->bcc_count, &list)) {
        return list;
    }
    lib.curl_slist_free_all(list);
    return NULL;
}

/* Talks to the server with what was set up. */
static enum mail_verdict
perform(CURL *easy, struct arena *arena, const struct mail *mail)
{
    struct curl_slist *recipients = recipients_of(arena, mail);
    enum mail_verdict verdict = MAIL_FAILED;
    sigset_t broken_pipe;

    /* OpenSSL writes to sockets that may be gone; this thread never wants to hear of it. */
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, NULL);
    if (recipients != NULL
        && lib.curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients) == CURLE_OK) {
        verdict = verdict_of(easy, lib.curl_easy_perform(easy));
    }
    lib.curl_slist_free_all(recipients);
    return verdict;
}

enum mail_verdict
mail_send(struct arena *arena, const struct mail_server *server, const struct mail *mail)
{
    enum mail_verdict verdict = MAIL_FAILED;
    str message = mail_format(arena, mail);
    CURL *easy;

    if (message.n == 0) {
        return arena_failed(arena) ? MAIL_FAILED : MAIL_REFUSED;
    }
    if (!is_host(server->host) || server->port < 1 || server->port > 65535) {
        return MAIL_FAILED; /* a setting the operator can mend */
    }
    arena_keep_secret(arena); /* the password's copy */
    pthread_once(&library_once, open_library);
    easy = is_library_ready ? lib.curl_easy_init() : NULL;
    if (easy == NULL) {
        return MAIL_FAILED;
    }
    if (set_server(easy, arena, server, mail_format_domain(mail->from_address))
        && set_login(easy, arena, server) && set_message(easy, arena, mail, &message)) {
        verdict = perform(easy, arena, mail);
    }
    lib.curl_easy_cleanup(easy);
    return verdict;
}
