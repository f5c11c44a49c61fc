/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors at the API: what its calls share, and what every way in asks. */
#pragma once
#include "flow/api/api_login.h"
#include "model/factor/factor_challenge.h"
#include "model/user/user.h"

/* The person of a call: of this id (nil: none named) with an API key, or whoever's access token came with it.
 * ERR_NOT_FOUND without one, ERR_UNAUTHENTICATED without either. */
MUST_USE enum err api_two_factor_person(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret);
/* Whose methods a call changes. */
struct api_two_factor_holder {
    struct rq *rq;
    const struct tenant *tenant;
    struct user before, *user; /* as they were, and as they become */
};
/* The person of the path, as api_two_factor_person finds them. */
MUST_USE enum err api_two_factor_load(struct rq *rq, struct api_two_factor_holder *person);
/* Declares the change of the person; its event; and the message to them, where which (a mail template of the
 * configuration) is set for the tenant or the application whose id is not nil. */
MUST_USE enum err api_two_factor_store(struct api_two_factor_holder *person);
MUST_USE enum err api_two_factor_note(
    struct api_two_factor_holder *person, const char *kind, const struct factor *factor);
MUST_USE enum err api_two_factor_tell(struct api_two_factor_holder *person,
    struct uuid application_id, const struct factor *factor, int which);
/* [blank] or [invalid] at a member of the body. */
enum err api_two_factor_complain(
    struct rq *rq, const char *member, bool is_given, const char *message);
/* Writes the member "recoveryCodes". */
void api_two_factor_put_codes(struct json_out *out, const struct field_texts *codes);
/* The application whose templates a call wants; NULL for a nil id. [invalid]applicationId for none of this tenant. */
MUST_USE enum err api_two_factor_application(
    struct rq *rq, struct uuid id, const struct tenant *tenant, const struct application **ret);
/* The challenge of this id and its tenant; both NULL when there is none that the caller may see. */
MUST_USE enum err api_two_factor_challenge(
    struct rq *rq, str id, const struct tenant **ret_tenant, struct challenge **ret);
/* Answers what a wrong code answers: 421, or 423 when no more are looked at. */
enum err api_two_factor_refuse(struct rq *rq, enum challenge_verdict verdict);
/* Asks for a second factor where one is needed and nothing spares it: then the answer is 242 and *ret_asked
 * true. */
MUST_USE enum err api_two_factor_ask(struct rq *rq, const struct api_entry *entry, bool *ret_asked);

extern const struct field_table api_two_factor_enable_table, api_two_factor_update_table,
    api_two_factor_disable_table, api_two_factor_send_table, api_two_factor_start_table,
    api_two_factor_login_table, api_two_factor_status_table;
