/* SPDX-License-Identifier: Apache-2.0 */
/* Id tokens signed with the application's own secret (OIDC Core s10.1). FusionAuth calls that by three key ids, one for
 * each algorithm, which files and clients name: no row of ours is behind them. */
#include "model/key/key.h"

static const struct {
    struct uuid id;
    enum sign_alg alg;
} client_keys[] = {
    {{{0x09, 0x2d, 0xbe, 0xdc, 0x30, 0xaf, 0x41, 0x49, 0x9c, 0x61, 0xb5, 0x78, 0xf2, 0xc7, 0x2f,
         0x59}},
        SIGN_HS256},
    {{{0x4b, 0x8f, 0x1c, 0x06, 0x51, 0x8e, 0x45, 0xbd, 0x9a, 0xc5, 0xd5, 0x49, 0x68, 0x6a, 0xe0,
         0x2a}},
        SIGN_HS384},
    {{{0xc7, 0x53, 0xa4, 0x4d, 0x7f, 0x2e, 0x48, 0xd3, 0xbc, 0x4e, 0xc2, 0xc1, 0x64, 0x88, 0xa2,
         0x3b}},
        SIGN_HS512},
};

enum sign_alg
key_client_alg(struct uuid id)
{
    for (size_t i = 0; i < COUNT(client_keys); i++) {
        if (uuid_eq(client_keys[i].id, id)) {
            return client_keys[i].alg;
        }
    }
    return SIGN_NONE;
}

struct sign_key *
key_of_client(struct uuid id, str secret)
{
    enum sign_alg alg = key_client_alg(id);

    return alg == SIGN_NONE ? NULL : sign_key_from_secret(alg, str_bytes(secret));
}
