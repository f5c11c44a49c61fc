/* SPDX-License-Identifier: Apache-2.0 */
/* A small relying party at /demo, for the first five minutes: it signs in by code with PKCE like
 * any client, shows who came, refreshes, signs out, and shows the outbox. Only with --demo. */
#pragma once
#include "model/rq/rq.h"

struct dispatch;

/* Gives the demo the way in for its token requests; once, before requests come. */
void demo_open(struct dispatch *dispatch);
/* Prints where to go and what to type. */
void demo_print_welcome(const struct house *house);

/* Handlers: each answers a page of the demo, or sends the browser on. */
MUST_USE enum err demo_home(struct rq *rq);
MUST_USE enum err demo_signin(struct rq *rq);
MUST_USE enum err demo_callback(struct rq *rq);
MUST_USE enum err demo_refresh(struct rq *rq);
MUST_USE enum err demo_signout(struct rq *rq);
MUST_USE enum err demo_mail(struct rq *rq);
