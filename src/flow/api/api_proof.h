/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about mails with a link or a code share. */
#pragma once
#include "flow/api/api_user.h"
#include "model/proof/proof.h"

/* Where a call is about: the application's tenant when one is named that the caller may see, else the caller's.
 * *ret_application NULL when none is named, or there is no such one. */
MUST_USE enum err api_proof_place(struct rq *rq, struct uuid application_id,
    const struct tenant **ret_tenant, const struct application **ret_application);
/* The tenant of a ticket's text, for callers that name none; *ret NULL when no tenant has it. */
MUST_USE enum err api_proof_tenant(struct rq *rq, str text, const struct tenant **ret);
/* Finds what the text of one of these kinds stands for, in its tenant. ERR_NOT_FOUND when there is none. */
MUST_USE enum err api_proof_find(struct rq *rq, str text, const enum ticket_kind *kinds,
    size_t count, const struct tenant **ret_tenant, struct proof **ret);
/* Judges the code beside it: [blank]oneTimeCode when it is missing, ERR_NOT_FOUND when it is wrong. */
MUST_USE enum err api_proof_judge(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof, str code);
/* The usable account behind a login id of one of these types (none: of any); *ret NULL without one. */
MUST_USE enum err api_proof_person(struct rq *rq, const struct tenant *tenant, str login_id,
    const struct field_texts *types, struct user **ret);
/* proof_may_mail for this caller: with an API key always. ERR_TOO_MANY where the tenant's rateLimitConfiguration says so. */
MUST_USE enum err api_proof_may_mail(struct rq *rq, const struct tenant *tenant,
    enum ticket_kind kind, const struct user *user, bool *ret);
/* {"state": ...} with 200, or nothing. */
MUST_USE enum err api_proof_answer_state(struct rq *rq, str state);

extern const char *const api_proof_id_types[]; /* of loginIdTypes, NULL-terminated */
extern const struct field_table api_forgot_table, api_change_password_table, api_verify_table,
    api_verify_email_table, api_verify_registration_table, api_verify_start_table,
    api_verify_send_table, api_verify_complete_table, api_passwordless_start_table,
    api_passwordless_send_table, api_passwordless_login_table;
