/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest server io/http can make, to measure the bare cost of a request and to compare its
 * verdicts with other parsers: GET / and POST / answer 1 KiB of JSON, /echo answers the body.
 * Usage: http_bench PORT [LOOPS [MAX_BODY [CERTIFICATE KEY]]] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/hash.h"
#include "io/http/http.h"

enum { REPLY_BYTES = 1024, GRACE_MS = 1000 };

static char reply[REPLY_BYTES];
static size_t max_body_bytes = MB(1);

static size_t
max_body(void *ctx, const struct http_request *head)
{
    (void)ctx;
    (void)head;
    return max_body_bytes;
}

static void
serve(void *ctx, struct http_exchange *x)
{
    (void)ctx;
    x->answer.status = 200;
    http_add_header(&x->answer, S("content-type"), S("application/json"));
    x->answer.body =
        str_eq(x->request.path, S("/echo")) ? x->request.body : (str){reply, sizeof reply};
    http_answer(x);
}

static void
fill_reply(void)
{
    static const char start[] = "{\"text\":\"", end[] = "\"}";

    memset(reply, 'x', sizeof reply);
    memcpy(reply, start, sizeof start - 1);
    memcpy(reply + sizeof reply - (sizeof end - 1), end, sizeof end - 1);
}

int
main(int argc, char **argv)
{
    const struct http_handlers handlers = {.max_body = max_body, .serve = serve};
    struct http_config config = {0};
    struct http_server *server;
    const char *why = "no cryptography";
    char listen[32];
    sigset_t set;
    int signal_number;

    snprintf(listen, sizeof listen, "127.0.0.1:%s", argc > 1 ? argv[1] : "0");
    config.listen = str_from(listen);
    config.loops = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    max_body_bytes = argc > 3 ? strtoul(argv[3], NULL, 10) : max_body_bytes;
    config.tls_cert_file = argc > 5 ? argv[4] : NULL;
    config.tls_key_file = argc > 5 ? argv[5] : NULL;
    fill_reply();
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    server = crypto_init() ? http_start(&config, &handlers, &why) : NULL;
    if (server == NULL) {
        fprintf(stderr, "http_bench: %s\n", why);
        return 1;
    }
    printf("%d\n", http_port(server));
    fflush(stdout);
    sigwait(&set, &signal_number);
    http_stop(server, GRACE_MS);
    return 0;
}
