/* SPDX-License-Identifier: Apache-2.0 */
/* Consents as FusionAuth has them: what may be consented to (a record), and what somebody consented to, for oneself or
 * as a parent for a child (a dossier, sealed under the key of whom it is about). What third-party applications may do
 * is another room: model/consent. */
#pragma once
#include "model/dossier/dossier.h"
#include "model/record/record.h"

struct user;

enum agreement_status { AGREEMENT_ACTIVE, AGREEMENT_REVOKED };

/* clang-format off */
struct agreement_plus {  /* type EmailPlus */
    bool enabled;
    struct uuid template_id;
    int64_t min_hours, max_hours;
};
struct agreement {       /* type Consent */
    struct record head;
    str name, country_ages, data;
    struct field_texts values;
    bool has_multiple_values;
    int64_t minimum_age;
    struct uuid template_id;
    struct agreement_plus plus;
};
struct agreement_given { /* type UserConsent; head.user_id: for whom, head.subject_id: which */
    struct dossier head;
    struct uuid giver_id;
    int status;
    struct field_texts values;
    str data;
    struct agreement agreement; /* as it is now; not stored */
};
/* clang-format on */
extern const struct field_table agreement_table, agreement_given_table;
extern const struct record_kind agreement_kind;
extern const struct dossier_kind agreement_given_kind;

/* The age from which this person may consent alone: by the person's languages (countries), else the usual one. */
int64_t agreement_age(struct rq *rq, const struct agreement *agreement, const struct user *user);
/* Faults at userConsent.values for what the consent does not offer. */
void agreement_check_values(struct field_reader *reader, const struct agreement *agreement,
    const struct field_texts *values);

/* Declares the mail to who gave it, by that template; nil: none. */
MUST_USE enum err agreement_tell(struct rq *rq, const struct tenant *tenant,
    const struct agreement_given *given, struct uuid template_id);
/* Sets when the second notice is due: for what was given, or made active again, just now. */
void agreement_plan_notice(struct rq *rq, struct agreement_given *given);
/* For the job: declares at most max second notices that are due; how many were looked at. */
MUST_USE enum err agreement_remind_some(struct rq *rq, size_t max, size_t *ret_looked);
