/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/token: the only place with SQL over its tables. */
#pragma once

#define TOKEN_SQL(X) /* name, database, text */
