/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of model/key share: a key as its sealed column holds it. */
#pragma once
#include "model/key/key.h"

struct stored_key {
    str algorithm, issuer;
    str private_pem, public_pem; /* one of the two, for RSA, EC and OKP */
    str certificate;             /* PEM; empty: none */
    str secret64;                /* HS: base64url of the secret's bytes */
};
extern const struct field_table stored_key_table;
/* What is shown of a shared secret: the first rows of key_table. */
extern const struct field_table key_shared_table;

/* Seals and declares the row of a key whose sign member is set. */
MUST_USE enum err key_declare(struct rq *rq, struct key *key);
/* Fills the members that follow from the key material: type, length, public key. */
void key_describe(struct arena *arena, struct key *key);
