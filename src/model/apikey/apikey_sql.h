/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/apikey: the only place with SQL over its tables. */
#pragma once

#define APIKEY_SQL(X) /* name, database, text */
