/* SPDX-License-Identifier: Apache-2.0 */
/* A mail's way out: claimed in a set of its own, sent, noted. What is claimed and not noted, because
 * the process died, is sent again when the claim has run out: at least once, and once as a rule. */
#include "app/mailer.h"

#include "app/house.h"
#include "io/mail/mail.h"
#include "model/cache/cache.h"
#include "model/eventlog/eventlog.h"
#include "model/outbox/outbox.h"
#include "model/tenant/tenant.h"

enum { STEP_ARENA = 4 * 1024 * 1024, MAX_MAILS = 20, MAX_BATCHES = 50 };

static const struct mail_extra *
extra_of(const struct tenant *tenant, struct arena *arena)
{
    const struct mail_header *headers = tenant->mail.headers.items;
    size_t count = tenant->mail.headers.count;
    struct mail_extra *extra = ARENA_ARRAY(arena, count, struct mail_extra);

    for (size_t i = 0; extra != NULL && i < count; i++) {
        extra[i] = (struct mail_extra){headers[i].name, headers[i].value};
    }
    return extra;
}

static struct mail
mail_of(const struct tenant *tenant, struct arena *arena, const struct outbox_mail *queued)
{
    str from_name = tenant->mail.from_name.n ? tenant->mail.from_name : tenant->name;

    return (struct mail){
        .from_address = queued->from_email.n ? queued->from_email : tenant->mail.from_email,
        .from_name = queued->from_name.n ? queued->from_name : from_name,
        .to_address = queued->to,
        .to_name = queued->to_name,
        .cc = queued->cc.items,
        .cc_count = queued->cc.count,
        .bcc = queued->bcc.items,
        .bcc_count = queued->bcc.count,
        .extra = extra_of(tenant, arena),
        .extra_count = tenant->mail.headers.count,
        .subject = queued->subject,
        .text = queued->text,
        .html = queued->html,
        .message_id = uuid_text(arena, queued->id),
        .date_ms = queued->insert_instant,
    };
}

static struct mail_server
server_of(const struct tenant *tenant)
{
    static const enum mail_security securities[] = {
        MAIL_PLAIN, MAIL_TLS, MAIL_STARTTLS}; /* NONE, SSL, TLS */

    return (struct mail_server){
        .host = tenant->mail.host,
        .port = (int)tenant->mail.port,
        .security = securities[tenant->mail.security],
        .username = tenant->mail.username,
        .password = tenant->mail.password,
    };
}

/* Who runs the tenant is to know; whom the mail was for stays out of it. */
static enum err
tell(struct rq *rq, const struct tenant *tenant, const char *what)
{
    str text = str_fmt(rq->arena, "The mail server " STRF ":%lld %s", STRV(tenant->mail.host),
        (long long)tenant->mail.port, what);

    return eventlog_add(rq, tenant, EVENTLOG_ERROR, text);
}

static enum err
send_and_note(struct rq *rq, const struct tenant *tenant, struct outbox_mail *queued)
{
    struct mail mail = mail_of(tenant, rq->arena, queued);
    struct mail_server server = server_of(tenant);
    enum err e = ERR_OK;

    switch (mail_send(rq->arena, &server, &mail)) {
    case MAIL_SENT:
        outbox_note_sent(rq, queued);
        break;
    case MAIL_REFUSED:
        outbox_note_refusal(rq, queued);
        e = tell(rq, tenant, "refused a mail: it is not tried again.");
        break;
    case MAIL_FAILED:
        outbox_note_failure(rq, queued);
        e = tell(rq, tenant, "did not take a mail now: it is tried again.");
        break;
    }
    return e ? e : house_commit(rq);
}

/* *ret_is_ours: claimed, and its tenant has SMTP settings. Without them it waits, and the demo shows
 * it. ERR_AGAIN is no fault: another node has the mail. */
static enum err
take(struct rq *rq, const struct outbox_due *due, bool *ret_is_ours)
{
    const struct tenant *tenant;
    enum err e = tenant_load(rq, due->tenant_id, &tenant);
    bool has_settings;

    *ret_is_ours = false;
    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    has_settings = tenant->mail.host.n > 0 && tenant->mail.from_email.n > 0;
    (has_settings ? outbox_claim : outbox_postpone)(rq, due);
    e = house_commit(rq);
    *ret_is_ours = has_settings && e == ERR_OK;
    return e == ERR_AGAIN ? ERR_OK : e;
}

static enum err
deliver(struct rq *rq, const struct outbox_due *due)
{
    const struct tenant *tenant;
    struct outbox_mail *queued;
    enum err e = tenant_load(rq, due->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    e = outbox_load(rq, tenant, due->id, &queued);
    return e != ERR_OK || queued == NULL ? e : send_and_note(rq, tenant, queued);
}

/* Two sets, so two requests of the house: the claim is on disk before the mail leaves. */
static enum err
send_one(struct house *house, const struct outbox_due *due)
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;
    bool is_ours;
    enum err e;

    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(house, arena, &rq);
    e = take(&rq, due, &is_ours);
    cache_end_request(&rq);
    if (e != ERR_OK || !is_ours) {
        return e;
    }
    house_begin(house, arena, &rq);
    e = deliver(&rq, due);
    cache_end_request(&rq);
    return e;
}

static enum err
send_batch(struct house *house, size_t *ret_count)
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct outbox_due *due;
    struct rq rq;
    enum err e;

    *ret_count = 0;
    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(house, arena, &rq);
    e = outbox_list_due(&rq, MAX_MAILS, &due, ret_count);
    cache_end_request(&rq);
    for (size_t i = 0; e == ERR_OK && i < *ret_count; i++) {
        e = send_one(house, &due[i]);
    }
    return e;
}

/* Batch after batch, so that the many mails of one tenant do not hold up another's for a turn. */
enum err
mailer_send(struct house *house)
{
    size_t count = MAX_MAILS;
    enum err e = ERR_OK;

    for (int batch = 0; e == ERR_OK && count == MAX_MAILS && batch < MAX_BATCHES; batch++) {
        e = send_batch(house, &count);
    }
    return e;
}
