/* SPDX-License-Identifier: Apache-2.0 */
/* Many users at once, made elsewhere: with ids, instants, states, registrations and hashes of passwords. */
#pragma once
#include "model/user/user.h"

enum { USER_HASH_MAX = 2048 };
/* user_table with what only an import may say. */
const struct field_table *user_import_table(void);
struct user_import;
MUST_USE enum err user_import_begin(
    struct rq *rq, const struct tenant *tenant, size_t max_users, struct user_import **ret);
/* Judges a user behind those that were judged: [duplicate] when one of them has the id or a login id, or, if
 * is_in_database is asked for, somebody in the database. Settles what makes the username unique. Faults at path. */
MUST_USE enum err user_import_check(struct rq *rq, struct user_import *import, struct user *user,
    bool is_in_database, struct field_reader *reader, const char *path);
/* Makes the rows of a judged user. rq->arena may be one that is given back; what is declared lies on that of begin. A taken id
 * or login id makes the handler run again. */
MUST_USE enum err user_import_add(struct rq *rq, struct user_import *import, struct user *user);
MUST_USE enum err user_import_end(struct rq *rq, struct user_import *import);

/* The password member is a hash made elsewhere (an import): keeps it as it is, with given_scheme,
 * given_factor and given_salt. Faults at path.password, .encryptionScheme, .factor, .salt; then
 * false and nothing is changed. */
MUST_USE bool user_import_password(
    struct rq *rq, struct field_reader *reader, struct user *user, const char *path);
