/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/user: the only place with SQL over its tables. */
#pragma once

#define USER_SQL(X) /* name, database, text */
