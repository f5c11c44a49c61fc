/* SPDX-License-Identifier: Apache-2.0 */
/* The statements as io/db takes them. */
#include "model/statements.h"

const struct db_sql statements[STATEMENT_COUNT] = {
#define X(name, place, text) [name] = {#name, place, text},
    STATEMENTS(X)
#undef X
};
