/* SPDX-License-Identifier: Apache-2.0 */
/* Mails and messages to be sent; both are called mails here.
 *
 *   WAITING -note_sent-> SENT;  WAITING -note_failure-> WAITING, later and later, at last GIVEN_UP
 *
 * Who sends a mail has claimed it: next_instant was moved from what was read, so of nodes that race
 * one does. A node that dies while it sends leaves the mail to be sent again when the claim ends. */
#include "model/outbox/outbox.h"

#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/user/user.h"
#include "model/user/user_sealed.h"

enum column { ID, USER, INSERTED, NEXT, SENT, ATTEMPTS, DETAIL };
#define NEVER INT64_MAX
#define KEPT_MS (7 * DAY_MS)
#define WAIT_MS (20 * SECOND_MS)
#define WAIT_MAX_MS (1 * HOUR_MS)
#define CLAIM_MS (2 * MINUTE_MS)               /* longer than a mail server is given to answer */
#define WAITING_MS (OUTBOX_KEPT_DAYS * DAY_MS) /* what no SMTP settings ever let go */

/* clang-format off */
#define M(member) FIELD_AT(struct outbox_mail, member)
static const struct field detail_fields[] = {
    {.name = "way",       .kind = FIELD_INT,   .offset = M(way), .max = OUTBOX_WAY_COUNT - 1},
    {.name = "code",      .kind = FIELD_TEXT,  .offset = M(code)},
    {.name = "to",        .kind = FIELD_TEXT,  .offset = M(to)},
    {.name = "toName",    .kind = FIELD_TEXT,  .offset = M(to_name)},
    {.name = "fromEmail", .kind = FIELD_TEXT,  .offset = M(from_email)},
    {.name = "fromName",  .kind = FIELD_TEXT,  .offset = M(from_name)},
    {.name = "cc",        .kind = FIELD_TEXTS, .offset = M(cc)},
    {.name = "bcc",       .kind = FIELD_TEXTS, .offset = M(bcc)},
    {.name = "subject",   .kind = FIELD_TEXT,  .offset = M(subject)},
    {.name = "text",      .kind = FIELD_TEXT,  .offset = M(text)},
    {.name = "html",      .kind = FIELD_TEXT,  .offset = M(html)},
};
static const struct field_table detail_table = FIELD_TABLE("MailDetail", detail_fields, struct outbox_mail, NULL);
/* clang-format on */

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"outbox", "detail", tenant->id, id};
}

enum err
outbox_put(struct rq *rq, const struct tenant *tenant, const struct outbox_mail *mail)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct uuid id = rq_new_id(rq);
    bytes detail;
    bool found;
    enum err e = user_key(rq, tenant, mail->user_id, &key, &found);

    if (e != ERR_OK || !found) {
        return e;
    }
    e = user_seal(rq, &key, detail_place(tenant, id), &detail_table, mail, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq->has_mail = true;
    rq_write(rq, OUTBOX_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_ID(&mail->user_id), DB_I64(rq->now),
            DB_BYTES(detail)));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
outbox_add(struct rq *rq, const struct tenant *tenant, const struct user *user, str subject,
    str text, str html)
{
    const struct outbox_mail mail = {.user_id = user->id,
        .to = user_address(rq->arena, user),
        .subject = subject,
        .text = text,
        .html = html};

    return mail.to.n ? outbox_put(rq, tenant, &mail) : ERR_OK;
}

/* *ret_found is false for a mail to somebody who was erased. */
static enum err
mail_from_row(struct rq *rq, const struct tenant *tenant, const struct db_row *row,
    struct outbox_mail *mail, bool *ret_found)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct uuid id = uuid_from(db_bytes(row, ID));
    enum err e = user_key(rq, tenant, uuid_from(db_bytes(row, USER)), &key, ret_found);

    if (e != ERR_OK || !*ret_found) {
        return e;
    }
    e = user_open(rq, &key, detail_place(tenant, id), db_bytes(row, DETAIL), &detail_table, mail);
    mail->id = id;
    mail->tenant_id = tenant->id;
    mail->user_id = uuid_from(db_bytes(row, USER));
    mail->insert_instant = db_i64(row, INSERTED);
    mail->next_instant = db_i64(row, NEXT);
    mail->sent_instant = db_i64(row, SENT);
    mail->attempts = db_i64(row, ATTEMPTS);
    return e;
}

enum err
outbox_list(struct rq *rq, const struct tenant *tenant, size_t max, struct outbox_mail **ret,
    size_t *ret_count)
{
    struct outbox_mail *mails = ARENA_ARRAY(rq->arena, max, struct outbox_mail);
    struct db_row *rows;
    size_t count = 0;
    bool found;
    enum err e = rq_read_all(rq, OUTBOX_BY_TENANT, max, &rows, DB_VALUES(DB_ID(&tenant->id)));

    if (e != ERR_OK || mails == NULL) {
        return e != ERR_OK ? e : FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        e = mail_from_row(rq, tenant, row, &mails[count], &found);
        if (e != ERR_OK) {
            return e;
        }
        count += found;
    }
    *ret = mails;
    *ret_count = count;
    return ERR_OK;
}

enum err
outbox_list_due(struct rq *rq, size_t max, struct outbox_due **ret, size_t *ret_count)
{
    struct outbox_due *due = ARENA_ARRAY(rq->arena, max, struct outbox_due);
    struct db_row *rows;
    size_t count = 0;
    enum err e =
        rq_read_all(rq, OUTBOX_DUE, max, &rows, DB_VALUES(DB_I64(rq->now), DB_I64((int64_t)max)));

    if (e != ERR_OK || due == NULL) {
        return e != ERR_OK ? e : FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        due[count++] = (struct outbox_due){uuid_from(db_bytes(row, 0)), uuid_from(db_bytes(row, 1)),
            db_i64(row, 2), db_i64(row, 3)};
    }
    *ret = due;
    *ret_count = count;
    return ERR_OK;
}

enum err
outbox_load(struct rq *rq, const struct tenant *tenant, struct uuid id, struct outbox_mail **ret)
{
    struct outbox_mail *mail = ARENA_NEW(rq->arena, struct outbox_mail);
    struct db_row *row;
    bool found;
    enum err e = rq_read(rq, OUTBOX_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret = NULL;
    if (e != ERR_OK || mail == NULL) {
        return e != ERR_OK ? e : FAIL_SERVER(rq);
    }
    if (row == NULL || db_i64(row, SENT) != 0) {
        return ERR_OK;
    }
    e = mail_from_row(rq, tenant, row, mail, &found);
    if (e == ERR_OK && found) {
        *ret = mail;
    }
    return e;
}

static enum err
count_between(struct rq *rq, int64_t from, int64_t to, uint64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(
        rq, OUTBOX_COUNT, &row, DB_VALUES(DB_I64(from), DB_I64(to), DB_I64(OUTBOX_COUNTED)));

    *ret = e == ERR_OK && row != NULL ? (uint64_t)db_i64(row, 0) : 0;
    return e;
}

enum err
outbox_count(struct rq *rq, uint64_t *ret_waiting, uint64_t *ret_given_up)
{
    enum err e = count_between(rq, 0, NEVER - 1, ret_waiting);

    return e ? e : count_between(rq, NEVER, NEVER, ret_given_up);
}

void
outbox_note_sent(struct rq *rq, const struct outbox_mail *mail)
{
    rq_write(rq, OUTBOX_NOTE_SENT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&mail->tenant_id), DB_ID(&mail->id), DB_I64(rq->now)));
    rq_count(rq, RQ_MAIL_SENT);
}

void
outbox_note_failure(struct rq *rq, const struct outbox_mail *mail)
{
    int64_t attempts = mail->attempts + 1;
    int64_t next =
        attempts >= OUTBOX_MAX_ATTEMPTS ? NEVER : rq->now + ((int64_t)MINUTE_MS << (attempts - 1));

    rq_write(rq, OUTBOX_NOTE_FAILURE, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&mail->tenant_id), DB_ID(&mail->id), DB_I64(next), DB_I64(mail->attempts)));
    rq_count(rq, next == NEVER ? RQ_MAIL_GIVEN_UP : RQ_MAIL_FAILED);
}

void
outbox_note_refusal(struct rq *rq, struct outbox_mail *mail)
{
    rq_write(rq, OUTBOX_NOTE_FAILURE, DB_ANY, ERR_OK,
        DB_VALUES(
            DB_ID(&mail->tenant_id), DB_ID(&mail->id), DB_I64(NEVER), DB_I64(mail->attempts)));
    rq_count(rq, RQ_MAIL_GIVEN_UP);
}

static void
claim(struct rq *rq, const struct outbox_due *due, int64_t until)
{
    rq_write(rq, OUTBOX_CLAIM, DB_ONE, ERR_AGAIN,
        DB_VALUES(
            DB_ID(&due->tenant_id), DB_ID(&due->id), DB_I64(until), DB_I64(due->next_instant)));
}

void
outbox_claim(struct rq *rq, const struct outbox_due *due)
{
    claim(rq, due, rq->now + CLAIM_MS);
}

/* The older, the longer: a mail that waits for a month is not looked at a hundred thousand times. */
void
outbox_postpone(struct rq *rq, const struct outbox_due *due)
{
    int64_t wait_ms = (rq->now - due->insert_instant) / 8;

    claim(rq, due, rq->now + MIN(MAX(wait_ms, WAIT_MS), WAIT_MAX_MS));
}

void
outbox_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, OUTBOX_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

/* Sent ones first; then the hopeless: given up, or never let go for want of SMTP settings. */
enum err
outbox_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct uuid given_up = job_first_id(rq->now - KEPT_MS);
    const struct uuid oldest = job_first_id(rq->now - WAITING_MS);
    const struct db_value sent[] = {DB_I64(rq->now - KEPT_MS)};
    const struct db_value hopeless[] = {DB_ID(&given_up), DB_ID(&oldest), DB_I64(NEVER)};
    const struct job_rows first = {OUTBOX_SENT_BEFORE, OUTBOX_SENT_SWEEP, sent, 1};
    const struct job_rows second = {OUTBOX_HOPELESS, OUTBOX_HOPELESS_SWEEP, hopeless, 3};
    enum err e = job_sweep(rq, &first, max, ret_count);

    return e || *ret_count ? e : job_sweep(rq, &second, max, ret_count);
}
