/* SPDX-License-Identifier: Apache-2.0 */
/* Mails to be sent, in the same set as their cause. A job sends them with backoff; without SMTP settings they stay and the demo
 * shows them. Sealed under the user's key: an erased person's mails are gone too. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;
struct user;

struct outbox_mail {
    struct uuid id, user_id;
    str to, subject, text, html;
    int64_t insert_instant, next_instant, sent_instant;
    int64_t attempts;
};
/* Declares a mail to the user's email address; nothing if there is none. */
MUST_USE enum err outbox_add(struct rq *rq, const struct tenant *tenant, const struct user *user, str subject, str text, str html);
/* The newest mails of the tenant (demo, tests). */
MUST_USE enum err outbox_list(struct rq *rq, const struct tenant *tenant, size_t max, struct outbox_mail **ret, size_t *ret_count);
