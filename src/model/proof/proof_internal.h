/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: what each kind of ticket takes from its tenant, and the mails. */
#pragma once
#include "model/proof/proof.h"

struct proof_kind {
    enum ticket_kind kind;
    size_t ttl, text, code; /* offsets in struct external_id_config */
    const char *letter;     /* of the catalogue: mail.<letter>.subject, .text, .code */
    const char *text_name;  /* of its text, in templates */
    int template;           /* enum mail_template; -1: the application's own for registrations */
    int phone_template;     /* enum phone_template; -1: never sent to a number */
    const char *path;       /* of the page its link opens */
    const char *event;      /* of its start */
    int rate;               /* enum tenant_rate; -1: none */
};
/* The row of a kind of ticket that this room makes. */
const struct proof_kind *proof_kind(enum ticket_kind kind);

/* Of what is nobody's yet (proof_ahead.c): the kinds; the account that is not there, NULL without memory; proof_verify. */
bool proof_is_ahead(enum ticket_kind kind);
struct user *proof_nobody(struct rq *rq, enum ticket_kind kind, str value);
MUST_USE enum err proof_verify_ahead(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof);

/* For which application a proof was begun; *ret NULL: for none, or it is gone. proof may be NULL. */
MUST_USE enum err proof_application(struct rq *rq, const struct tenant *tenant,
    const struct proof *proof, const struct application **ret);

/* A text of a ticket's detail; empty without one. */
str proof_text_of(const struct json *detail, const char *name);

struct proof_letter {
    const struct proof_kind *kind;
    const struct user *user;
    const struct application *application; /* NULL: none */
    str to;                                /* the address or number */
    str text, code, state; /* of the ticket; code, state: empty when there is none */
    str event;             /* a JSON object that a template may name; empty: none */
};
/* The application's, else the tenant's, of enum mail_template (-1: of its registrations) and enum phone_template; nil: none. */
struct uuid proof_mail_template(
    const struct tenant *tenant, const struct application *application, int which);
struct uuid proof_phone_template(
    const struct tenant *tenant, const struct application *application, int which);
/* Declare what tells letter->user what has happened, where there is a template for it: a mail; a message to letter->to, unless
 * nobody knows whose number it is. */
MUST_USE enum err proof_letter_mail(
    struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter, int which);
MUST_USE enum err proof_letter_message(
    struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter, int which);
/* Declares the mail or the message. */
MUST_USE enum err proof_letter_send(
    struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter);
