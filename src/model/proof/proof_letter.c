/* SPDX-License-Identifier: Apache-2.0 */
/* The mails of this room: by the template of the application, else of the tenant, else by the catalogue's own texts, which
 * are there in the languages of the pages. A template that cannot be rendered does not keep a mail from going out. */
#include "model/compose/compose.h"
#include "model/letter/letter.h"
#include "model/outbox/outbox.h"
#include "model/page/page.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"

/* "en ar" for page_lang. */
static str
languages_of(struct rq *rq, const struct user *user)
{
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, 1024);
    for (size_t i = 0; i < user->languages.count; i++) {
        buf_fmt(&buf, STRF " ", STRV(user->languages.items[i]));
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

static str
base_of(const struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter)
{
    str base = tenant->base_url.n ? tenant->base_url : rq->house->base_url;

    if (letter->application != NULL && letter->application->base_url.n) {
        base = letter->application->base_url;
    }
    return base.n && base.p[base.n - 1] == '/' ? str_head(base, base.n - 1) : base;
}

static str
link_of(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter)
{
    str base = base_of(rq, tenant, letter);
    str tenant_id = uuid_text(rq->arena, tenant->id);
    str client = NO_STR;

    if (letter->application != NULL) {
        client = str_fmt(
            rq->arena, "&client_id=" STRF, STRV(uuid_text(rq->arena, letter->application->id)));
    }
    return str_fmt(rq->arena, STRF "%s" STRF "?tenantId=" STRF STRF, STRV(base), letter->kind->path,
        STRV(letter->text), STRV(tenant_id), STRV(client));
}

static bool
is_to_phone(struct rq *rq, const struct proof_letter *letter)
{
    return identity_is_phone(identity_normal(rq->arena, letter->to));
}

static enum err
put_message(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter,
    str subject, str text)
{
    return outbox_put(rq, tenant,
        &(struct outbox_mail){.user_id = letter->user->id,
            .way = OUTBOX_SMS,
            .to = letter->to,
            .subject = subject,
            .text = text});
}

static enum err
send_built_in(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter)
{
    str lang = page_lang(languages_of(rq, letter->user), NO_STR, NO_STR);
    bool has_code = letter->code.n > 0;
    str body_key =
        str_fmt(rq->arena, "mail.%s.%s", letter->kind->letter, has_code ? "code" : "text");
    str subject_key = str_fmt(rq->arena, "mail.%s.subject", letter->kind->letter);
    str args[] = {tenant->name, has_code ? letter->code : link_of(rq, tenant, letter)};
    str subject = page_text_fmt(rq->arena, lang, subject_key, args, COUNT(args));
    str body = page_text_fmt(rq->arena, lang, body_key, args, COUNT(args));

    arena_keep_secret(rq->arena);
    return is_to_phone(rq, letter) ? put_message(rq, tenant, letter, subject, body)
                                   : outbox_add(rq, tenant, letter->user, subject, body, NO_STR);
}

/* The application's, else the tenant's; nil: none. */
struct uuid
proof_mail_template(const struct tenant *tenant, const struct application *application, int which)
{
    static const struct uuid none = {{0}};

    if (which < 0) { /* registrations are an application's own */
        return application != NULL ? application->verification_template_id : none;
    }
    if (application != NULL && !uuid_is_nil(application->mail.templates.id[which])) {
        return application->mail.templates.id[which];
    }
    return tenant->mail.templates.id[which];
}

/* The same of templates of messages. */
struct uuid
proof_phone_template(const struct tenant *tenant, const struct application *application, int which)
{
    static const struct uuid none = {{0}};

    if (which < 0) {
        return none;
    }
    if (application != NULL && !uuid_is_nil(application->phone.template_id[which])) {
        return application->phone.template_id[which];
    }
    return tenant->phone.template_id[which];
}

/* What a template can name beside the person: FusionAuth's names. */
static enum err
write_data(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter,
    const struct json **ret)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("baseUrl"), base_of(rq, tenant, letter));
    json_put_str(&out, S("loginId"), user_login_id(letter->user));
    if (letter->kind != NULL) {
        json_put_str(&out, str_from(letter->kind->text_name), letter->text);
        json_put_str(&out, S("oneTimeCode"), letter->code);
        json_put_str(&out, S("verificationOneTimeCode"), letter->code);
    }
    if (letter->state.n) {
        json_put_raw(&out, S("state"), letter->state);
    }
    if (letter->event.n) {
        json_put_raw(&out, S("event"), letter->event);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) && json_parse(rq->arena, text, ret, NULL) ? ERR_OK
                                                                           : FAIL_SERVER(rq);
}

static enum err
describe(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter,
    struct compose_about *ret)
{
    *ret = (struct compose_about){
        .tenant = tenant, .application = letter->application, .user = letter->user};
    return write_data(rq, tenant, letter, &ret->data);
}

/* *ret_is_sent false when there is no such template, or it does not give a mail. */
static enum err
send_template(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter,
    struct uuid id, bool *ret_is_sent)
{
    struct outbox_mail mail = {.user_id = letter->user->id,
        /* What goes both ways has the number in to. */
        .to = letter->to.n && !is_to_phone(rq, letter) ? letter->to
                                                       : user_address(rq->arena, letter->user),
        .to_name = letter->user->full_name};
    struct compose_about about;
    enum letter_made made = LETTER_NO_TEMPLATE;
    enum err e = describe(rq, tenant, letter, &about);

    e = e ? e : letter_mail(rq, id, &about, &mail, &made);
    *ret_is_sent = e == ERR_OK && made == LETTER_MADE && mail.to.n > 0;
    return *ret_is_sent ? outbox_put(rq, tenant, &mail) : e;
}

/* The same of a message. */
static enum err
send_message(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter,
    struct uuid id, bool *ret_is_sent)
{
    struct outbox_mail message = {.user_id = letter->user->id, .way = OUTBOX_SMS, .to = letter->to};
    struct compose_about about;
    enum letter_made made = LETTER_NO_TEMPLATE;
    enum err e = describe(rq, tenant, letter, &about);

    e = e ? e : letter_message(rq, id, &about, &message, &made);
    *ret_is_sent = e == ERR_OK && made == LETTER_MADE;
    return *ret_is_sent ? outbox_put(rq, tenant, &message) : e;
}

enum err
proof_letter_send(struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter)
{
    bool is_phone = is_to_phone(rq, letter), is_sent = false;
    struct uuid id =
        is_phone ? proof_phone_template(tenant, letter->application, letter->kind->phone_template)
                 : proof_mail_template(tenant, letter->application, letter->kind->template);
    enum err e = ERR_OK;

    arena_keep_secret(rq->arena);
    if (!uuid_is_nil(id)) {
        e = (is_phone ? send_message : send_template)(rq, tenant, letter, id, &is_sent);
    }
    return e != ERR_OK || is_sent ? e : send_built_in(rq, tenant, letter);
}

enum err
proof_notice(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *user, struct uuid template_id)
{
    struct proof_letter letter = {.user = user, .application = application};
    bool is_sent;

    return send_template(rq, tenant, &letter, template_id, &is_sent);
}

enum err
proof_letter_mail(
    struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter, int which)
{
    struct uuid id = proof_mail_template(tenant, letter->application, which);
    bool is_sent;

    return uuid_is_nil(id) ? ERR_OK : send_template(rq, tenant, letter, id, &is_sent);
}

/* Where numbers are verified, one that is not may be a stranger's: nothing about the account goes there. */
enum err
proof_letter_message(
    struct rq *rq, const struct tenant *tenant, const struct proof_letter *letter, int which)
{
    struct uuid id = proof_phone_template(tenant, letter->application, which);
    bool is_sent;

    if (uuid_is_nil(id) || letter->to.n == 0
        || (tenant->phone.verifies && !letter->user->phone_verified)) {
        return ERR_OK;
    }
    return send_message(rq, tenant, letter, id, &is_sent);
}
