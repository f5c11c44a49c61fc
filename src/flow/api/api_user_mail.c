/* SPDX-License-Identifier: Apache-2.0 */
/* Mails and messages that go out because an account or a registration was made or changed. */
#include "flow/api/api_user_mail.h"

const char *const api_user_mail_ways[] = {
    [API_MAIL_NONE] = "doNotSend", [API_MAIL_EMAIL] = "email", [API_MAIL_PHONE] = "phone", NULL};

void
api_user_mail_check(
    struct rq *rq, const struct user *user, enum api_user_mail_by by, bool sends_set_password)
{
    struct field_reader reader = api_reader(rq);

    if (by == API_MAIL_PHONE && user->phone_number.n == 0) {
        field_fault(&reader, "user.phoneNumber", "blank",
            "A message to set the password needs a telephone number.");
    }
    if (((sends_set_password && by != API_MAIL_PHONE) || by == API_MAIL_EMAIL)
        && user_address(rq->arena, user).n == 0) {
        field_fault(
            &reader, "user.email", "blank", "A mail to set the password needs an email address.");
    }
}

enum err
api_user_mail_set_password(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user, enum api_user_mail_by by)
{
    struct proof_order order = {.kind = TICKET_SETUP_PASSWORD,
        .application = application,
        .user = user,
        .value = by == API_MAIL_PHONE ? user->phone_number : user_address(rq->arena, user),
        .is_sent = true};
    struct proof_made made;

    return proof_start(rq, tenant, &order, &made);
}

static void
write_id(struct json_out *out, const struct proof_made *made, const char *type, str value)
{
    if (made->text.n == 0) {
        return;
    }
    json_out_object(out);
    json_put_str(out, S("id"), made->text);
    json_put_given(out, S("oneTimeCode"), made->code);
    json_put_str(out, S("type"), str_from(type));
    json_put_str(out, S("value"), value);
    json_out_object_end(out);
}

/* [{"id", "oneTimeCode", "type": "email", "value"}] */
static void
write_ids(const struct api_user_mails *mails, struct json_out *out)
{
    const struct proof_sent *account = &mails->account;

    if (account->email.text.n == 0 && account->phone.text.n == 0) {
        return;
    }
    json_out_name(out, S("verificationIds"));
    json_out_array(out);
    write_id(out, &account->email, "email", mails->user->email);
    write_id(out, &account->phone, "phoneNumber", mails->user->phone_number);
    json_out_array_end(out);
}

void
api_user_mail_write(const void *object, struct json_out *out)
{
    const struct api_user_mails *mails = object;

    if (mails == NULL) {
        return;
    }
    json_put_given(out, S("emailVerificationId"), mails->account.email.text);
    json_put_given(out, S("emailVerificationOneTimeCode"), mails->account.email.code);
    write_ids(mails, out);
}

void
api_user_mail_write_registration(const struct api_user_mails *mails, struct json_out *out)
{
    json_put_given(out, S("registrationVerificationId"), mails->registration.text);
    json_put_given(out, S("registrationVerificationOneTimeCode"), mails->registration.code);
    write_ids(mails, out);
}
