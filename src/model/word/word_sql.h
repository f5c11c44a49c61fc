/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/word: the only place with SQL over user_word. Few rows have the same segment, so what is asked
 * of a tenant goes from segment to segment, each found by the one behind it. */
#pragma once

/* clang-format off */
#define WORD_SEGMENTS_SQL "WITH RECURSIVE s(n) AS (SELECT max(segment) FROM user_word UNION ALL"      \
        " SELECT (SELECT max(w.segment) FROM user_word w WHERE w.segment < s.n) FROM s WHERE s.n IS NOT NULL)"
#define WORD_SQL(X) /* name, database, text */                                                     \
    X(WORD_LAST, DB_DATA, "SELECT max(segment) FROM user_word WHERE segment >= $1 AND segment < $2") \
    X(WORD_OLDEST, DB_DATA, "SELECT min(segment) FROM user_word WHERE segment >= $1 AND segment < $2") \
    X(WORD_INSERT, DB_DATA, "INSERT INTO user_word (segment, tenant_id, word, user_id, others)"    \
        " VALUES ($1, $2, $3, $4, $5)")                                                            \
    X(WORD_DELETE, DB_DATA, "DELETE FROM user_word WHERE segment = $1 AND tenant_id = $2 AND user_id = $3" \
        " AND word IN ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)") \
    X(WORD_POSTING, DB_DATA, "SELECT user_id, others FROM user_word WHERE segment = $1 AND tenant_id = $2" \
        " AND word = $3 AND user_id <= $4 ORDER BY user_id DESC LIMIT 1")                          \
    X(WORD_POSTING_SET, DB_DATA, "UPDATE user_word SET user_id = $5, others = $6 WHERE segment = $1" \
        " AND tenant_id = $2 AND word = $3 AND user_id = $4 AND others = $7")                      \
    X(WORD_POSTING_DELETE, DB_DATA, "DELETE FROM user_word WHERE segment = $1 AND tenant_id = $2"  \
        " AND word = $3 AND user_id = $4 AND others = $5")                                         \
    X(WORD_SEGMENTS, DB_DATA, "WITH RECURSIVE s(n) AS (SELECT max(segment) FROM user_word WHERE segment <= $1" \
        " UNION ALL SELECT (SELECT max(w.segment) FROM user_word w WHERE w.segment < s.n) FROM s WHERE s.n IS NOT NULL)" \
        " SELECT n FROM s WHERE n IS NOT NULL LIMIT $2") /* each is found by the one before, so they come in order */ \
    X(WORD_USERS, DB_DATA, "SELECT user_id, others FROM user_word WHERE segment = $1 AND tenant_id = $2" \
        " AND word = $3 AND user_id < $4 ORDER BY user_id DESC LIMIT $5")                          \
    X(WORD_HEADS, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM user_word WHERE segment = $1"      \
        " AND tenant_id = $2 AND word = $3 LIMIT $4) c")                                           \
    X(WORD_COUNT, DB_DATA, "SELECT COALESCE(sum(c.k), 0) FROM (SELECT 1 + length(others) / 16 AS k FROM user_word" \
        " WHERE segment = $1 AND tenant_id = $2 AND word = $3 LIMIT $4) c")                        \
    X(WORD_NTH, DB_DATA, "SELECT tenant_id, word FROM user_word WHERE segment = $1"                \
        " ORDER BY tenant_id, word, user_id LIMIT 1 OFFSET $2")                                    \
    X(WORD_OLDEST_ROWS, DB_DATA, "SELECT tenant_id, word, user_id, others FROM user_word WHERE segment = $1" \
        " ORDER BY tenant_id, word, user_id LIMIT $2")                                             \
    X(WORD_MOVE_SOME, DB_DATA, "UPDATE user_word SET segment = $2 WHERE segment = $1"              \
        " AND (tenant_id, word) <= ($3, $4)")                                                      \
    X(WORD_MOVE, DB_DATA, "UPDATE user_word SET segment = $2 WHERE segment = $1")                  \
    X(WORD_OF_ENDED, DB_DATA, WORD_SEGMENTS_SQL " SELECT w.segment, w.tenant_id, w.word, w.user_id" \
        " FROM s CROSS JOIN user_word w WHERE w.segment = s.n AND w.tenant_id = $1 LIMIT $2") \
    X(WORD_END, DB_DATA, "DELETE FROM user_word WHERE segment = $1 AND tenant_id = $2 AND word = $3" \
        " AND user_id = $4")
/* clang-format on */
