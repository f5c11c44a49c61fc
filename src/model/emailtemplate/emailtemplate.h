/* SPDX-License-Identifier: Apache-2.0 */
/* Email templates: what mails say, in each language. */
#pragma once
#include "model/record/record.h"

struct emailtemplate { /* type EmailTemplate */
    struct record head;
    str name, from_email, from_name, subject, html, text;
    str localized_from_names, localized_subjects, localized_html,
        localized_text; /* JSON by locale */
};
extern const struct record_kind emailtemplate_kind;
