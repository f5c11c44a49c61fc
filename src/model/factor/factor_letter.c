/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of this room: by the template of the application, else of the tenant, else by the catalogue's own text,
 * which is there in the languages of the pages. A template that cannot be rendered does not keep a code from going
 * out. */
#include "model/application/application.h"
#include "model/compose/compose.h"
#include "model/factor/factor_challenge.h"
#include "model/factor/factor_internal.h"
#include "model/letter/letter.h"
#include "model/outbox/outbox.h"
#include "model/page/page.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

static struct uuid
first_of(struct uuid a, struct uuid b)
{
    return uuid_is_nil(a) ? b : a;
}

static struct uuid
code_template(const struct tenant *tenant, const struct factor_letter *letter)
{
    static const struct app_factor_config none;
    const struct app_factor_config *app =
        letter->application ? &letter->application->factor : &none;

    if (letter->to->method == FACTOR_EMAIL) {
        return first_of(app->email.template_id, tenant->factor.email.template_id);
    }
    return letter->is_voice ? first_of(app->voice.template_id, tenant->factor.voice.template_id)
                            : first_of(app->sms.template_id, tenant->factor.sms.template_id);
}

/* "1 2 3": read aloud as what it is, not as one number. */
static str
spoken(struct rq *rq, str code)
{
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, 2 * FACTOR_CODE_MAX);
    for (size_t i = 0; i < code.n; i++) {
        buf_str(&buf, i ? S(" ") : NO_STR);
        buf_char(&buf, code.p[i]);
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* What a template can name beside the person: FusionAuth's names. */
static enum err
describe(struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter,
    struct compose_about *ret)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    if (letter->code.n) {
        json_put_str(&out, S("code"), letter->code);
        json_put_str(&out, S("spokenCode"), spoken(rq, letter->code));
    }
    json_put_given(&out, S("email"), letter->to->email);
    json_put_given(&out, S("mobilePhone"), letter->to->mobile_phone);
    json_out_name(&out, S("method"));
    json_out_object(&out);
    json_put_str(&out, S("id"), letter->to->id);
    json_put_str(&out, S("method"), str_from(factor_methods[letter->to->method]));
    json_put_str(&out, S("name"), letter->to->name);
    json_out_object_end(&out);
    json_out_object_end(&out);
    *ret = (struct compose_about){
        .tenant = tenant, .application = letter->application, .user = letter->user};
    return buf_done(&buf, &text) && json_parse(rq->arena, text, &ret->data, NULL) ? ERR_OK
                                                                                  : FAIL_SERVER(rq);
}

/* By mail, or else by message; mail keeps its address. */
static enum err
make(struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter,
    struct uuid template_id, struct outbox_mail *mail, bool *ret_made)
{
    struct compose_about about;
    enum letter_made made = LETTER_NO_TEMPLATE;
    enum err e = describe(rq, tenant, letter, &about);

    if (e == ERR_OK) {
        e = (mail->way == OUTBOX_MAIL ? letter_mail : letter_message)(
            rq, template_id, &about, mail, &made);
    }
    *ret_made = made == LETTER_MADE;
    return e;
}

static void
make_built_in(struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter,
    struct outbox_mail *mail)
{
    const struct field_texts *languages = &letter->user->languages;
    str lang =
        page_lang(str_join(rq->arena, languages->items, languages->count, S(" ")), NO_STR, NO_STR);
    str args[] = {tenant->name, letter->is_voice ? spoken(rq, letter->code) : letter->code};

    mail->subject = page_text_fmt(rq->arena, lang, S("mail.factor.subject"), args, COUNT(args));
    mail->text = page_text_fmt(rq->arena, lang, S("mail.factor.text"), args, COUNT(args));
}

enum err
factor_letter_send(struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter)
{
    bool is_mail = letter->to->method == FACTOR_EMAIL, is_made = false;
    str phone = is_mail ? NO_STR : identity_phone(rq->arena, letter->to->mobile_phone);
    struct outbox_mail mail = {
        .user_id = letter->user->id, .to = is_mail ? letter->to->email : phone};
    struct uuid id = code_template(tenant, letter);
    enum err e = ERR_OK;

    arena_keep_secret(rq->arena);
    if (!is_mail) {
        mail.way = letter->is_voice ? OUTBOX_FACTOR_VOICE : OUTBOX_FACTOR_SMS;
        mail.code = letter->code;
    }
    if (!uuid_is_nil(id)) {
        e = make(rq, tenant, letter, id, &mail, &is_made);
    }
    if (e == ERR_OK && !is_made) {
        make_built_in(rq, tenant, letter, &mail);
    }
    return e ? e : outbox_put(rq, tenant, &mail);
}

/* To the person's number, if there is a template for it; where numbers are verified, to one that is. */
static enum err
tell_number(
    struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter, int which)
{
    int phone = which == MAIL_TEMPLATE_TWO_FACTOR_ADD ? PHONE_TEMPLATE_TWO_FACTOR_ADD
                                                      : PHONE_TEMPLATE_TWO_FACTOR_REMOVE;
    struct uuid own =
        letter->application ? letter->application->phone.template_id[phone] : (struct uuid){{0}};
    struct uuid id = first_of(own, tenant->phone.template_id[phone]);
    const struct user *user = letter->user;
    struct outbox_mail mail = {.way = OUTBOX_SMS, .user_id = user->id, .to = user->phone_number};
    bool is_made = false;
    enum err e = ERR_OK;

    if (!uuid_is_nil(id) && mail.to.n && (user->phone_verified || !tenant->phone.verifies)) {
        e = make(rq, tenant, letter, id, &mail, &is_made);
    }
    return e || !is_made ? e : outbox_put(rq, tenant, &mail);
}

enum err
factor_notice(
    struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter, int which)
{
    struct uuid own =
        letter->application ? letter->application->mail.templates.id[which] : (struct uuid){{0}};
    struct uuid id = first_of(own, tenant->mail.templates.id[which]);
    struct outbox_mail mail = {.user_id = letter->user->id,
        .to = user_address(rq->arena, letter->user),
        .to_name = letter->user->full_name};
    bool is_made = false;
    enum err e = ERR_OK;

    if (!uuid_is_nil(id) && mail.to.n) {
        e = make(rq, tenant, letter, id, &mail, &is_made);
    }
    if (e == ERR_OK && is_made) {
        e = outbox_put(rq, tenant, &mail);
    }
    return e ? e : tell_number(rq, tenant, letter, which);
}
