/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/tenant: the only place with SQL over its tables. */
#pragma once

#define TENANT_SQL(X) /* name, database, text */
