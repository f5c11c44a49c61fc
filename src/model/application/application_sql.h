/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/application: the only place with SQL over its tables. */
#pragma once

#define APPLICATION_SQL(X) /* name, database, text */
