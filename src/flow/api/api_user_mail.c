/* SPDX-License-Identifier: Apache-2.0 */
/* Mails that go out because an account or a registration was made or changed. */
#include "flow/api/api_user_mail.h"

const char *const api_user_mail_ways[] = {
    [API_MAIL_NONE] = "doNotSend", [API_MAIL_EMAIL] = "email", [API_MAIL_PHONE] = "phone", NULL};

void
api_user_mail_check(
    struct rq *rq, const struct user *user, enum api_user_mail_by by, bool sends_set_password)
{
    struct field_reader reader = api_reader(rq);

    if (by == API_MAIL_PHONE) {
        field_fault(&reader, "sendSetPasswordIdentityType", "notSupported",
            "No messages can be sent to telephone numbers yet: choose email.");
    }
    if ((sends_set_password || by == API_MAIL_EMAIL) && user->email.n == 0) {
        field_fault(
            &reader, "user.email", "blank", "A mail to set the password needs an email address.");
    }
}

enum err
api_user_mail_set_password(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user)
{
    struct proof_order order = {
        .kind = TICKET_SETUP_PASSWORD, .application = application, .user = user, .is_sent = true};
    struct proof_made made;

    return proof_start(rq, tenant, &order, &made);
}

/* [{"id", "oneTimeCode", "type": {"name": "email"}, "value"}] */
static void
write_ids(const struct api_user_mails *mails, struct json_out *out)
{
    json_out_name(out, S("verificationIds"));
    json_out_array(out);
    json_out_object(out);
    json_put_str(out, S("id"), mails->email.text);
    if (mails->email.code.n) {
        json_put_str(out, S("oneTimeCode"), mails->email.code);
    }
    json_put_raw(out, S("type"), S("{\"name\":\"email\"}"));
    json_put_str(out, S("value"), mails->user->email);
    json_out_object_end(out);
    json_out_array_end(out);
}

void
api_user_mail_write(const void *object, struct json_out *out)
{
    const struct api_user_mails *mails = object;

    if (mails == NULL || mails->email.text.n == 0) {
        return;
    }
    json_put_str(out, S("emailVerificationId"), mails->email.text);
    if (mails->email.code.n) {
        json_put_str(out, S("emailVerificationOneTimeCode"), mails->email.code);
    }
    write_ids(mails, out);
}

void
api_user_mail_write_registration(const struct api_user_mails *mails, struct json_out *out)
{
    if (mails->registration.text.n) {
        json_put_str(out, S("registrationVerificationId"), mails->registration.text);
    }
    if (mails->registration.code.n) {
        json_put_str(out, S("registrationVerificationOneTimeCode"), mails->registration.code);
    }
    if (mails->email.text.n) {
        write_ids(mails, out);
    }
}
