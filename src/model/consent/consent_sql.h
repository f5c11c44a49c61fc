/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/consent: the only place with SQL over its tables. */
#pragma once

#define CONSENT_SQL(X) /* name, database, text */
