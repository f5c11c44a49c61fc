/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of model/user: the only place with SQL over its tables. An update of a user names the
 * last_update_instant it has read: the row's version. */
#pragma once

/* clang-format off */
#define USER_COLUMNS "id, is_active, insert_instant, last_update_instant, last_login_instant, password_instant," \
                     " expiry, profile, credentials"
#define USER_READ USER_COLUMNS ", prevented_until"
#define USER_SQL(X) /* name, database, text */                                                     \
    X(USER_BY_ID, DB_DATA, "SELECT " USER_READ " FROM users WHERE tenant_id = $1 AND id = $2")    \
    X(USER_ANYWHERE, DB_DATA, "SELECT " USER_READ ", tenant_id FROM users WHERE id = $1") \
    X(USER_BY_BLIND, DB_DATA, "SELECT u.id, u.is_active, u.insert_instant, u.last_update_instant," \
        " u.last_login_instant, u.password_instant, u.expiry, u.profile, u.credentials, u.prevented_until" \
        " FROM users u WHERE u.tenant_id = $1 AND u.id = (SELECT i.user_id FROM identity i"        \
        " WHERE i.tenant_id = $1 AND i.blind = $2)")                                               \
    X(USER_INSERT, DB_DATA, "INSERT INTO users (tenant_id, " USER_COLUMNS ", words)"               \
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")                                  \
    X(USER_WORDS, DB_DATA, "SELECT words FROM users WHERE tenant_id = $1 AND id = $2")             \
    X(USER_WORDS_SET, DB_DATA, "UPDATE users SET words = $3 WHERE tenant_id = $1 AND id = $2 AND words = $4") \
    X(USER_UPDATE, DB_DATA, "UPDATE users SET is_active = $3, last_update_instant = $4,"           \
        " password_instant = $5, expiry = $6, profile = $7, credentials = $8"                      \
        " WHERE tenant_id = $1 AND id = $2 AND last_update_instant = $9")                          \
    X(USER_NOTE_LOGIN, DB_DATA, "UPDATE users SET last_login_instant = $3"                         \
        " WHERE tenant_id = $1 AND id = $2 AND is_active = 1 AND password_instant = $4 AND prevented_until = $5") \
    X(USER_NOTE_LOGIN_REHASHED, DB_DATA, "UPDATE users SET last_login_instant = $3, credentials = $5," \
        " last_update_instant = $7"                                                                \
        " WHERE tenant_id = $1 AND id = $2 AND is_active = 1 AND password_instant = $4"            \
        " AND last_update_instant = $6 AND prevented_until = $8")                                  \
    X(USER_PREVENT, DB_DATA, "UPDATE users SET prevented_until = CASE WHEN prevented_until >= $3"  \
        " THEN prevented_until + 1 ELSE $3 END WHERE tenant_id = $1 AND id = $2")                  \
    X(USER_PREVENT_HOLD, DB_DATA, "UPDATE users SET prevented_until = prevented_until"              \
        " WHERE tenant_id = $1 AND id = $2 AND prevented_until = $3")                              \
    X(USER_STANDING, DB_DATA, "SELECT is_active, expiry FROM users WHERE tenant_id = $1 AND id = $2") \
    X(USER_HOLD, DB_DATA, "UPDATE users SET is_active = is_active WHERE tenant_id = $1 AND id = $2") \
    X(USER_TENANTS, DB_DATA, "SELECT tenant_id FROM users WHERE id = $1 ORDER BY tenant_id")       \
    X(USER_DELETE, DB_DATA, "DELETE FROM users WHERE tenant_id = $1 AND id = $2")                  \
    X(USER_AFTER, DB_DATA, "SELECT tenant_id, id FROM users WHERE (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id") \
    X(USER_AFTER_WORDLESS, DB_DATA, "SELECT tenant_id, id, length(words) FROM users WHERE (tenant_id, id) > ($1, $2)" \
        " ORDER BY tenant_id, id LIMIT $3")                                                        \
    X(USER_NEWEST, DB_DATA, "SELECT id, insert_instant FROM users WHERE tenant_id = $1"            \
        " AND insert_instant <= $2 AND (insert_instant, id) < ($2, $3) ORDER BY insert_instant DESC, id DESC LIMIT $4")     \
    X(USER_OLDEST, DB_DATA, "SELECT id, insert_instant FROM users WHERE tenant_id = $1"            \
        " AND insert_instant >= $2 AND (insert_instant, id) > ($2, $3) ORDER BY insert_instant, id LIMIT $4")               \
    X(USER_COUNT, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM users WHERE tenant_id = $1 LIMIT $2) c") \
    X(REGISTRATION_USERS, DB_DATA, "SELECT user_id FROM registration WHERE tenant_id = $1 AND application_id = $2" \
        " AND user_id < $3 ORDER BY user_id DESC LIMIT $4")                                        \
    X(REGISTRATION_COUNT, DB_DATA, "SELECT count(*) FROM (SELECT 1 FROM registration WHERE tenant_id = $1" \
        " AND application_id = $2 LIMIT $3) c")                                                    \
    X(USER_OF_ENDED, DB_DATA, "SELECT tenant_id, id FROM users" \
        " WHERE tenant_id = $1 ORDER BY id LIMIT $2") \
    X(IDENTITY_HOLDER, DB_DATA, "SELECT user_id FROM identity WHERE tenant_id = $1 AND blind = $2") \
    X(IDENTITY_INSERT, DB_DATA, "INSERT INTO identity (tenant_id, blind, user_id, kind) VALUES ($1, $2, $3, $4)") \
    X(IDENTITY_DELETE, DB_DATA, "DELETE FROM identity WHERE tenant_id = $1 AND blind = $2 AND user_id = $3") \
    X(IDENTITY_FORGET_USER, DB_DATA, "DELETE FROM identity WHERE tenant_id = $1 AND user_id = $2") \
    X(IDENTITY_OF_ENDED, DB_DATA, "SELECT tenant_id, blind, user_id FROM identity" \
        " WHERE tenant_id = $1 ORDER BY blind LIMIT $2") \
    X(REGISTRATION_BY_USER, DB_DATA, "SELECT id, application_id, insert_instant, last_update_instant," \
        " last_login_instant, detail FROM registration WHERE tenant_id = $1 AND user_id = $2")     \
    X(REGISTRATION_INSERT, DB_DATA, "INSERT INTO registration (tenant_id, user_id, application_id, id," \
        " insert_instant, last_update_instant, last_login_instant, detail)"                        \
        " SELECT $1, $2, $3, $4, CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS BIGINT), $8"   \
        " WHERE EXISTS (SELECT 1 FROM application WHERE tenant_id IN ($1, $9) AND id = $3 /*postgres: FOR KEY SHARE */)") \
    X(REGISTRATION_INSERT_HELD, DB_DATA, "INSERT INTO registration (tenant_id, user_id, application_id," \
        " id, insert_instant, last_update_instant, last_login_instant, detail)"                    \
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")                                                \
    X(REGISTRATION_UPDATE, DB_DATA, "UPDATE registration SET last_update_instant = $4, detail = $5" \
        " WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3 AND last_update_instant = $6") \
    X(REGISTRATION_NOTE_LOGIN, DB_DATA, "UPDATE registration SET last_login_instant = $4"          \
        " WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3")                          \
    X(REGISTRATION_DELETE, DB_DATA, "DELETE FROM registration WHERE tenant_id = $1 AND user_id = $2" \
        " AND application_id = $3")                                                                \
    X(REGISTRATION_FORGET_USER, DB_DATA, "DELETE FROM registration WHERE tenant_id = $1 AND user_id = $2") \
    X(REGISTRATION_OF_ENDED_APPLICATION, DB_DATA, "SELECT tenant_id, user_id, application_id FROM registration" \
        " WHERE tenant_id = $1 AND application_id = $2 ORDER BY user_id LIMIT $3") \
    X(REGISTRATION_OF_ENDED, DB_DATA, "SELECT tenant_id, user_id, application_id FROM registration" \
        " WHERE tenant_id = $1 ORDER BY user_id, application_id LIMIT $2")
/* clang-format on */
