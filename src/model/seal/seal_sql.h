/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/seal: the only place with SQL over its tables. */
#pragma once

#define SEAL_SQL(X) /* name, database, text */
