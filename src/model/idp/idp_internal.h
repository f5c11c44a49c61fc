/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "model/idp/idp.h"

/* Of each type: its table, and that of its applications. */
extern const struct field_table *const idp_tables[IDP_TYPE_COUNT + 1];
extern const struct field_table idp_base_table, idp_app_base_table, idp_app_apple_table,
    idp_app_oauth_epic_table, idp_app_jwt_table, idp_app_facebook_table, idp_app_google_table,
    idp_app_hypr_table, idp_app_linkedin_table, idp_app_nintendo_table, idp_app_openid_table,
    idp_app_saml_table, idp_app_initiated_table, idp_app_sony_table, idp_app_steam_table,
    idp_app_twitch_table, idp_app_twitter_table, idp_app_xbox_table, idp_lambda_table,
    idp_properties_table, idp_assertion_table, idp_decryption_table, idp_initiated_table,
    idp_login_hint_table;
extern const char *const idp_login_methods[], *const idp_api_modes[], *const idp_c14ns[];
enum { IDP_USE_POPUP, IDP_USE_REDIRECT, IDP_USE_VENDOR_SCRIPT };

/* Rules of the tables. */
void idp_check(struct field_check *check);
