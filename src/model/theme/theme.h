/* SPDX-License-Identifier: Apache-2.0 */
/* Themes: how hosted pages look and what they say. The default one is built in. */
#pragma once
#include "model/record/record.h"

struct arena;
struct buf;

/* clang-format off */
#define THEME_TEMPLATES(X) /* type Templates, by their names on the wire */ \
    X(accountEdit) X(accountIndex) X(accountTwoFactorDisable) X(accountTwoFactorEdit) \
    X(accountTwoFactorEnable) X(accountTwoFactorIndex) X(accountWebAuthnAdd) X(accountWebAuthnDelete) \
    X(accountWebAuthnIndex) X(confirmationRequired) X(emailComplete) X(emailSend) \
    X(emailSent) X(emailVerificationRequired) X(emailVerify) X(helpers) \
    X(index) X(oauth2Authorize) X(oauth2AuthorizedNotRegistered) X(oauth2ChildRegistrationNotAllowed) \
    X(oauth2ChildRegistrationNotAllowedComplete) X(oauth2CompleteRegistration) X(oauth2Consent) X(oauth2Device) \
    X(oauth2DeviceComplete) X(oauth2Error) X(oauth2Logout) X(oauth2Passwordless) \
    X(oauth2Register) X(oauth2StartIdPLink) X(oauth2TwoFactor) X(oauth2TwoFactorEnable) \
    X(oauth2TwoFactorEnableComplete) X(oauth2TwoFactorMethods) X(oauth2Wait) X(oauth2WebAuthn) \
    X(oauth2WebAuthnReauth) X(oauth2WebAuthnReauthEnable) X(passwordChange) X(passwordComplete) \
    X(passwordForgot) X(passwordSent) X(phoneComplete) X(phoneSent) \
    X(phoneVerificationRequired) X(phoneVerify) X(registrationComplete) X(registrationSend) \
    X(registrationSent) X(registrationVerificationRequired) X(registrationVerify) X(samlv2Logout) \
    X(unauthorized)
#define THEME_VARIABLES(X) /* the texts of type SimpleThemeVariables */ \
    X(alertBackgroundColor) X(alertFontColor) X(backgroundSize) X(borderRadius) \
    X(deleteButtonColor) X(deleteButtonFocusColor) X(deleteButtonTextColor) X(deleteButtonTextFocusColor) \
    X(errorFontColor) X(errorIconColor) X(fontColor) X(fontFamily) \
    X(iconBackgroundColor) X(iconColor) X(infoIconColor) X(inputBackgroundColor) \
    X(inputIconColor) X(inputTextColor) X(linkTextColor) X(linkTextFocusColor) \
    X(logoImageSize) X(monoFontColor) X(monoFontFamily) X(pageBackgroundColor) \
    X(panelBackgroundColor) X(primaryButtonColor) X(primaryButtonFocusColor) X(primaryButtonTextColor) \
    X(primaryButtonTextFocusColor)
/* clang-format on */
#define X(name) THEME_TEMPLATE_##name,
enum theme_template { THEME_TEMPLATES(X) THEME_TEMPLATE_COUNT };
#undef X
#define X(name) THEME_VARIABLE_##name,
enum theme_variable { THEME_VARIABLES(X) THEME_VARIABLE_COUNT };
#undef X

enum theme_type { THEME_ADVANCED, THEME_SIMPLE };
extern const char *const theme_types[];

struct theme { /* type Theme */
    struct record head;
    str name, data, default_messages, localized_messages, stylesheet;
    int type;
    struct theme_templates {
        str text[THEME_TEMPLATE_COUNT];
    } templates;
    struct theme_variables {
        str text[THEME_VARIABLE_COUNT];
        str background_image_url, logo_image_url;
        bool has_footer;
        struct field_list favicons; /* struct theme_favicon */
    } variables;
};
struct theme_favicon { /* type Favicon */
    str href, rel, sizes, type;
};
extern const struct record_kind theme_kind;
/* Writes to out the keys, at most max, that templates of the theme ask for by name and its messages lack, with commas
 * between them. True if there are any; false, too, without memory, which the arena says. */
MUST_USE bool theme_lacks(
    struct arena *arena, const struct theme *theme, size_t max, struct buf *out);
extern const struct uuid theme_default_id;
