/* SPDX-License-Identifier: Apache-2.0 */
/* The way out of a mail, or of a message to a telephone: claimed in a set of its own, sent, noted. What is claimed and not noted, because
 * the process died, is sent again when the claim has run out: at least once, and once as a rule. */
#include "app/mailer.h"

#include "app/house.h"
#include "io/mail/mail.h"
#include "model/cache/cache.h"
#include "model/eventlog/eventlog.h"
#include "model/messenger/messenger.h"
#include "model/outbox/outbox.h"
#include "model/tenant/tenant.h"

enum {
    STEP_ARENA = 4 * 1024 * 1024,
    MAX_MAILS = 20,
    MAX_BATCHES = 50,
    MAX_SILENT = 64,
    SILENT_MS = 1000
};

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
        .from_name = mail_one_line(arena, queued->from_name.n ? queued->from_name : from_name),
        .to_address = queued->to,
        .to_name = mail_one_line(arena, queued->to_name),
        .cc = queued->cc.items,
        .cc_count = queued->cc.count,
        .bcc = queued->bcc.items,
        .bcc_count = queued->bcc.count,
        .extra = extra_of(tenant, arena),
        .extra_count = tenant->mail.headers.count,
        .subject = mail_one_line(arena, queued->subject),
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

/* -- one that was claimed -- */

static bool
is_message(const struct outbox_mail *queued)
{
    return queued->way != OUTBOX_MAIL;
}

/* The messenger of the tenant that carries this; nil: none does. */
static struct uuid
messenger_of(const struct tenant *tenant, const struct outbox_mail *queued)
{
    const struct uuid none = {{0}};
    const struct uuid of_way[OUTBOX_WAY_COUNT] = {
        [OUTBOX_SMS] = tenant->phone.messenger_id,
        [OUTBOX_FACTOR_SMS] = tenant->factor.sms.messenger_id,
        [OUTBOX_FACTOR_VOICE] = tenant->factor.voice.messenger_id,
    };

    return queued->way >= 0 && queued->way < OUTBOX_WAY_COUNT ? of_way[queued->way] : none;
}

struct trial { /* what came of sending one; what: after the name of who was asked */
    enum mail_verdict verdict;
    str who, what;
    bool is_told; /* also when it was sent */
};

static void
try_mail(
    struct rq *rq, const struct tenant *tenant, const struct outbox_mail *queued, struct trial *ret)
{
    struct mail mail = mail_of(tenant, rq->arena, queued);
    struct mail_server server = server_of(tenant);

    *ret = (struct trial){.verdict = mail_send(rq->arena, &server, &mail)};
    ret->who = str_fmt(rq->arena, "The mail server " STRF ":%lld", STRV(tenant->mail.host),
        (long long)tenant->mail.port);
    ret->what = ret->verdict == MAIL_REFUSED ? S("refused a mail") : S("did not take a mail now");
}

static enum err
try_message(
    struct rq *rq, const struct tenant *tenant, const struct outbox_mail *queued, struct trial *ret)
{
    static const enum mail_verdict verdicts[] = {[MESSENGER_SENT] = MAIL_SENT,
        [MESSENGER_REFUSED] = MAIL_REFUSED,
        [MESSENGER_FAILED] = MAIL_FAILED};
    const struct messenger_text text = {.id = queued->id,
        .user_id = queued->user_id,
        .phone = queued->to,
        .text = queued->text,
        .code = queued->code,
        .is_voice = queued->way == OUTBOX_FACTOR_VOICE};
    struct messenger *messenger = NULL;
    enum err e =
        record_load(rq, &messenger_kind, messenger_of(tenant, queued), (void **)&messenger);

    if (e != ERR_OK) {
        return e;
    }
    *ret = (struct trial){.verdict = MAIL_FAILED, S("A messenger"), S("is not there any more")};
    if (messenger != NULL) {
        ret->verdict = verdicts[messenger_send(rq, messenger, &text, &ret->what)];
        ret->who = str_fmt(rq->arena, "The messenger \"" STRF "\"", STRV(messenger->name));
        ret->is_told = messenger->debug;
    }
    return ERR_OK;
}

/* Who runs the tenant is to know; whom it was for and what it said stay out of it. */
static enum err
tell(struct rq *rq, const struct tenant *tenant, const struct trial *trial)
{
    static const char *const next[] = {[MAIL_SENT] = ".",
        [MAIL_REFUSED] = ": it is not tried again.",
        [MAIL_FAILED] = ": it is tried again."};
    bool is_sent = trial->verdict == MAIL_SENT;

    return is_sent && !trial->is_told
               ? ERR_OK
               : eventlog_add(rq, tenant, is_sent ? EVENTLOG_DEBUG : EVENTLOG_ERROR,
                   str_fmt(rq->arena, STRF " " STRF "%s", STRV(trial->who), STRV(trial->what),
                       next[trial->verdict]));
}

static enum err
send_and_note(
    struct rq *rq, const struct tenant *tenant, struct outbox_mail *queued, enum mail_verdict *ret)
{
    struct trial trial;
    enum err e = ERR_OK;

    if (is_message(queued)) {
        e = try_message(rq, tenant, queued, &trial);
    } else {
        try_mail(rq, tenant, queued, &trial);
    }
    if (e != ERR_OK) {
        return e;
    }
    *ret = trial.verdict;
    switch (trial.verdict) {
    case MAIL_SENT:
        outbox_note_sent(rq, queued);
        break;
    case MAIL_REFUSED:
        outbox_note_refusal(rq, queued);
        break;
    case MAIL_FAILED:
        outbox_note_failure(rq, queued);
        break;
    }
    e = tell(rq, tenant, &trial);
    return e ? e : house_commit(rq);
}

/* -- whose turn it is -- */

/* Who did not answer for a while is left alone for the rest of the turn, so that others' mails do not wait for it, too. */
struct turn {
    struct house *house;
    struct uuid silent[MAX_SILENT];
    size_t silent_count;
};

static bool
is_silent(const struct turn *turn, struct uuid way)
{
    for (size_t i = 0; i < turn->silent_count; i++) {
        if (uuid_eq(turn->silent[i], way)) {
            return true;
        }
    }
    return false;
}

/* By which server or messenger it would go; nil: the tenant has none. */
static struct uuid
way_of(const struct tenant *tenant, const struct outbox_mail *queued)
{
    const struct uuid none = {{0}};

    if (is_message(queued)) {
        return messenger_of(tenant, queued);
    }
    return tenant->mail.host.n > 0 && tenant->mail.from_email.n > 0 ? tenant->id : none;
}

struct errand { /* one mail that is due */
    struct turn *turn;
    const struct outbox_due *due;
    struct uuid way; /* nil: nothing carries it now */
};

/* A request of the house of its own, on memory of its own. */
static enum err
in_request(struct errand *errand, enum err (*what)(struct errand *errand, struct rq *rq))
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;
    enum err e;

    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(errand->turn->house, arena, &rq);
    e = what(errand, &rq);
    cache_end_request(&rq);
    return e;
}

static enum err
look(struct errand *errand, struct rq *rq)
{
    const struct tenant *tenant;
    struct outbox_mail *queued;
    struct uuid way;
    enum err e = tenant_load(rq, errand->due->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    e = outbox_load(rq, tenant, errand->due->id, &queued);
    if (e != ERR_OK || queued == NULL) {
        return e;
    }
    way = way_of(tenant, queued);
    if (!is_silent(errand->turn, way)) {
        errand->way = way;
    }
    return ERR_OK;
}

/* What has nobody to carry it waits, and the demo shows it; so does what cannot be read, which then holds up nothing
 * that is behind it. */
static enum err
hold(struct errand *errand, struct rq *rq)
{
    (uuid_is_nil(errand->way) ? outbox_postpone : outbox_claim)(rq, errand->due);
    return house_commit(rq);
}

static enum err
deliver(struct errand *errand, struct rq *rq)
{
    struct turn *turn = errand->turn;
    int64_t began_ms = clock_steady_ms();
    enum mail_verdict verdict = MAIL_SENT;
    const struct tenant *tenant;
    struct outbox_mail *queued;
    enum err e = tenant_load(rq, errand->due->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    e = outbox_load(rq, tenant, errand->due->id, &queued);
    if (e != ERR_OK || queued == NULL) {
        return e;
    }
    e = send_and_note(rq, tenant, queued, &verdict);
    if (verdict == MAIL_FAILED && clock_steady_ms() - began_ms >= SILENT_MS
        && turn->silent_count < MAX_SILENT) {
        turn->silent[turn->silent_count++] = errand->way;
    }
    return e;
}

/* The claim is on disk before the mail leaves. ERR_AGAIN is no fault: another node has the mail. */
static enum err
send_one(struct turn *turn, const struct outbox_due *due)
{
    struct errand errand = {.turn = turn, .due = due};
    enum err looked = in_request(&errand, look), e = in_request(&errand, hold);

    if (looked != ERR_OK || e != ERR_OK) {
        return looked ? looked : (e == ERR_AGAIN ? ERR_OK : e);
    }
    return uuid_is_nil(errand.way) ? ERR_OK : in_request(&errand, deliver);
}

static enum err
send_batch(struct turn *turn, size_t *ret_count)
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct outbox_due *due;
    struct rq rq;
    enum err e;

    *ret_count = 0;
    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(turn->house, arena, &rq);
    e = outbox_list_due(&rq, MAX_MAILS, &due, ret_count);
    cache_end_request(&rq);
    for (size_t i = 0; e == ERR_OK && i < *ret_count; i++) {
        e = send_one(turn, &due[i]);
    }
    return e;
}

/* For metrics, which read nothing of the database themselves. */
static enum err
note_counts(struct house *house)
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    uint64_t waiting = 0, given_up = 0;
    struct rq rq;
    enum err e;

    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(house, arena, &rq);
    e = outbox_count(&rq, &waiting, &given_up);
    cache_end_request(&rq);
    if (e == ERR_OK && house->counts != NULL) {
        atomic_store(&house->counts->mails_waiting, waiting);
        atomic_store(&house->counts->mails_given_up, given_up);
    }
    return e;
}

/* Batch after batch, so that the many mails of one tenant do not hold up another's for a turn. */
enum err
mailer_send(struct house *house)
{
    struct turn turn = {.house = house};
    size_t count = MAX_MAILS;
    enum err e = ERR_OK;

    for (int batch = 0; e == ERR_OK && count == MAX_MAILS && batch < MAX_BATCHES; batch++) {
        e = send_batch(&turn, &count);
    }
    return e ? e : note_counts(house);
}
