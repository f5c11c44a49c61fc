/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/idp: the only place with SQL over its table. */
#pragma once

/* clang-format off */
#define IDP_SQL(X) /* name, database, text */                                                      \
    X(IDP_DOMAIN_GET, DB_DATA, "SELECT idp_id FROM idp_domain WHERE tenant_id = $1 AND domain = $2") \
    X(IDP_DOMAIN_ADD, DB_DATA, "INSERT INTO idp_domain (tenant_id, domain, idp_id) VALUES ($1, $2, $3)") \
    X(IDP_DOMAIN_REMOVE, DB_DATA, "DELETE FROM idp_domain WHERE tenant_id = $1 AND idp_id = $2")   \
    X(IDP_DOMAIN_OF_ENDED, DB_DATA, "SELECT tenant_id, domain FROM idp_domain" \
        " WHERE tenant_id = $1 ORDER BY domain LIMIT $2") \
    X(IDP_DOMAIN_END, DB_DATA, "DELETE FROM idp_domain WHERE tenant_id = $1 AND domain = $2")
/* clang-format on */
