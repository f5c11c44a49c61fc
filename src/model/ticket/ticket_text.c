/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of tickets: how they are drawn and what is stored of them. */
#include "codec/base64.h"
#include "model/bearer/bearer.h"
#include "model/rq/rq.h"
#include "model/ticket/ticket_internal.h"

enum { MAX_BYTES = GENERATOR_BYTES_MAX, LONG_BYTES = 32 };

/* Without what is mistaken for something else, and without vowels: no words (RFC 8628 s6.1). */
static const char *const alphabets[] = {
    [GENERATOR_DIGITS] = "0123456789",
    [GENERATOR_BYTES] = NULL,
    [GENERATOR_ALPHA] = "BCDFGHJKLMNPQRSTVWXZ",
    [GENERATOR_ALPHA_NUMERIC] = "BCDFGHJKLMNPQRSTVWXZ23456789",
};

/* Even over the alphabet: bytes of the last, uneven lap are thrown away. */
static char
draw(struct rng *rng, str alphabet)
{
    size_t limit = 256 - 256 % alphabet.n;
    uint8_t byte;

    do {
        rng_fill(rng, &byte, 1);
    } while (byte >= limit);
    return alphabet.p[byte % alphabet.n];
}

static str
draw_bytes(struct rq *rq, size_t n)
{
    uint8_t raw[MAX_BYTES];
    str text;

    rng_fill(rq->rng, raw, n);
    text = base64url_text(rq->arena, (bytes){raw, n});
    secret_wipe(raw, sizeof raw);
    return text;
}

str
ticket_draw(struct rq *rq, const struct secure_generator *generator)
{
    size_t n = (size_t)MAX(1, MIN(generator->length, MAX_BYTES));
    const char *alphabet = alphabets[generator->type];
    char text[MAX_BYTES];

    arena_keep_secret(rq->arena);
    if (alphabet == NULL) {
        return draw_bytes(rq, n);
    }
    for (size_t i = 0; i < n; i++) {
        text[i] = draw(rq->rng, str_from(alphabet));
    }
    return str_dup(rq->arena, (str){text, n});
}

bool
ticket_text_is_long(const struct secure_generator *generator)
{
    return generator == NULL
           || (generator->type == GENERATOR_BYTES && generator->length >= LONG_BYTES);
}

str
ticket_draw_sham(struct rq *rq, const struct secure_generator *generator)
{
    struct digest digest;

    arena_keep_secret(rq->arena);
    return ticket_text_is_long(generator) ? bearer_make(rq, rq_new_id(rq), &digest)
                                          : ticket_draw(rq, generator);
}

static char
upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

str
ticket_text_normal(str text, char to[static TICKET_TEXT_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ' ' || text.p[i] == '-') {
            continue;
        }
        if (n == TICKET_TEXT_MAX) {
            return NO_STR;
        }
        to[n++] = upper(text.p[i]);
    }
    return (str){to, n};
}

bool
ticket_text_ok(str text)
{
    char to[TICKET_TEXT_MAX];

    return ticket_text_normal(text, to).n > 0;
}

struct digest
ticket_text_lookup(const struct tenant *tenant, enum ticket_kind kind, str text)
{
    char to[TICKET_TEXT_MAX];
    const uint8_t number = (uint8_t)kind;
    const bytes parts[] = {
        str_bytes(S("ticket lookup")), {&number, 1}, str_bytes(ticket_text_normal(text, to))};

    return hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
}

struct digest
ticket_text_code(const struct tenant *tenant, struct uuid id, str text)
{
    char to[TICKET_TEXT_MAX];
    const bytes parts[] = {
        str_bytes(S("ticket code")), uuid_bytes(&id), str_bytes(ticket_text_normal(text, to))};

    return hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
}
