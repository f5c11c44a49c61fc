/* SPDX-License-Identifier: Apache-2.0 */
/* What webhooks were told: a row for each event that was to be sent, and one for each attempt. Who sends them
 * writes here; that comes later. Details are the person's where the event is about one. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

enum webhooklog_result { WEBHOOKLOG_FAILED, WEBHOOKLOG_RUNNING, WEBHOOKLOG_SUCCEEDED };
enum webhooklog_outcome { WEBHOOKLOG_SUCCESS, WEBHOOKLOG_FAILURE, WEBHOOKLOG_UNKNOWN };

struct webhooklog_event {                          /* type WebhookEventLog */
    struct uuid tenant_id, id, user_id, linked_id; /* id nil: one is made */
    str kind;                                      /* EventType */
    int result;
    int64_t insert_instant, last_update_instant, last_attempt_instant, failed, succeeded;
    str event; /* JSON, as it is sent; empty when its person was erased */
};
struct webhooklog_attempt { /* type WebhookAttemptLog */
    struct uuid tenant_id, event_id, id, user_id, webhook_id;
    int outcome;
    int64_t start_instant, end_instant;
    str response; /* JSON: WebhookCallResponse */
};
/* Declare a new event, and an attempt to send one, with its count in the event and what has become of it. */
MUST_USE enum err webhooklog_add(
    struct rq *rq, const struct tenant *tenant, struct webhooklog_event *event);
MUST_USE enum err webhooklog_add_attempt(struct rq *rq, const struct tenant *tenant,
    struct webhooklog_attempt *attempt, enum webhooklog_result result);

/* By id alone; *ret NULL when there is none. */
MUST_USE enum err webhooklog_load(struct rq *rq, struct uuid id, struct webhooklog_event **ret);
MUST_USE enum err webhooklog_load_attempt(
    struct rq *rq, struct uuid id, struct webhooklog_attempt **ret);
/* The attempts of an event, oldest first. */
MUST_USE enum err webhooklog_attempts(struct rq *rq, const struct webhooklog_event *event,
    struct webhooklog_attempt **ret, size_t *ret_count);
struct webhooklog_which {
    struct uuid tenant_id; /* nil: of all */
    struct uuid before;    /* those with ids below; nil: from the newest on */
    int64_t start;         /* of that instant or later */
};
/* Events, newest first. */
MUST_USE enum err webhooklog_list(struct rq *rq, const struct webhooklog_which *which, size_t max,
    struct webhooklog_event **ret, size_t *ret_count);

/* For a job: declares the end of at most max rows of before that instant, and how many. */
MUST_USE enum err webhooklog_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);
void webhooklog_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
