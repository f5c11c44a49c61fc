/* SPDX-License-Identifier: Apache-2.0 */
/* Links: that a person of ours is somebody of an identity provider's. Sealed under the person's key, found by a
 * blind index of provider and id there; one person each. */
#pragma once
#include "model/field/field.h"

struct idp;
struct rq;
struct tenant;

enum { LINK_MAX_SUBJECT = 1024, LINK_MAX_OF_USER = 1000 };

struct link { /* type IdentityProviderLink */
    struct uuid tenant_id, user_id, idp_id;
    int64_t insert_instant, last_login_instant;
    str subject; /* identityProviderUserId */
    str display_name, token, data;
    str idp_name; /* only of what is written out: link_describe */
    int idp_type;
    /* private */
    struct uuid id;
    bool is_only; /* added to who has none with the provider */
};
extern const struct field_table link_table;

/* The link of somebody of the provider's; *ret NULL when there is none. */
MUST_USE enum err link_find(
    struct rq *rq, const struct tenant *tenant, struct uuid idp_id, str subject, struct link **ret);
/* All of a person, of one provider unless idp_id is nil. */
MUST_USE enum err link_of_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct uuid idp_id, struct link **ret, size_t *ret_count);
/* How many a person has with the provider. */
MUST_USE enum err link_count(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct uuid idp_id, int64_t *ret);
/* How many a person may have with it. */
int64_t link_limit(const struct idp *idp, const struct tenant *tenant);

/* Declares a new link. The person must be there at the commit, have fewer links than the limit says (none for
 * is_only), and nobody may have linked the same one meanwhile (ERR_AGAIN: look first). */
MUST_USE enum err link_add(
    struct rq *rq, const struct tenant *tenant, const struct idp *idp, struct link *link);
/* Declares that the person came in by it now, with the name and token that the provider says now. */
MUST_USE enum err link_note_login(struct rq *rq, const struct tenant *tenant, struct link *link);
/* Declares its end (ERR_AGAIN when it changed meanwhile). */
void link_remove(struct rq *rq, const struct tenant *tenant, const struct link *link);
/* Declare the end of all of a person, a provider. */
void link_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
void link_forget_idp(struct rq *rq, struct uuid idp_id);

/* Adds the provider's name and type, for the answer. */
void link_describe(const struct idp *idp, struct link *link);
