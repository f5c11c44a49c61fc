/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of this room share. */
#pragma once
#include "flow/signin/mailed/mailed.h"
#include "flow/signin/signin_internal.h"
#include "model/authorization/authorization_onward.h"
#include "model/proof/proof.h"

enum mailed_step {
    MAILED_ASK,  /* for a mail */
    MAILED_LINK, /* what a link opened */
    MAILED_CODE, /* where the code of a mail is typed: its id was never in anybody's hands */
    MAILED_STEP_COUNT
};

struct mailed { /* one request */
    struct rq *rq;
    const struct mailed_kind *kind;
    const struct tenant *tenant;
    const struct application *application; /* NULL: none is known */
    const struct form *form;               /* posted; NULL at the start */
    struct authorization_onward onward;
    enum mailed_step step;
    struct proof *proof; /* what onward.text stands for; NULL: it is over */
    const char *alert;   /* catalogue key of what went wrong, or NULL */
    const char *notice;  /* of what was done, or NULL */
};

struct mailed_kind {
    const char *name;     /* in the sealed page and in JSON */
    const char *words;    /* of the catalogue: <words>.title ... */
    const char *ask_path; /* where a mail is asked for */
    const char *path;     /* of the link, and where its answer is posted */
    const char *folder;   /* where the pages sent and complete are */
    enum ticket_kind starts, opens[2];
    enum page_field field; /* what is asked for */
    /* Whether the tenant, or the application, has such mails; whether with a code to type. */
    bool (*is_on)(const struct mailed *m);
    bool (*has_code)(const struct mailed *m);
    /* Whom a mail goes to who typed this, and to which address or number of theirs; user NULL: to nobody. */
    enum err (*find)(struct mailed *m, str typed, struct proof_order *order);
    enum err (*render)(struct mailed *m); /* what a link opens */
    enum err (*submit)(struct mailed *m); /* and the answer to it: proof is not NULL */
};

/* What a GET says: language, tenant, application, the request to go on with, the link's text. */
MUST_USE enum err mailed_begin(struct mailed *m);
/* "password.ask": in the sealed page and in JSON. */
str mailed_step_name(const struct mailed *m, enum mailed_step step);
/* The posted value under a name. */
str mailed_value(const struct mailed *m, const char *name);
/* A text of this kind's: <words>.<name>. */
str mailed_text(const struct mailed *m, const char *name);
/* A card with its heading, the sealed page and where it is posted; false without memory. */
MUST_USE bool mailed_page(
    struct mailed *m, enum mailed_step step, const char *heading, struct page *ret);
/* Sends it, or the same as JSON: {"step": "password.ask", "state": ..., "captcha": ..., "error": ...}. captcha: for what
 * the page asks for a token; NULL: it does not. */
MUST_USE enum err mailed_show(struct mailed *m, const struct page *page, const char *captcha);
/* On to the page "sent" or "complete" of this kind; as JSON {"step": "password.sent", "redirect": where to sign in}. */
MUST_USE enum err mailed_go_on(struct mailed *m, const char *to);
/* Where to sign in; empty when nobody knows for which application. */
str mailed_onward(const struct mailed *m);

/* Where a mail is asked for (mailed_ask.c). */
MUST_USE enum err mailed_ask_render(struct mailed *m);
MUST_USE enum err mailed_ask_submit(struct mailed *m);
/* A new password (mailed_change.c). */
MUST_USE enum err mailed_change_render(struct mailed *m);
MUST_USE enum err mailed_change_submit(struct mailed *m);
/* What is verified (mailed_verify.c). */
MUST_USE enum err mailed_verify_render(struct mailed *m);
MUST_USE enum err mailed_verify_submit(struct mailed *m);
/* Whom a mail goes to, by kind (mailed_ask.c). */
MUST_USE enum err mailed_find_login(struct mailed *m, str typed, struct proof_order *order);
MUST_USE enum err mailed_find_email(struct mailed *m, str typed, struct proof_order *order);
MUST_USE enum err mailed_find_member(struct mailed *m, str typed, struct proof_order *order);
MUST_USE enum err mailed_find_phone(struct mailed *m, str typed, struct proof_order *order);
