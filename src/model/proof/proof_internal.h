/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: what each kind of ticket takes from its tenant, and the mails. */
#pragma once
#include "model/proof/proof.h"

struct proof_kind {
    enum ticket_kind kind;
    size_t ttl, text, code; /* offsets in struct external_id_config */
    const char *letter;     /* of the catalogue: mail.<letter>.subject, .text, .code */
    const char *path;       /* of the page its link opens */
    const char *event;      /* of its start */
};
/* The row of a kind of ticket that this room makes. */
const struct proof_kind *proof_kind(enum ticket_kind kind);

/* A text of a ticket's detail; empty without one. */
str proof_text_of(const struct json *detail, const char *name);

struct proof_letter {
    const struct proof_kind *kind;
    const struct user *user;
    struct uuid application_id; /* nil: none */
    str text, code;             /* of the ticket; code: empty when there is none */
};
/* Declares the mail. */
MUST_USE enum err proof_letter_send(
    struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter);
