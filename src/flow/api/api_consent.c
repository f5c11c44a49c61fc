/* SPDX-License-Identifier: Apache-2.0 */
/* /api/consent: what may be consented to. Deleting one deletes all that was given, in every tenant. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "flow/api/api_records.h"
#include "model/agreement/agreement.h"

/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
};
static const struct field_table criteria_table = FIELD_TABLE("ConsentSearchCriteria", criteria_fields, struct api_criteria, NULL);
/* clang-format on */

const struct api_record api_consent = {
    .resource = {API_RECORD_VERBS, .name = "consent", .id_name = "consentId",
        .beside = &api_beside_table, .created = "consent.create", .updated = "consent.update",
        .deleted = "consent.delete"},
    .kind = &agreement_kind,
    .type = "Consent",
    .plural = "consents",
    .criteria = &criteria_table,
};

enum err
api_consent_delete(struct rq *rq)
{
    return api_people_delete_record(rq, "consentId", &agreement_given_kind);
}
