/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement of the program by number: rows come from the *_sql.h beside their owners. */
#pragma once
#include "io/db/db.h"
#include "model/apikey/apikey_sql.h"
#include "model/application/application_sql.h"
#include "model/audit/audit_sql.h"
#include "model/code/code_sql.h"
#include "model/consent/consent_sql.h"
#include "model/dossier/dossier_sql.h"
#include "model/entity/entity_sql.h"
#include "model/event/event_sql.h"
#include "model/eventlog/eventlog_sql.h"
#include "model/group/group_sql.h"
#include "model/idp/idp_sql.h"
#include "model/family/family_sql.h"
#include "model/job/job_sql.h"
#include "model/key/key_sql.h"
#include "model/link/link_sql.h"
#include "model/outbox/outbox_sql.h"
#include "model/passkey/passkey_sql.h"
#include "model/record/record_sql.h"
#include "model/removal/removal_sql.h"
#include "model/seal/seal_sql.h"
#include "model/session/session_sql.h"
#include "model/tally/tally_sql.h"
#include "model/tenant/tenant_sql.h"
#include "model/ticket/ticket_sql.h"
#include "model/token/token_sql.h"
#include "model/user/user_sql.h"
#include "model/webhooklog/webhooklog_sql.h"
#include "model/word/word_sql.h"

/* clang-format off */
#define STATEMENTS(X)                                                                              \
    TENANT_SQL(X) IDP_SQL(X) LINK_SQL(X) WORD_SQL(X)                                                                      \
    APPLICATION_SQL(X) KEY_SQL(X) APIKEY_SQL(X) USER_SQL(X) SESSION_SQL(X) CODE_SQL(X)             \
        TOKEN_SQL(X) CONSENT_SQL(X) EVENT_SQL(X) AUDIT_SQL(X) TALLY_SQL(X) EVENTLOG_SQL(X) WEBHOOKLOG_SQL(X) OUTBOX_SQL(X) SEAL_SQL(X) JOB_SQL(X) TICKET_SQL(X) PASSKEY_SQL(X) RECORD_SQL(X) DOSSIER_SQL(X) FAMILY_SQL(X) GROUP_SQL(X) ENTITY_SQL(X) REMOVAL_SQL(X)
/* clang-format on */

enum statement {
#define X(name, place, text) name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};

extern const struct db_sql statements[STATEMENT_COUNT];
