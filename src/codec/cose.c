/* SPDX-License-Identifier: Apache-2.0 */
/* COSE_Key (RFC 9052 s7.1): kty (1) and alg (3), then what the key type asks for: EC2 crv x y (RFC 9053 s7.1.1), OKP
 * crv x (s7.2), RSA n e (RFC 8230 s4). Invariant: a key read has these members alone. */
#include "codec/cose.h"

#include "codec/cbor.h"
#include "codec/jwk.h"

enum { LABEL_KTY = 1, LABEL_ALG = 3, KTY_OKP = 1, KTY_EC2 = 2, KTY_RSA = 3 };
/* Labels of the key's own members by key type. */
enum { LABEL_CRV = -1, LABEL_X = -2, LABEL_Y = -3, LABEL_N = -1, LABEL_E = -2 };

/* clang-format off */
static const struct row {
    int64_t alg;
    str name;
    int64_t kty, crv;
    str crv_name;
    size_t coordinate;
} rows[] = {
/*    alg   name             kty      crv  name of it         bytes */
    { -7,   S_INIT("ES256"), KTY_EC2, 1,   S_INIT("P-256"),   32 },     /* WebAuthn s5.8.5: this curve alone */
    { -8,   S_INIT("EdDSA"), KTY_OKP, 6,   S_INIT("Ed25519"), 32 },
    { -35,  S_INIT("ES384"), KTY_EC2, 2,   S_INIT("P-384"),   48 },
    { -36,  S_INIT("ES512"), KTY_EC2, 3,   S_INIT("P-521"),   66 },
    { -257, S_INIT("RS256"), KTY_RSA, 0,   S_INIT(""),        0  },
    { -37,  S_INIT("PS256"), KTY_RSA, 0,   S_INIT(""),        0  },
    { -258, S_INIT("RS384"), KTY_RSA, 0,   S_INIT(""),        0  },
    { -38,  S_INIT("PS384"), KTY_RSA, 0,   S_INIT(""),        0  },
    { -259, S_INIT("RS512"), KTY_RSA, 0,   S_INIT(""),        0  },
    { -39,  S_INIT("PS512"), KTY_RSA, 0,   S_INIT(""),        0  },
};
/* clang-format on */

static const struct row *
row_of(int64_t alg)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].alg == alg) {
            return &rows[i];
        }
    }
    return NULL;
}

static bool
read_curve(const struct cbor *key, const struct row *row, struct jwk *to)
{
    bool has_y = row->kty == KTY_EC2;
    int64_t crv;

    to->type = has_y ? JWK_EC : JWK_OKP;
    to->crv = row->crv_name;
    return key->count == (has_y ? 5 : 4) && cbor_int(cbor_at(key, LABEL_CRV), &crv)
           && crv == row->crv && cbor_bytes(cbor_at(key, LABEL_X), &to->x)
           && to->x.n == row->coordinate
           && (!has_y || (cbor_bytes(cbor_at(key, LABEL_Y), &to->y) && to->y.n == row->coordinate));
}

/* RFC 8230 s4: the shortest form, so no leading zero. */
static bool
read_rsa(const struct cbor *key, struct jwk *to)
{
    to->type = JWK_RSA;
    return key->count == 4 && cbor_bytes(cbor_at(key, LABEL_N), &to->n) && to->n.n != 0
           && to->n.p[0] != 0 && cbor_bytes(cbor_at(key, LABEL_E), &to->e) && to->e.n != 0
           && to->e.p[0] != 0;
}

bool
cose_read(const struct cbor *key, int64_t *ret_alg, struct jwk *ret)
{
    struct jwk jwk = {.alg = NO_STR};
    const struct row *row;
    int64_t alg, kty;

    if (!cbor_int(cbor_at(key, LABEL_ALG), &alg) || !cbor_int(cbor_at(key, LABEL_KTY), &kty)) {
        return false;
    }
    row = row_of(alg);
    if (row == NULL || row->kty != kty
        || !(kty == KTY_RSA ? read_rsa(key, &jwk) : read_curve(key, row, &jwk))) {
        return false;
    }
    jwk.alg = row->name;
    *ret_alg = alg;
    *ret = jwk;
    return true;
}

int64_t
cose_alg_at(size_t index)
{
    return index < COUNT(rows) ? rows[index].alg : 0;
}

str
cose_alg_name(int64_t alg)
{
    const struct row *row = row_of(alg);

    return row ? row->name : NO_STR;
}
