/* SPDX-License-Identifier: Apache-2.0 */
/* Mails that go out because an account or a registration was made or changed. */
#pragma once
#include "flow/api/api_user.h"
#include "model/proof/proof.h"

/* Choices of sendSetPasswordIdentityType, NULL-terminated. */
enum api_user_mail_by { API_MAIL_NONE, API_MAIL_EMAIL, API_MAIL_PHONE };
extern const char *const api_user_mail_ways[];

struct api_user_mails { /* what was sent: ids and codes for the answer */
    const struct user *user;
    struct proof_sent account;
    struct proof_made registration;
};

/* Judges the wish for a mail or a message to set a password: faults at user.email and user.phoneNumber. */
void api_user_mail_check(
    struct rq *rq, const struct user *user, enum api_user_mail_by by, bool sends_set_password);
/* Declares the mail or the message to set a password. application may be NULL. */
MUST_USE enum err api_user_mail_set_password(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user, enum api_user_mail_by by);

/* Writes what a UserResponse, and a RegistrationResponse, says of them beside the objects. */
void api_user_mail_write(const void *mails, struct json_out *out);
void api_user_mail_write_registration(const struct api_user_mails *mails, struct json_out *out);
