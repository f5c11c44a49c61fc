/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/outbox: the only place with SQL over its tables. */
#pragma once

#define OUTBOX_SQL(X) /* name, database, text */
