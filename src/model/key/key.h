/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys (FusionAuth's Key Master): generated or imported, sealed under a wrapped key of
 * their own. A key belongs to a tenant or, with a nil tenant, to all. */
#pragma once
#include "crypto/cert.h"
#include "crypto/sign.h"
#include "model/field/field.h"

struct rq;
struct tenant;

struct key { /* type Key */
    struct uuid id, tenant_id;
    str name, kid, issuer, type;
    str algorithm; /* as FusionAuth names it: "ES256", "Ed25519" */
    int64_t length, insert_instant, last_update_instant, expiration_instant;
    str public_key, private_key, secret,
        certificate;              /* private_key and secret: only when imported */
    struct cert cert;             /* what the certificate says; nothing without one */
    bool has_private, is_default; /* is_default: its tenant's own */
    struct sign_key *sign;        /* compiled */
};
extern const struct field_table key_table;

/* The compiled key; *ret NULL when there is none. */
MUST_USE enum err key_load(struct rq *rq, struct uuid id, const struct key **ret);
/* The key of that kid, whosoever's; *ret NULL when there is none. */
MUST_USE enum err key_find_kid(struct rq *rq, str kid, const struct key **ret);
/* All keys a tenant may use (its own and everybody's), oldest first; a nil tenant gives all
 * keys. */
MUST_USE enum err key_list(
    struct rq *rq, struct uuid tenant_id, const struct key ***ret, size_t *ret_count);
/* Declares a new key: generates it from algorithm and length, with a certificate of its own making if it is an RSA or EC
 * key and no tenant's default. */
MUST_USE enum err key_generate(struct rq *rq, struct key *key);
/* Declares a key made of public_key, private_key, certificate or secret; faults at key.*. */
MUST_USE enum err key_import(struct rq *rq, struct key *key, struct field_reader *reader);
MUST_USE enum err key_rename(struct rq *rq, const struct key *before, str name);
/* Declares that something names the key: it has to be there at the commit (ERR_AGAIN), and whoever was about to
 * delete it then looks again. */
void key_hold(struct rq *rq, struct uuid id);
/* How often it was held; read before looking who names it. */
MUST_USE enum err key_uses(struct rq *rq, const struct key *key, int64_t *ret);
/* Declares its end, unless it was held since (ERR_AGAIN). */
void key_delete(struct rq *rq, const struct key *key, int64_t uses);
/* The tenant's default signing key (made with it). */
MUST_USE enum err key_of_tenant(struct rq *rq, const struct tenant *tenant, const struct key **ret);
/* Declares that this key, which was declared already, is its tenant's own from now on; the one that was is a key like
 * others. Only for the operator: what it signs is believed of administrators. */
MUST_USE enum err key_make_own(struct rq *rq, const struct tenant *tenant, struct uuid id);
/* The algorithm of id tokens that an application's secret signs (OIDC Core s10.1), if this is one of the ids that stand for
 * that; SIGN_NONE otherwise. No key has such an id. */
enum sign_alg key_client_alg(struct uuid id);
/* That secret as a key, the caller's to unref; NULL for other ids, and for secrets that are too short. */
struct sign_key *key_of_client(struct uuid id, str secret);
/* The PEM that an asymmetric key is made of: the private part if there is one. */
str key_material(const struct key *key);
void key_write(const struct key *key, struct json_out *out);
