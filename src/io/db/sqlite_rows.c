/* SPDX-License-Identifier: Apache-2.0 */
/* Many rows by one statement: sets that wait for the writer together add rows to the same tables, and half of what a row
 * costs is to start and to end its statement. The text of the one-row statement is the only source.
 * Invariant: rows wait only as long as nothing else is done to their table. A statement without SELECT touches the table
 * it names, there are no triggers and no foreign keys (README, dialect), and rows of other tables do not care. */
#include "base/arena.h"
#include "base/buf.h"
#include "io/db/sqlite_internal.h"

enum { TEXT_BYTES = KB(16) };
static const size_t sizes[SQLITE_ROW_SIZES] = {SQLITE_ROWS, 4};
static const char verb[] = "INSERT", values[] = " VALUES (";

static str
table_of(str sql)
{
    str word, second;

    if (str_find_str(sql, S("SELECT")) < sql.n || !str_cut(&sql, ' ', &word)
        || !str_cut(&sql, ' ', &second)) {
        return NO_STR;
    }
    if (str_eq(word, S("UPDATE"))) {
        return second;
    }
    return (str_eq(word, S("INSERT")) && str_eq(second, S("INTO")))
                   || (str_eq(word, S("DELETE")) && str_eq(second, S("FROM")))
               ? str_head(sql, str_find(sql, ' '))
               : NO_STR;
}

/* Only INSERT ... VALUES of plain parameters and nothing behind it: each row is added, or is a fault. */
static const char *
row_of(const char *sql)
{
    const char *row = strncmp(sql, verb, sizeof verb - 1) == 0 ? strstr(sql, values) : NULL;

    row = row ? row + sizeof values - 2 : NULL;
    return row && row[strspn(row, "($0123456789, )")] == 0 ? row : NULL;
}

void
sqlite_rows_learn(struct sqlite_stmt *stmt, const char *sql)
{
    stmt->table = table_of(str_from(sql));
    stmt->row = stmt->table.n ? row_of(sql) : NULL;
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

static sqlite3_stmt *
prepare_rows(struct sqlite_conn *conn, const struct sqlite_stmt *stmt, const char *sql, size_t size)
{
    AUTO(arena_end) struct arena *arena = arena_new(4 * TEXT_BYTES);
    sqlite3_stmt *rows = NULL;
    struct buf buf;
    str text;

    if (arena == NULL) {
        return NULL;
    }
    buf_init(&buf, arena, TEXT_BYTES);
    buf_str(&buf, S("INSERT OR FAIL")); /* without a journal of its own: the batch is undone */
    sql += sizeof verb - 1;
    buf_str(&buf, (str){sql, (size_t)(stmt->row - sql)});
    for (size_t i = 0; i < size; i++) {
        buf_str(&buf, i ? S(",") : NO_STR);
        add_row(&buf, stmt->row, i * stmt->count);
    }
    if (buf_done(&buf, &text)) {
        (void)sqlite3_prepare_v3(
            conn->handle, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT, &rows, NULL);
    }
    return rows;
}

static bool
bind_all(sqlite3_stmt *rows, const struct db_write *const *writes, size_t n)
{
    int at = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < writes[i]->count; k++) {
            if (sqlite_conn_bind_one(rows, ++at, &writes[i]->values[k]) != SQLITE_OK) {
                return false;
            }
        }
    }
    return true;
}

/* As many of the n rows as one statement takes; 0 when they cannot be added. */
static size_t
insert_some(struct sqlite_conn *conn, const struct db_write *const *writes, size_t n)
{
    int number = writes[0]->statement;
    struct sqlite_stmt *stmt = &conn->statements[number];
    sqlite3_stmt *rows = stmt->handle;
    size_t which = 0, size;
    bool is_done;

    while (which < SQLITE_ROW_SIZES && n < sizes[which]) {
        which++;
    }
    size = which < SQLITE_ROW_SIZES ? sizes[which] : 1;
    if (size > 1) {
        if (stmt->rows[which] == NULL) {
            stmt->rows[which] = prepare_rows(conn, stmt, conn->sql[number].text, size);
        }
        rows = stmt->rows[which];
    }
    if (rows == NULL || db_is_told_to_fail()) {
        return 0;
    }
    is_done = size > 1 ? bind_all(rows, writes, size)
                       : sqlite_conn_bind(stmt, writes[0]->values, writes[0]->count);
    is_done = is_done && sqlite3_step(rows) == SQLITE_DONE;
    sqlite3_reset(rows);
    sqlite3_clear_bindings(rows);
    return is_done ? size : 0;
}

static bool
insert_all(struct sqlite_conn *conn, struct sqlite_rows *waiting)
{
    size_t n = waiting->count;

    waiting->count = 0;
    for (size_t i = 0, some; i < n; i += some) {
        some = insert_some(conn, waiting->of + i, n - i);
        if (some == 0) {
            return false;
        }
    }
    return true;
}

bool
sqlite_rows_settle(
    struct sqlite_conn *conn, struct sqlite_waiting *waiting, const struct sqlite_stmt *before)
{
    bool is_any = before == NULL || before->table.n == 0;

    for (size_t i = 0; i < waiting->count; i++) {
        struct sqlite_rows *rows = &waiting->tables[i];

        if ((is_any || str_eq(rows->stmt->table, before->table)) && !insert_all(conn, rows)) {
            return false;
        }
    }
    return true;
}

/* Where rows of this statement wait: no others of its table do, then. */
static struct sqlite_rows *
place_of(struct sqlite_conn *conn, struct sqlite_waiting *waiting, const struct sqlite_stmt *stmt)
{
    struct sqlite_rows *rows;
    size_t i = 0;

    while (i < waiting->count && waiting->tables[i].stmt != stmt) {
        i++;
    }
    rows = &waiting->tables[i];
    if (i < waiting->count && rows->count > 0) {
        return rows;
    }
    if (!sqlite_rows_settle(conn, waiting, i == SQLITE_ROW_TABLES ? NULL : stmt)) {
        return NULL;
    }
    if (i == SQLITE_ROW_TABLES) { /* all of them are empty now */
        rows = waiting->tables;
        waiting->count = 1;
    } else if (i == waiting->count) {
        waiting->count++;
    }
    *rows = (struct sqlite_rows){.stmt = stmt};
    return rows;
}

bool
sqlite_rows_add(struct sqlite_conn *conn, struct sqlite_waiting *waiting, struct sqlite_stmt *stmt,
    const struct db_write *w)
{
    struct sqlite_rows *rows = place_of(conn, waiting, stmt);

    CHECK(w->count == stmt->count);
    if (rows == NULL) {
        return false;
    }
    rows->of[rows->count++] = w;
    return rows->count < SQLITE_ROWS || insert_all(conn, rows);
}
