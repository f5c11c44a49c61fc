/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about signing in by an identity provider share. */
#pragma once
#include "flow/api/api_login.h"
#include "model/federate/federate.h"

extern const struct field_table api_federate_table, api_federate_start_table;

struct api_federate { /* type IdentityProviderLoginRequest; of a start, with what that adds */
    struct api_login_base base;
    str data, jwt, refresh_token, test_id, login_id, state;
    struct field_texts login_id_types;
    struct uuid idp_id;
    bool makes_no_link;
};
/* Where somebody wants to go, and by which provider: both must be there, and the provider on for it. */
MUST_USE enum err api_federate_place(struct rq *rq, const struct api_federate *asked,
    const struct tenant **ret_tenant, const struct application **ret_application,
    const struct idp **ret_idp);
/* Answers what a verdict means, or with the signed-in person. */
MUST_USE enum err api_federate_finish(struct rq *rq, const struct federate_order *order,
    const struct api_login_base *base, const struct federate_result *result);
/* A login record of a failure: the provider's word does not hold, or nobody is linked to whom it names. */
void api_federate_note_failure(
    struct rq *rq, const struct federate_order *order, const struct api_login_base *base);
/* 401: the provider says this of nobody. */
enum err api_federate_refuse(struct rq *rq);
/* HYPR: asks the person's device and answers a code; with the code, what came of it. */
MUST_USE enum err api_federate_hypr_start(
    struct rq *rq, const struct federate_order *order, const struct api_federate *asked);
MUST_USE enum err api_federate_hypr_login(struct rq *rq, const struct federate_order *order,
    const struct api_federate *asked, const struct ticket *test);
/* SAML: the id of a request; and what an answer says, whose use is declared (of its request, or of itself where nobody
 * asked). trace->reach says whether *ret is set. */
MUST_USE enum err api_federate_saml_start(
    struct rq *rq, const struct federate_order *order, const struct api_federate *asked);
MUST_USE enum err api_federate_saml(struct rq *rq, const struct federate_order *order,
    const struct api_federate *asked, struct federate_trace *trace, struct federate_claims *ret);
/* The connection test that a call names: a test that is not there asks nobody anything. *ret NULL when none is named. */
MUST_USE enum err api_federate_find_test(struct rq *rq, const struct api_federate *asked,
    const struct tenant *tenant, const struct idp *idp, struct ticket **ret);
/* A connection test that was started is of this provider. */
bool api_federate_is_test_of(const struct ticket *test, const struct idp *idp);
/* Notes in a test what trying it with somebody found; nobody is made or signed in. The provider may be off. */
MUST_USE enum err api_federate_note(struct rq *rq, const struct tenant *tenant,
    const struct ticket *test, const struct federate_trace *trace,
    const struct federate_claims *claims);
/* A text of the request's data; empty when absent. */
str api_federate_datum(struct rq *rq, const struct api_federate *asked, str name);
