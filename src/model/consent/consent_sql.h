/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/consent: the only place with SQL over its tables. */
#pragma once

/* clang-format off */
#define CONSENT_SQL(X) /* name, database, text */                                                  \
    X(CONSENT_GET, DB_DATA, "SELECT redirect_digest, scopes, expires_at FROM consent"              \
        " WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3")                          \
    X(CONSENT_PUT, DB_DATA, "INSERT INTO consent (tenant_id, user_id, application_id, redirect_digest, scopes," \
        " insert_instant, last_update_instant, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)" \
        " ON CONFLICT (tenant_id, user_id, application_id) DO UPDATE SET redirect_digest = excluded.redirect_digest," \
        " scopes = excluded.scopes, last_update_instant = excluded.last_update_instant,"           \
        " expires_at = excluded.expires_at")                                                       \
    X(CONSENT_WITHDRAW, DB_DATA, "DELETE FROM consent WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3") \
    X(CONSENT_FORGET_USER, DB_DATA, "DELETE FROM consent WHERE tenant_id = $1 AND user_id = $2")   \
    X(CONSENT_OF_ENDED_APPLICATION, DB_DATA, "SELECT tenant_id, user_id, application_id FROM consent" \
        " WHERE tenant_id = $1 AND application_id = $2 AND length(application_id) > 0 LIMIT $3") \
    X(CONSENT_OF_ENDED, DB_DATA, "SELECT tenant_id, user_id, application_id FROM consent" \
        " WHERE tenant_id = $1 ORDER BY user_id, application_id LIMIT $2") \
    X(CONSENT_OVERDUE, DB_DATA, "SELECT tenant_id, user_id, application_id FROM consent"           \
        " WHERE expires_at < $1 ORDER BY expires_at LIMIT $2")                                     \
    X(CONSENT_SWEEP, DB_DATA, "DELETE FROM consent WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3" \
        " AND expires_at < $4")
/* clang-format on */
