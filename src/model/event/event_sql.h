/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/event: the only place with SQL over its tables. */
#pragma once

#define EVENT_SQL(X) /* name, database, text */
