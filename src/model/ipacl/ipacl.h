/* SPDX-License-Identifier: Apache-2.0 */
/* IP access control lists: from where a key may be used, or pages seen. */
#pragma once
#include "model/record/record.h"

enum ipacl_action { IPACL_ALLOW, IPACL_BLOCK };

struct ipacl_entry { /* type IPAccessControlEntry */
    int action;
    str start, end;
};
struct ipacl { /* type IPAccessControlList */
    struct record head;
    str name, data;
    struct field_list entries; /* struct ipacl_entry */
};
extern const struct record_kind ipacl_kind;

struct rq;
/* Whether the list lets this address in: what the entry says whose range holds it, else the one of "*".
 * An address that cannot be read is let in nowhere. */
bool ipacl_lets_in(const struct ipacl *list, str address);
/* The same for the list of that id, cached, and the address of the request; a list that is not there lets nobody
 * in, a nil id everybody. */
MUST_USE enum err ipacl_judge(struct rq *rq, struct uuid id, bool *ret_is_let_in);
/* Declares that copies of it are forgotten when the request's writes are committed. */
void ipacl_drop(struct rq *rq, struct uuid id);
