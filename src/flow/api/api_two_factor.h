/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors at the API: what its calls share, and what every way in asks. */
#pragma once
#include "flow/api/api_login.h"
#include "model/factor/factor_challenge.h"

/* The person of a call: of this id (nil: none named) with an API key, or whoever's access token came with it.
 * ERR_NOT_FOUND without one, ERR_UNAUTHENTICATED without either. */
MUST_USE enum err api_two_factor_person(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret);
/* The application whose templates a call wants; NULL for a nil id. [invalid]applicationId for none of this tenant. */
MUST_USE enum err api_two_factor_application(
    struct rq *rq, struct uuid id, const struct tenant *tenant, const struct application **ret);
/* Answers what a wrong code answers: 421, or 423 when no more are looked at. */
enum err api_two_factor_refuse(struct rq *rq, enum challenge_verdict verdict);
/* Asks for a second factor where one is needed and nothing spares it: then the answer is 242 and *ret_asked
 * true. */
MUST_USE enum err api_two_factor_ask(struct rq *rq, const struct api_entry *entry, bool *ret_asked);

extern const struct field_table api_two_factor_enable_table, api_two_factor_update_table,
    api_two_factor_disable_table, api_two_factor_send_table, api_two_factor_start_table,
    api_two_factor_login_table, api_two_factor_status_table;
