/* SPDX-License-Identifier: Apache-2.0 */
/* Every handler of the administration API. What each takes and answers is FusionAuth's, docs/api.md
 * says where it is not; app/routes.c mounts them. */
#pragma once
#include "base/fault.h"

struct rq;

MUST_USE enum err api_status(struct rq *rq);
MUST_USE enum err api_health(struct rq *rq);
MUST_USE enum err api_version(struct rq *rq);
MUST_USE enum err api_openapi(struct rq *rq);
MUST_USE enum err api_docs(struct rq *rq);

MUST_USE enum err api_tenant_create(struct rq *rq);
MUST_USE enum err api_tenant_retrieve(struct rq *rq); /* one, or all */
MUST_USE enum err api_tenant_change(struct rq *rq);   /* PUT and PATCH */
MUST_USE enum err api_tenant_delete(struct rq *rq);
MUST_USE enum err api_tenant_search(struct rq *rq); /* GET and POST */
MUST_USE enum err api_tenant_password_rules(struct rq *rq);

MUST_USE enum err api_application_create(struct rq *rq);
MUST_USE enum err api_application_retrieve(struct rq *rq);
MUST_USE enum err api_application_change(struct rq *rq); /* and PUT ?reactivate=true */
MUST_USE enum err api_application_delete(struct rq *rq); /* ?hardDelete=true, else deactivates */
MUST_USE enum err api_application_search(struct rq *rq);
MUST_USE enum err api_application_oauth(struct rq *rq);

MUST_USE enum err api_role_create(struct rq *rq);
MUST_USE enum err api_role_change(struct rq *rq);
MUST_USE enum err api_role_delete(struct rq *rq); /* by id, or ?name= */
MUST_USE enum err api_scope_create(struct rq *rq);
MUST_USE enum err api_scope_retrieve(struct rq *rq);
MUST_USE enum err api_scope_change(struct rq *rq);
MUST_USE enum err api_scope_delete(struct rq *rq);

MUST_USE enum err api_user_create(struct rq *rq);
MUST_USE enum err api_user_retrieve(struct rq *rq); /* by id, or ?email= ?username= ?loginId= */
MUST_USE enum err api_user_change(struct rq *rq);   /* and PUT ?reactivate=true */
MUST_USE enum err api_user_delete(struct rq *rq);   /* ?hardDelete=true, else deactivates */
MUST_USE enum err api_user_bulk_delete(struct rq *rq);
MUST_USE enum err api_user_search(struct rq *rq);
MUST_USE enum err api_user_search_refresh(struct rq *rq);
MUST_USE enum err api_user_import(struct rq *rq);
MUST_USE enum err api_refresh_import(struct rq *rq);

MUST_USE enum err api_password_forgot(struct rq *rq);
MUST_USE enum err api_password_change(struct rq *rq); /* by a mail's id, a token, or an API key */
MUST_USE enum err api_password_check(struct rq *rq);  /* the same, asked before */
MUST_USE enum err api_verify_email(struct rq *rq);
MUST_USE enum err api_verify_email_start(struct rq *rq);
MUST_USE enum err api_verify_registration(struct rq *rq);
MUST_USE enum err api_verify_registration_start(struct rq *rq);
MUST_USE enum err api_verify_identity(struct rq *rq);
MUST_USE enum err api_verify_identity_start(struct rq *rq);
MUST_USE enum err api_verify_identity_send(struct rq *rq);
MUST_USE enum err api_verify_identity_complete(struct rq *rq);
MUST_USE enum err api_passwordless_start(struct rq *rq);
MUST_USE enum err api_passwordless_send(struct rq *rq);
MUST_USE enum err api_passwordless_login(struct rq *rq);

MUST_USE enum err api_registration_create(struct rq *rq); /* of an existing or a new user */
MUST_USE enum err api_registration_retrieve(struct rq *rq);
MUST_USE enum err api_registration_change(struct rq *rq);
MUST_USE enum err api_registration_delete(struct rq *rq);

MUST_USE enum err api_audit_log_create(struct rq *rq);
MUST_USE enum err api_audit_log_retrieve(struct rq *rq);
MUST_USE enum err api_audit_log_search(struct rq *rq);
MUST_USE enum err api_audit_log_export(struct rq *rq);
MUST_USE enum err api_login_record_search(struct rq *rq);
MUST_USE enum err api_login_record_export(struct rq *rq);
MUST_USE enum err api_user_recent_login(struct rq *rq);

MUST_USE enum err api_report_daily(struct rq *rq);
MUST_USE enum err api_report_monthly(struct rq *rq);
MUST_USE enum err api_report_login(struct rq *rq);
MUST_USE enum err api_report_registration(struct rq *rq);
MUST_USE enum err api_report_totals(struct rq *rq);
MUST_USE enum err api_log_export(struct rq *rq);
MUST_USE enum err api_reindex(struct rq *rq);
MUST_USE enum err api_reindex_status(struct rq *rq);
MUST_USE enum err api_event_log_retrieve(struct rq *rq);
MUST_USE enum err api_event_log_search(struct rq *rq);
MUST_USE enum err api_webhook_log_retrieve(struct rq *rq);
MUST_USE enum err api_webhook_log_search(struct rq *rq);
MUST_USE enum err api_webhook_attempt_retrieve(struct rq *rq);


MUST_USE enum err api_login(struct rq *rq);
MUST_USE enum err api_login_ping(struct rq *rq);
MUST_USE enum err api_logout(struct rq *rq);

MUST_USE enum err api_webauthn_register_start(struct rq *rq);
MUST_USE enum err api_webauthn_register_complete(struct rq *rq);
MUST_USE enum err api_webauthn_start(struct rq *rq);
MUST_USE enum err api_webauthn_login(struct rq *rq);
MUST_USE enum err api_webauthn_assert(struct rq *rq);
MUST_USE enum err api_webauthn_import(struct rq *rq);
MUST_USE enum err api_webauthn_retrieve(struct rq *rq); /* one, or all of ?userId= */
MUST_USE enum err api_webauthn_delete(struct rq *rq);

MUST_USE enum err api_two_factor_enable(struct rq *rq);
MUST_USE enum err api_two_factor_update(struct rq *rq);
MUST_USE enum err api_two_factor_disable(struct rq *rq); /* ?code= &methodId=, or a body */
MUST_USE enum err api_two_factor_codes(struct rq *rq);
MUST_USE enum err api_two_factor_new_codes(struct rq *rq);
MUST_USE enum err api_two_factor_secret(struct rq *rq);
MUST_USE enum err api_two_factor_start(struct rq *rq);
MUST_USE enum err api_two_factor_send(struct rq *rq);
MUST_USE enum err api_two_factor_send_login(struct rq *rq);
MUST_USE enum err api_two_factor_login(struct rq *rq);
MUST_USE enum err api_two_factor_status(struct rq *rq); /* GET and POST */


MUST_USE enum err api_useraction_retrieve(struct rq *rq); /* one, all active, or ?inactive=true */
MUST_USE enum err api_useraction_change(struct rq *rq);   /* and PUT ?reactivate=true */
MUST_USE enum err api_useraction_delete(struct rq *rq);   /* ?hardDelete=true, else deactivates */
MUST_USE enum err api_action_take(struct rq *rq);
MUST_USE enum err api_action_modify(struct rq *rq);
MUST_USE enum err api_action_cancel(struct rq *rq);
MUST_USE enum err api_action_retrieve(struct rq *rq); /* one, or of ?userId= */
MUST_USE enum err api_comment_create(struct rq *rq);
MUST_USE enum err api_comment_retrieve(struct rq *rq);
MUST_USE enum err api_comment_search(struct rq *rq); /* GET and POST */
MUST_USE enum err api_consent_delete(struct rq *rq);
MUST_USE enum err api_userconsent_create(struct rq *rq);
MUST_USE enum err api_userconsent_retrieve(struct rq *rq); /* one, or of ?userId= */
MUST_USE enum err api_userconsent_change(struct rq *rq);
MUST_USE enum err api_userconsent_revoke(struct rq *rq);
MUST_USE enum err api_family_create(struct rq *rq);
MUST_USE enum err api_family_retrieve(struct rq *rq); /* one, or of ?userId= */
MUST_USE enum err api_family_change(struct rq *rq);   /* adds a member, or changes one */
MUST_USE enum err api_family_remove(struct rq *rq);
MUST_USE enum err api_family_pending(struct rq *rq);
MUST_USE enum err api_family_request(struct rq *rq);

MUST_USE enum err api_single_retrieve(struct rq *rq);
MUST_USE enum err api_single_change(struct rq *rq);
MUST_USE enum err api_manager_retrieve(struct rq *rq);
MUST_USE enum err api_manager_change(struct rq *rq);
MUST_USE enum err api_reactor_status(struct rq *rq);
MUST_USE enum err api_reactor_metrics(struct rq *rq);
MUST_USE enum err api_reactor_activate(struct rq *rq);
MUST_USE enum err api_reactor_accept(struct rq *rq); /* PUT and DELETE: nothing to do */

MUST_USE enum err api_jwt_validate(struct rq *rq);
MUST_USE enum err api_jwt_issue(struct rq *rq);
MUST_USE enum err api_jwt_public_key(struct rq *rq);
MUST_USE enum err api_jwt_vend(struct rq *rq);
MUST_USE enum err api_refresh_exchange(struct rq *rq);
MUST_USE enum err api_refresh_retrieve(struct rq *rq);
MUST_USE enum err api_refresh_revoke(struct rq *rq);

MUST_USE enum err api_idp_retrieve(struct rq *rq); /* one, all, or by ?type= */
MUST_USE enum err api_idp_change(struct rq *rq);   /* PUT and PATCH */
MUST_USE enum err api_idp_delete(struct rq *rq);
MUST_USE enum err api_idp_lookup(struct rq *rq);
MUST_USE enum err api_link_create(struct rq *rq);
MUST_USE enum err api_link_retrieve(struct rq *rq); /* one, or a user's */
MUST_USE enum err api_link_delete(struct rq *rq);
MUST_USE enum err api_link_pending(struct rq *rq);
MUST_USE enum err api_federate_login(struct rq *rq); /* /api/jwt/reconcile, too */
MUST_USE enum err api_federate_start(struct rq *rq);
MUST_USE enum err api_federate_test(struct rq *rq);
MUST_USE enum err api_federate_test_result(struct rq *rq);

MUST_USE enum err api_key_generate(struct rq *rq);
MUST_USE enum err api_key_import(struct rq *rq);
MUST_USE enum err api_key_retrieve(struct rq *rq);
MUST_USE enum err api_key_change(struct rq *rq);
MUST_USE enum err api_key_delete(struct rq *rq);
MUST_USE enum err api_key_search(struct rq *rq);

MUST_USE enum err api_apikey_create(struct rq *rq);
MUST_USE enum err api_apikey_retrieve(struct rq *rq);
MUST_USE enum err api_apikey_change(struct rq *rq);
MUST_USE enum err api_apikey_delete(struct rq *rq);

MUST_USE enum err api_lambda_retrieve(struct rq *rq);
MUST_USE enum err api_email_preview(struct rq *rq);
MUST_USE enum err api_email_send(struct rq *rq);
MUST_USE enum err api_message_preview(struct rq *rq);

MUST_USE enum err api_group_member_put(struct rq *rq); /* POST adds, PUT leaves only those named */
MUST_USE enum err api_group_member_delete(struct rq *rq);
MUST_USE enum err api_group_member_search(struct rq *rq); /* GET and POST */

MUST_USE enum err api_entity_permission_create(struct rq *rq);
MUST_USE enum err api_entity_permission_change(struct rq *rq);
MUST_USE enum err api_entity_permission_delete(struct rq *rq); /* by id, or ?name= */
MUST_USE enum err api_entity_search(struct rq *rq);
MUST_USE enum err api_entity_refresh(struct rq *rq);
MUST_USE enum err api_entity_grant_put(struct rq *rq);
MUST_USE enum err api_entity_grant_retrieve(struct rq *rq); /* one, or all of the entity */
MUST_USE enum err api_entity_grant_delete(struct rq *rq);
MUST_USE enum err api_entity_grant_search(struct rq *rq);
