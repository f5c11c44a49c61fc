/* SPDX-License-Identifier: Apache-2.0 */
/* Basic self-registration: the fields the application's registrationConfiguration asks for, and
 * nothing else of what is posted (no role, no id, no verified mark: ASVS V8.2.3). */
#include "flow/signin/signin_internal.h"
#include "model/breach/breach.h"
#include "model/event/event.h"
#include "model/outbox/outbox.h"
#include "model/proof/proof.h"
#include "model/user/user_verified.h"

#define ROW(field, member)                                                                         \
    {                                                                                              \
        field, offsetof(struct registration_config, member), offsetof(struct user, member)         \
    }
const struct signin_row signin_rows[SIGNIN_ROWS] = {
    ROW(PAGE_FIELD_FIRST_NAME, first_name),
    ROW(PAGE_FIELD_MIDDLE_NAME, middle_name),
    ROW(PAGE_FIELD_LAST_NAME, last_name),
    ROW(PAGE_FIELD_FULL_NAME, full_name),
    ROW(PAGE_FIELD_BIRTH_DATE, birth_date),
    ROW(PAGE_FIELD_MOBILE_PHONE, mobile_phone),
};
static const enum page_field id_fields[] = {
    [LOGIN_ID_EMAIL] = PAGE_FIELD_EMAIL,
    [LOGIN_ID_PHONE] = PAGE_FIELD_PHONE,
    [LOGIN_ID_USERNAME] = PAGE_FIELD_USERNAME,
};

const struct requirable *
signin_asked(const struct registration_config *config, const struct signin_row *row)
{
    return (const struct requirable *)(const void *)((const char *)config + row->asked_at);
}

static str
posted(const struct visit *visit, enum page_field field)
{
    return visit->form ? form_get(visit->form, page_field_name(field)) : NO_STR;
}

void
signin_add_field(struct visit *visit, struct page *page, enum page_field field, bool is_required)
{
    page_add_field(page, field, str_head(posted(visit, field), 255),
        signin_error_of(visit->rq, visit->a->tenant, page_field_name(field)), is_required);
}

static enum err
render(struct visit *visit)
{
    const struct registration_config *config = &visit->a->application->registration;
    struct page page;

    if (!config->enabled) {
        return FAIL(visit->rq, ERR_FORBIDDEN, NULL,
            "does not let people register themselves: ask its owner for an account");
    }
    if (!signin_page(visit, PAGE_REGISTER, &signin_register, &page)) {
        return FAIL_SERVER(visit->rq);
    }
    page_url(&page, NULL, S("signin_url"),
        authorization_link(visit->rq, visit->a, S("/oauth2/authorize")));
    signin_add_field(visit, &page, id_fields[config->login_id_type], true);
    for (size_t i = 0; i < SIGNIN_ROWS; i++) {
        const struct requirable *asked = signin_asked(config, &signin_rows[i]);
        if (asked->enabled) {
            signin_add_field(visit, &page, signin_rows[i].field, asked->required);
        }
    }
    signin_add_field(visit, &page, PAGE_FIELD_NEW_PASSWORD, true);
    if (config->confirms_password) {
        signin_add_field(visit, &page, PAGE_FIELD_CONFIRM, true);
    }
    signin_add_rules(visit->rq, visit->a->tenant, &page);
    signin_add_captcha(visit, &page, "register");
    return signin_show(visit, &signin_register, &page);
}

void
signin_put_field(struct visit *visit, struct field_reader *reader, enum page_field field,
    bool is_required, struct json_out *out)
{
    str value = str_trim(posted(visit, field));

    if (value.n) {
        json_put_str(out, str_skip(page_field_name(field), 5 /* "user." */), value);
    } else if (is_required) {
        field_fault(
            reader, str_z(visit->rq->arena, page_field_name(field)), "blank", "Fill this in.");
    }
}

/* Only what the application asks for becomes a user, read by the same table as the API's. */
static bool
read_user(struct visit *visit, struct field_reader *reader, struct user *ret)
{
    const struct registration_config *config = &visit->a->application->registration;
    const struct json *json;
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(visit->rq, &buf, &out);
    json_out_object(&out);
    signin_put_field(visit, reader, id_fields[config->login_id_type], false, &out);
    for (size_t i = 0; i < SIGNIN_ROWS; i++) {
        const struct requirable *asked = signin_asked(config, &signin_rows[i]);
        if (asked->enabled) {
            signin_put_field(visit, reader, signin_rows[i].field, asked->required, &out);
        }
    }
    json_out_object_end(&out);
    field_defaults(visit->rq->arena, &user_table, ret);
    if (!buf_done(&buf, &text) || !json_parse(visit->rq->arena, text, &json, NULL)
        || !field_read(reader, &user_table, FIELD_CREATE, json, S("user"), ret)) {
        return false;
    }
    user_settle(visit->rq->arena, ret);
    user_settle_verified(visit->rq->arena, visit->a->tenant, NULL, ret);
    return reader->faults->count == 0;
}

static void
check_password(struct visit *visit, struct field_reader *reader, struct user *user)
{
    user->password = posted(visit, PAGE_FIELD_NEW_PASSWORD);
    user_check_password(reader, visit->a->tenant, user, "user");
    if (visit->a->application->registration.confirms_password
        && !ct_eq(str_bytes(user->password), str_bytes(posted(visit, PAGE_FIELD_CONFIRM)))) {
        field_fault(reader, str_z(visit->rq->arena, page_field_name(PAGE_FIELD_CONFIRM)),
            "notEqual", "Enter the same password twice.");
    }
}

static enum err
create(struct visit *visit, struct user *user)
{
    struct event event = {"user.create", user->id, visit->a->application->id, NO_STR};
    struct rq *rq = visit->rq;
    const struct tenant *tenant = visit->a->tenant;
    str subject = page_text_fmt(rq->arena, rq->lang, S("mail.welcome.subject"), &tenant->name, 1);
    str text = page_text_fmt(rq->arena, rq->lang, S("mail.welcome.text"), &tenant->name, 1);
    struct proof_sent sent;
    enum err e = user_set_password(rq, tenant, user);

    e = e ? e : user_create(rq, tenant, user);
    e = e ? e : event_add(rq, tenant, &event);
    e = e ? e : outbox_add(rq, tenant, user, subject, text, NO_STR);
    e = e ? e : proof_account(rq, tenant, visit->a->application, NULL, user, &sent);
    visit->user = user;
    visit->mailed[GATE_EMAIL] = sent.email;
    visit->mailed[GATE_PHONE] = sent.phone;
    return e ? e : signin_proved(visit, NO_STR, NO_STR);
}

/* What only the database, or another server, can tell of somebody new. */
static enum err
check_new(struct visit *visit, struct field_reader *reader, struct user *user)
{
    struct rq *rq = visit->rq;
    enum err e = rq_needs_hash(rq);

    user->id = rq_new_id(rq);
    e = e ? e : user_check_taken(rq, visit->a->tenant, NULL, user, reader, "user");
    if (e == ERR_OK && rq->faults.count > 0) {
        return proof_tell_taken(rq, visit->a->tenant, visit->a->application, NULL, user);
    }
    if (e == ERR_OK && tenant_blocks_email(visit->a->tenant, user->email)) {
        field_fault(
            reader, "user.email", "blocked", "Addresses of this domain are not taken here.");
    }
    if (e == ERR_OK && rq->faults.count == 0) {
        e = breach_check_new(rq, visit->a->tenant, reader, user, "user");
    }
    return e;
}

static enum err
submit(struct visit *visit)
{
    struct rq *rq = visit->rq;
    struct field_reader reader = {rq->arena, &rq->faults};
    struct user *user = ARENA_NEW(rq->arena, struct user);
    bool is_there = true;
    enum err e = ERR_OK;

    if (user == NULL || !visit->a->application->registration.enabled) {
        return user ? signin_password_first.render(visit) : FAIL_SERVER(rq);
    }
    if (!read_user(visit, &reader, user) && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    check_password(visit, &reader, user);
    if (rq->faults.count == 0) { /* before anybody is told which addresses are taken */
        e = signin_check_captcha(visit, "register", &is_there);
        e = e || !is_there ? e : check_new(visit, &reader, user);
    }
    if (e != ERR_OK || !is_there) {
        return e ? e : render(visit);
    }
    if (rq->faults.count) {
        /* The page lists the faults itself; JSON says so in a word. */
        visit->alert = rq_wants_json(rq) ? "alert.fields" : NULL;
        return render(visit);
    }
    return create(visit, user);
}

const struct signin_step signin_register = {"register", render, submit, "register"};
