/* SPDX-License-Identifier: Apache-2.0 */
/* A mail about what is kept about somebody: by the template that somebody chose, else as it is given. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;
struct user;

struct letter {
    const struct tenant *tenant;
    const struct user *user; /* who gets it, under whose key it is sealed; NULL: nobody here */
    str address;             /* empty: the user's */
    struct uuid template_id; /* an email template; nil: subject and text as they are */
    str subject, text;
    str data; /* a JSON object: what the template may name beside user and tenant */
};
/* Declares the mail; nothing where there is neither template nor text, nor an address. */
MUST_USE enum err letter_put(struct rq *rq, const struct letter *letter);
