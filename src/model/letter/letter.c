/* SPDX-License-Identifier: Apache-2.0 */
/* Mails about what is kept about people: by the template that somebody chose, else in words of ours, else none. A
 * template that cannot be rendered sends nothing. */
#include "model/letter/letter.h"

#include "codec/json.h"
#include "model/compose/compose.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/outbox/outbox.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

/* The stored template, and what it may name; *ret NULL when there is none. */
static enum err
begin(struct rq *rq, const struct record_kind *kind, struct uuid id,
    const struct compose_about *about, struct view *view, void **ret)
{
    enum err e = record_load(rq, kind, id, ret);

    return e || *ret == NULL ? e : compose_view(rq, about, view);
}

static const struct field_texts *
languages_of(const struct compose_about *about)
{
    static const struct field_texts none = {NULL, 0};

    return about->user ? &about->user->languages : &none;
}

enum err
letter_mail(struct rq *rq, struct uuid template_id, const struct compose_about *about,
    struct outbox_mail *mail, enum letter_made *ret)
{
    const struct emailtemplate *template;
    struct composed made;
    struct view view;
    void *thing = NULL;
    enum err e = begin(rq, &emailtemplate_kind, template_id, about, &view, &thing);

    *ret = LETTER_NO_TEMPLATE;
    if (e != ERR_OK || thing == NULL) {
        return e;
    }
    template = thing;
    compose_mail(rq->arena, template, languages_of(about), &view, &made);
    *ret = made.fault_count == 0 ? LETTER_MADE : LETTER_BROKEN;
    if (*ret == LETTER_MADE) {
        mail->from_email = template->from_email;
        mail->from_name = made.from_name;
        mail->subject = made.subject;
        mail->text = made.text;
        mail->html = made.html;
    }
    return ERR_OK;
}

enum err
letter_message(struct rq *rq, struct uuid template_id, const struct compose_about *about,
    struct outbox_mail *message, enum letter_made *ret)
{
    struct composed made;
    struct view view;
    void *thing = NULL;
    enum err e = begin(rq, &messagetemplate_kind, template_id, about, &view, &thing);

    *ret = LETTER_NO_TEMPLATE;
    if (e != ERR_OK || thing == NULL) {
        return e;
    }
    compose_message(rq->arena, thing, languages_of(about), &view, &made);
    *ret = made.fault_count == 0 && made.text.n > 0 ? LETTER_MADE : LETTER_BROKEN;
    if (*ret == LETTER_MADE) {
        message->text = made.text;
    }
    return ERR_OK;
}

enum err
letter_put(struct rq *rq, const struct letter *letter)
{
    struct compose_about about = {
        .tenant = letter->tenant, .user = letter->user, .address = letter->address};
    struct outbox_mail mail = {.to = letter->address.n || letter->user == NULL
                                         ? letter->address
                                         : user_address(rq->arena, letter->user),
        .subject = letter->subject,
        .text = letter->text};
    enum letter_made made = LETTER_NO_TEMPLATE;
    enum err e = ERR_OK;

    if (letter->user != NULL) {
        mail.user_id = letter->user->id;
    }
    if (letter->data.n && !json_parse(rq->arena, letter->data, &about.data, NULL)) {
        return FAIL_SERVER(rq);
    }
    if (!uuid_is_nil(letter->template_id)) {
        e = letter_mail(rq, letter->template_id, &about, &mail, &made);
    }
    if (e != ERR_OK || mail.to.n == 0 || made == LETTER_BROKEN
        || (made == LETTER_NO_TEMPLATE && letter->text.n == 0)) {
        return e;
    }
    return outbox_put(rq, letter->tenant, &mail);
}
