/* SPDX-License-Identifier: Apache-2.0 */
/* Mails about what is kept about people: by the template that somebody chose, else in words of ours, else none. A
 * template that cannot be rendered sends nothing. */
#include "model/letter/letter.h"

#include "codec/json.h"
#include "model/compose/compose.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/outbox/outbox.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

static enum err
compose(struct rq *rq, const struct letter *letter, const struct emailtemplate *template,
    struct outbox_mail *mail)
{
    static const struct field_texts none = {NULL, 0};
    struct compose_about about = {
        .tenant = letter->tenant, .user = letter->user, .address = letter->address};
    struct composed made;
    struct view view;
    enum err e = ERR_OK;

    if (letter->data.n && !json_parse(rq->arena, letter->data, &about.data, NULL)) {
        return FAIL_SERVER(rq);
    }
    e = compose_view(rq, &about, &view);
    if (e != ERR_OK) {
        return e;
    }
    compose_mail(
        rq->arena, template, letter->user ? &letter->user->languages : &none, &view, &made);
    if (made.fault_count > 0) {
        mail->to = NO_STR;
    }
    mail->from_email = template->from_email;
    mail->from_name = made.from_name;
    mail->subject = made.subject;
    mail->text = made.text;
    mail->html = made.html;
    return ERR_OK;
}

enum err
letter_put(struct rq *rq, const struct letter *letter)
{
    struct outbox_mail mail = {.to = letter->address.n || letter->user == NULL
                                         ? letter->address
                                         : user_address(rq->arena, letter->user),
        .subject = letter->subject,
        .text = letter->text};
    void *template = NULL;
    enum err e = ERR_OK;

    if (letter->user != NULL) {
        mail.user_id = letter->user->id;
    }
    if (!uuid_is_nil(letter->template_id)) {
        e = record_load(rq, &emailtemplate_kind, letter->template_id, &template);
    }
    if (e == ERR_OK && template != NULL) {
        e = compose(rq, letter, template, &mail);
    }
    if (e != ERR_OK || mail.to.n == 0 || (template == NULL && letter->text.n == 0)) {
        return e;
    }
    return outbox_put(rq, letter->tenant, &mail);
}
