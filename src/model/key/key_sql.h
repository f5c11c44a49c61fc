/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/key: the only place with SQL over its tables. */
#pragma once

#define KEY_SQL(X) /* name, database, text */
