/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/code: the only place with SQL over its tables. */
#pragma once

#define CODE_SQL(X) /* name, database, text */
