/* SPDX-License-Identifier: Apache-2.0 */
/* The pages behind the links in our mails: a new password, an address, a number or a membership to verify; and where another
 * mail is asked for. Hosted, at FusionAuth's paths; JSON for who asks for it. No GET uses a link up: programs that look at
 * mails open what is in them. */
#pragma once
#include "model/rq/rq.h"

/* What a mail is about; a route names its row (route.about). */
struct mailed_kind;
extern const struct mailed_kind mailed_password, mailed_email, mailed_registration, mailed_phone;

/* GET: where a mail is asked for. */
MUST_USE enum err mailed_ask(struct rq *rq);
/* GET: what a link opens; without an id, or with one that is over, where another mail is asked for. */
MUST_USE enum err mailed_open(struct rq *rq);
/* GET: the link of a mail that signs in, sent on to the journey (flow/signin/signin_mail.c) with the request it was begun for. */
MUST_USE enum err mailed_enter(struct rq *rq);
/* POST: the answer to either. */
MUST_USE enum err mailed_answer(struct rq *rq);
/* GET: that a mail is on its way, that it is done. They say the same to everybody. */
MUST_USE enum err mailed_sent(struct rq *rq);
MUST_USE enum err mailed_complete(struct rq *rq);
