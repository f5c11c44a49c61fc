/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of a tenant that protect its people from guessed and stolen passwords. */
#pragma once
#include "model/field/field.h"

enum breach_action { BREACH_OFF, BREACH_RECORD, BREACH_NOTIFY, BREACH_REQUIRE };
struct breach_config { /* type PasswordBreachDetection: model/breach */
    bool enabled;
    int match;    /* index of BreachMatchMode: makes no difference, see model/breach */
    int on_login; /* enum breach_action */
    struct uuid notice_id;
};

struct failed_login_config { /* type FailedAuthenticationConfiguration: counted in memory */
    int64_t too_many, reset_s, lock_duration;
    int lock_unit; /* index of ExpiryUnit names */
    bool mails_user;
    struct uuid action_id;       /* the user action that is taken */
    struct failed_login_cancel { /* FailedAuthenticationActionCancelPolicy */
        bool on_password_reset;
    } cancel;
};

extern const struct field_table breach_config_table;
