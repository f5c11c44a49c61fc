/* SPDX-License-Identifier: Apache-2.0 */
/* SMTP against a real server on loopback that writes down the dialogue (RFC 5321). */
#define UNIT mail
#include "../loopback.h"
#include "../loopback_tls.h"

#include "base/clock.h"
#include "codec/base64.h"
#include "io/mail/mail.h"

/* What the server says to a command; "" hangs up, NULL is the normal answer. */
struct manners {
    const char *greeting, *ehlo, *auth, *from, *rcpt, *data, *end;
    bool is_tls, has_starttls;
};

struct world {
    struct loopback server;
    struct manners manners;
    SSL_CTX *ctx;
    SSL *ssl;
    char ca_file[64];
    char told[65536]; /* every line the client sent */
    size_t told_n;
    struct arena *arena;
};

static ssize_t
receive(struct world *w, int fd, char *to, size_t n)
{
    return w->ssl ? SSL_read(w->ssl, to, (int)n) : recv(fd, to, n, 0);
}

/* Says a line; false when it is time to hang up. */
static bool
say(struct world *w, int fd, const char *line, const char *normal)
{
    str text = str_from(line ? line : normal);

    if (text.n == 0) {
        return false;
    }
    return w->ssl ? SSL_write(w->ssl, text.p, (int)text.n) > 0 : loopback_send(fd, text);
}

/* Reads until CRLF, or until CRLF.CRLF; the text stays in told. */
static bool
hear(struct world *w, int fd, str until, str *ret)
{
    size_t begin = w->told_n;

    for (;;) {
        str heard = {w->told + begin, w->told_n - begin};
        ssize_t n;

        if (str_ends(heard, until)) {
            *ret = heard;
            return true;
        }
        n = receive(w, fd, w->told + w->told_n, 1);
        if (n <= 0 || w->told_n + 2 > sizeof w->told) {
            return false;
        }
        w->told_n++;
    }
}

static bool
start_tls(struct world *w, int fd)
{
    w->ssl = SSL_new(w->ctx);
    SSL_set_fd(w->ssl, fd);
    return SSL_accept(w->ssl) == 1;
}

static bool
answer(struct world *w, int fd, str line)
{
    const struct manners *m = &w->manners;
    str message;

    if (str_starts(line, S("EHLO "))) {
        return say(w, fd, m->ehlo,
            m->has_starttls && !w->ssl ? "250-here\r\n250 STARTTLS\r\n"
                                       : "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n");
    }
    if (str_starts(line, S("HELO "))) {
        return say(w, fd, m->ehlo, "250 here\r\n");
    }
    if (str_eq(line, S("STARTTLS\r\n"))) {
        return say(w, fd, NULL, "220 go on\r\n") && start_tls(w, fd);
    }
    if (str_starts(line, S("AUTH PLAIN"))) {
        return say(w, fd, m->auth, line.n > 12 ? "235 welcome\r\n" : "334 \r\n");
    }
    if (str_starts(line, S("MAIL FROM:"))) {
        return say(w, fd, m->from, "250 ok\r\n");
    }
    if (str_starts(line, S("RCPT TO:"))) {
        return say(w, fd, m->rcpt, "250 ok\r\n");
    }
    if (str_eq(line, S("DATA\r\n"))) {
        return say(w, fd, m->data, "354 go on\r\n")
               && (m->data != NULL
                   || (hear(w, fd, S("\r\n.\r\n"), &message)
                       && say(w, fd, m->end, "250 taken\r\n")));
    }
    if (str_eq(line, S("QUIT\r\n"))) {
        say(w, fd, NULL, "221 bye\r\n");
        return false;
    }
    /* What is left is the second half of AUTH PLAIN. */
    return say(w, fd, m->auth, "235 welcome\r\n");
}

static void
talk(struct loopback *server, int fd)
{
    struct world *w = server->ctx;
    str line;

    w->told_n = 0;
    if ((!w->manners.is_tls || start_tls(w, fd))
        && say(w, fd, w->manners.greeting, "220 here\r\n")) {
        while (hear(w, fd, S("\r\n"), &line) && answer(w, fd, line)) {
        }
    }
    SSL_free(w->ssl);
    w->ssl = NULL;
}

static struct world *
world_new(struct manners manners)
{
    static struct world w;

    w = (struct world){.manners = manners, .ca_file = "/tmp/cardea-ca-XXXXXX"};
    REQUIRE(close(mkstemp(w.ca_file)) == 0);
    w.ctx = loopback_tls_new(w.ca_file);
    w.arena = arena_new(MB(8));
    loopback_start(&w.server, talk, &w);
    return &w;
}

static void
world_end(struct world *w)
{
    loopback_stop(&w->server);
    SSL_CTX_free(w->ctx);
    unlink(w->ca_file);
    arena_free(w->arena);
}

static struct mail_server
server_of(struct world *w)
{
    return (struct mail_server){
        .host = S("localhost"),
        .port = w->server.port,
        .security = w->manners.is_tls         ? MAIL_TLS
                    : w->manners.has_starttls ? MAIL_STARTTLS
                                              : MAIL_PLAIN,
        .timeout_ms = 3000,
        .is_certificate_unchecked = true,
    };
}

static const struct mail a_mail = {
    .from_address = S_INIT("no-reply@example.com"),
    .from_name = S_INIT("Example"),
    .to_address = S_INIT("ada@example.org"),
    .subject = S_INIT("Hello"),
    .text = S_INIT("Hi.\n.\n..dots\nQUIT\n"),
    .message_id = S_INIT("1"),
    .date_ms = 1700000000000,
};

static bool
told(struct world *w, str text)
{
    str all = {w->told, w->told_n};

    return str_find_str(all, text) < all.n;
}

TEST(rfc5321_a_mail_is_sent_whole)
{
    struct world *w = world_new((struct manners){0});
    struct mail_server server = server_of(w);

    EXPECT(mail_send(w->arena, &server, &a_mail) == MAIL_SENT);
    EXPECT(str_starts((str){w->told, w->told_n}, S("EHLO example.com\r\n")));
    EXPECT(told(w, S("MAIL FROM:<no-reply@example.com>")));
    EXPECT(told(w, S("RCPT TO:<ada@example.org>\r\nDATA\r\nDate: ")));
    EXPECT(told(w, S("\r\nSubject: Hello\r\n")));
    EXPECT(told(w, S("\r\n\r\nHi.\r\n..\r\n...dots\r\nQUIT\r\n.\r\n"))); /* RFC 5321 s4.5.2 */
    EXPECT(!told(w, S("AUTH")));
    world_end(w);
}

TEST(rfc4954_login_is_sent_when_there_is_one)
{
    struct world *w = world_new((struct manners){0});
    struct mail_server server = server_of(w);

    server.username = S("ada");
    server.password = S("s3cret");
    EXPECT(mail_send(w->arena, &server, &a_mail) == MAIL_SENT);
    EXPECT(told(w, S("AUTH PLAIN")));
    EXPECT(told(w, base64_text(w->arena, str_bytes(S("\0ada\0s3cret")))));
    world_end(w);
}

/* clang-format off */
static const struct {
    int line;
    struct manners manners;
    enum mail_verdict verdict;
} refusals[] = {
    {__LINE__, {.greeting = "554 no service\r\n"}, MAIL_REFUSED},
    {__LINE__, {.greeting = "421 too busy\r\n"}, MAIL_FAILED},
    {__LINE__, {.greeting = ""}, MAIL_FAILED},
    {__LINE__, {.greeting = "SSH-2.0-x\r\n"}, MAIL_FAILED},
    {__LINE__, {.ehlo = "421 later\r\n"}, MAIL_FAILED},
    {__LINE__, {.ehlo = ""}, MAIL_FAILED},
    {__LINE__, {.auth = "535 wrong password\r\n"}, MAIL_FAILED},
    {__LINE__, {.auth = "454 later\r\n"}, MAIL_FAILED},
    {__LINE__, {.from = "451 later\r\n"}, MAIL_FAILED},
    {__LINE__, {.from = "550 not you\r\n"}, MAIL_REFUSED},
    {__LINE__, {.from = "530 log in first\r\n"}, MAIL_FAILED},
    {__LINE__, {.from = ""}, MAIL_FAILED},
    {__LINE__, {.rcpt = "450 mailbox busy\r\n"}, MAIL_FAILED},
    {__LINE__, {.rcpt = "550 no such user\r\n"}, MAIL_REFUSED},
    {__LINE__, {.rcpt = "551 user moved\r\n"}, MAIL_REFUSED},
    {__LINE__, {.rcpt = ""}, MAIL_FAILED},
    {__LINE__, {.data = "452 disk full\r\n"}, MAIL_FAILED},
    {__LINE__, {.data = "554 no\r\n"}, MAIL_REFUSED},
    {__LINE__, {.end = "451 later\r\n"}, MAIL_FAILED},
    {__LINE__, {.end = "554 spam\r\n"}, MAIL_REFUSED},
    {__LINE__, {.end = ""}, MAIL_FAILED}, /* sent, but nobody said it was taken */
};
/* clang-format on */

TEST(rfc5321_4_2_1_5xx_is_for_good_and_4xx_for_later)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct world *w = world_new(refusals[i].manners);
        struct mail_server server = server_of(w);
        enum mail_verdict verdict;

        if (refusals[i].manners.auth != NULL) {
            server.username = S("ada");
            server.password = S("s3cret");
        }
        verdict = mail_send(w->arena, &server, &a_mail);
        cr_expect(verdict == refusals[i].verdict, "row of line %d: verdict %d", refusals[i].line,
            verdict);
        CHECK_AT(refusals[i].line, refusals[i].manners.end != NULL || !told(w, S("Hi.")));
        world_end(w);
    }
}

TEST(tls_from_the_start_and_by_starttls)
{
    for (int i = 0; i < 2; i++) {
        struct world *w = world_new((struct manners){.is_tls = i == 0, .has_starttls = i == 1});
        struct mail_server server = server_of(w);

        CHECK_AT(i, mail_send(w->arena, &server, &a_mail) == MAIL_SENT);
        CHECK_AT(i, told(w, S("Subject: Hello\r\n")));
        server.is_certificate_unchecked = false; /* nobody known has signed it */
        CHECK_AT(i, mail_send(w->arena, &server, &a_mail) == MAIL_FAILED);
        CHECK_AT(i, !told(w, S("MAIL FROM")));
        world_end(w);
    }
}

TEST(rfc3207_4_a_server_without_starttls_gets_nothing)
{
    struct world *w = world_new((struct manners){0});
    struct mail_server server = server_of(w);

    server.security = MAIL_STARTTLS;
    server.username = S("ada");
    server.password = S("s3cret");
    EXPECT(mail_send(w->arena, &server, &a_mail) == MAIL_FAILED);
    EXPECT(!told(w, S("AUTH")) && !told(w, S("MAIL FROM")));
    world_end(w);
}

TEST(a_bad_mail_or_server_is_not_connected_to)
{
    struct world *w = world_new((struct manners){0});
    struct mail_server server = server_of(w);
    struct mail mail = a_mail;
    static const str hosts[] = {S_INIT(""), S_INIT("localhost/x"), S_INIT("a@localhost"),
        S_INIT("local host"), S_INIT("localhost\r\n"), S_INIT("localhost\0"), S_INIT("#x")};

    mail.to_address = S("ada@example.org>\r\nRCPT TO:<eve@example.org");
    EXPECT(mail_send(w->arena, &server, &mail) == MAIL_REFUSED);
    mail = a_mail;
    mail.subject = S("Hello\r\nBcc: eve@example.org");
    EXPECT(mail_send(w->arena, &server, &mail) == MAIL_REFUSED);
    for (size_t i = 0; i < COUNT(hosts); i++) {
        server.host = hosts[i];
        CHECK_AT((int)i, mail_send(w->arena, &server, &a_mail) == MAIL_FAILED);
    }
    server = server_of(w);
    server.port = 0;
    EXPECT(mail_send(w->arena, &server, &a_mail) == MAIL_FAILED);
    EXPECT(atomic_load(&w->server.connections) == 0);
    world_end(w);
}

static void
say_nothing(struct loopback *server, int fd)
{
    (void)fd;
    while (!atomic_load(&server->is_ending)) {
        usleep(10000);
    }
}

TEST(a_silent_server_is_given_up)
{
    struct world *w = world_new((struct manners){0});
    struct loopback silent;
    struct mail_server server = server_of(w);
    int64_t begin = clock_steady_ms();

    loopback_start(&silent, say_nothing, NULL);
    server.port = silent.port;
    server.timeout_ms = 300;
    EXPECT(mail_send(w->arena, &server, &a_mail) == MAIL_FAILED);
    EXPECT(clock_steady_ms() - begin < 3000);
    loopback_stop(&silent);
    world_end(w);
}
