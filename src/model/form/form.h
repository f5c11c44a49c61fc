/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of several steps, and the fields they are made of. Both are of the house. */
#pragma once
#include "model/record/record.h"

enum form_type { FORM_REGISTRATION, FORM_ADMIN_REGISTRATION, FORM_ADMIN_USER, FORM_SELF_SERVICE };
enum form_step_type { FORM_COLLECT_DATA, FORM_VERIFY_EMAIL, FORM_VERIFY_PHONE };
enum form_data_type {
    FORM_BOOL,
    FORM_CONSENT,
    FORM_DATE,
    FORM_EMAIL,
    FORM_NUMBER,
    FORM_PHONE,
    FORM_STRING
};
enum form_control {
    FORM_CHECKBOX,
    FORM_NUMBER_BOX,
    FORM_PASSWORD,
    FORM_RADIO,
    FORM_SELECT,
    FORM_TEXT_AREA,
    FORM_TEXT
};

/* clang-format off */
struct form_step {      /* type FormStep */
    int type;
    struct field_texts fields; /* ids of form fields */
};
struct form_page {      /* type Form; the struct form of codec/form is a posted one */
    struct record head;
    str name, data;
    int type;
    struct field_list steps; /* struct form_step */
};
struct form_validator { /* type FormFieldValidator */
    bool enabled;
    str expression;
};
struct form_field {     /* type FormField */
    struct record head;
    str name, key, description, data;
    bool confirm, required;
    int control, type;  /* -1 until form_field_settle */
    struct uuid consent_id;
    struct field_texts options;
    struct form_validator validator;
};
/* clang-format on */
extern const struct record_kind form_kind, form_field_kind;

/* Gives control and type what the key says where the body said nothing. */
void form_field_settle(struct form_field *field);
