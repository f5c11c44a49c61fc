/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of an application that are kept, validated and given back, and have no effect here yet. */
#pragma once
#include "model/field/field.h"

struct app_clean_speak { /* type CleanSpeakConfiguration */
    bool enabled;
    str api_key, url;
    struct field_texts application_ids;
    struct app_moderation { /* UsernameModeration */
        bool enabled;
        struct uuid application_id;
    } usernames;
};
struct app_token_config { /* type AuthenticationTokenConfiguration */
    bool enabled;
};
struct app_requirable { /* type Requirable, on unless it is switched off */
    bool enabled, required;
};
struct app_scope_policy { /* type ProvidedScopePolicy */
    struct app_requirable address, email, phone, profile;
};
struct app_saml { /* type SAMLv2Configuration */
    bool enabled, debug, requires_signature;
    str issuer, audience, callback_url, logout_url;
    struct field_texts redirect_urls, verification_key_ids;
    struct uuid key_id, default_verification_key_id;
    int c14n, signature_at;
    struct app_saml_encryption { /* SAMLv2AssertionEncryptionConfiguration */
        bool enabled;
        int digest, cipher, key_location, transport, mask; /* by their names' place */
        struct uuid key_id;
    } encryption;
    struct app_saml_initiated { /* SAMLv2IdPInitiatedLoginConfiguration */
        bool enabled;
        str name_id_format;
    } initiated;
    struct app_saml_hint { /* LoginHintConfiguration */
        bool enabled;
        str parameter;
    } hint;
    struct app_saml_logout { /* SAMLv2Logout */
        int behavior, c14n;
        bool requires_signature;
        struct uuid key_id, default_verification_key_id;
        struct field_texts verification_key_ids;
        struct app_saml_single_logout { /* SAMLv2SingleLogout */
            bool enabled;
            struct uuid key_id;
            str url;
            int c14n;
        } single;
    } logout;
};

extern const struct field_table app_clean_speak_table, app_saml_table, app_scope_policy_table,
    app_token_config_table;
