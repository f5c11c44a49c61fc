/* SPDX-License-Identifier: Apache-2.0 */
/* Many rows by one statement: what an import adds is the same INSERT again and again, and half of its cost is to start
 * and to come down the trees from their roots each time. The text of the one-row statement is the only source. */
#include "base/arena.h"
#include "base/buf.h"
#include "io/db/sqlite_internal.h"

enum { TEXT_BYTES = KB(16) };
static const char verb[] = "INSERT", before[] = " VALUES (";

/* Only INSERT ... VALUES of plain parameters and nothing behind it: each row is added, or is a fault. */
static const char *
row_of(const char *sql)
{
    const char *row = strncmp(sql, verb, sizeof verb - 1) == 0 ? strstr(sql, before) : NULL;

    row = row ? row + sizeof before - 2 : NULL;
    return row && row[strspn(row, "($0123456789, )")] == 0 ? row : NULL;
}

/* One row more: its $k is ?(base + k). */
static void
add_row(struct buf *text, const char *row, size_t base)
{
    while (*row) {
        size_t n = strcspn(row, "$"), k = 0;

        buf_str(text, (str){row, n});
        row += n;
        if (*row == '$') {
            for (row++; *row >= '0' && *row <= '9'; row++) {
                k = k * 10 + (size_t)(*row - '0');
            }
            buf_char(text, '?');
            buf_i64(text, (int64_t)(base + k));
        }
    }
}

static bool
prepare_rows(struct sqlite_conn *conn, struct sqlite_stmt *stmt, const char *sql, const char *row)
{
    AUTO(arena_end) struct arena *arena = arena_new(4 * TEXT_BYTES);
    struct buf buf;
    str text;

    if (arena == NULL) {
        return false;
    }
    buf_init(&buf, arena, TEXT_BYTES);
    buf_str(&buf, S("INSERT OR FAIL")); /* without a journal of its own: the batch is undone */
    sql += sizeof verb - 1;
    buf_str(&buf, (str){sql, (size_t)(row - sql)});
    for (size_t i = 0; i < SQLITE_ROWS; i++) {
        buf_str(&buf, i ? S(",") : NO_STR);
        add_row(&buf, row, i * stmt->count);
    }
    return buf_done(&buf, &text)
           && sqlite3_prepare_v3(
                  conn->handle, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT, &stmt->rows, NULL)
                  == SQLITE_OK;
}

static bool
bind_all(const struct sqlite_stmt *stmt, const struct db_write *const writes[SQLITE_ROWS])
{
    int at = 0;

    for (size_t i = 0; i < SQLITE_ROWS; i++) {
        CHECK(writes[i]->count == stmt->count);
        for (size_t k = 0; k < stmt->count; k++) {
            if (sqlite_conn_bind_one(stmt->rows, ++at, &writes[i]->values[k]) != SQLITE_OK) {
                return false;
            }
        }
    }
    return true;
}

bool
sqlite_rows_can(struct sqlite_conn *conn, int statement)
{
    struct sqlite_stmt *stmt = sqlite_conn_statement(conn, statement);
    const char *sql = conn->sql[statement].text, *row;

    if (stmt == NULL || stmt->has_no_rows) {
        return false;
    }
    row = stmt->rows ? NULL : row_of(sql);
    stmt->has_no_rows = stmt->rows == NULL && (row == NULL || !prepare_rows(conn, stmt, sql, row));
    return !stmt->has_no_rows;
}

bool
sqlite_rows_insert(struct sqlite_conn *conn, const struct db_write *const writes[SQLITE_ROWS])
{
    const struct sqlite_stmt *stmt = &conn->statements[writes[0]->statement];
    bool is_done = bind_all(stmt, writes) && sqlite3_step(stmt->rows) == SQLITE_DONE;

    sqlite3_reset(stmt->rows);
    sqlite3_clear_bindings(stmt->rows);
    return is_done;
}
