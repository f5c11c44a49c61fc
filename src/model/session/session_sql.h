/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/session: the only place with SQL over its tables. */
#pragma once

#define SESSION_SQL(X) /* name, database, text */
