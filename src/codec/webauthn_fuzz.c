/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the first byte says what the rest is read as. Slices lie inside what came, lengths add up, a refusal
 * leaves the output alone, and any byte more is refused. */
#include "codec/webauthn.h"

#include "base/arena.h"
#include "codec/cbor.h"
#include "codec/cose.h"

static bool
is_inside(bytes whole, bytes part)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void
check_data(bytes in, const struct webauthn_data *data)
{
    CHECK(data->rp_id_hash.n == WEBAUTHN_HASH_BYTES && is_inside(in, data->rp_id_hash));
    CHECK(data->extensions == NULL || data->extensions->type == CBOR_MAP);
    if (data->has_credential) {
        CHECK(data->credential_id.n > 0 && data->credential_id.n <= WEBAUTHN_ID_MAX);
        CHECK(is_inside(in, data->credential_id) && is_inside(in, data->aaguid));
        CHECK(is_inside(in, data->key.x) && is_inside(in, data->key.n));
        CHECK(str_eq(cose_alg_name(data->alg), data->key.alg) && data->key.alg.n);
        CHECK(data->key.d.n == 0 && data->key.k.n == 0);
    } else {
        CHECK(in.n == 37 || data->extensions != NULL);
    }
}

static void
run_data(struct arena *arena, bytes in)
{
    struct webauthn_data data = {.sign_count = 7}, again;

    if (webauthn_read_data(arena, in, &data)) {
        check_data(in, &data);
        CHECK(in.n == 0 || !webauthn_read_data(arena, (bytes){in.p, in.n - 1}, &again));
    } else {
        CHECK(data.sign_count == 7 && data.raw.p == NULL);
    }
}

static void
run_attestation(struct arena *arena, bytes in)
{
    struct webauthn_attestation attestation = {.statement = NULL};

    if (webauthn_read_attestation(arena, in, &attestation)) {
        CHECK(attestation.statement->type == CBOR_MAP && attestation.data.has_credential);
        CHECK(is_inside(in, attestation.data.raw));
        check_data(in, &attestation.data);
    } else {
        CHECK(attestation.statement == NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    struct webauthn_client client = {.is_cross_origin = true};
    bytes in;

    CHECK(arena != NULL);
    if (n == 0 || n > KB(16)) {
        return 0;
    }
    in = (bytes){data + 1, n - 1};
    if (data[0] == 'd') {
        run_data(arena, in);
    } else if (data[0] == 'a') {
        run_attestation(arena, in);
    } else if (!webauthn_read_client(arena, in, &client)) {
        CHECK(client.is_cross_origin && client.type.p == NULL);
    }
    return 0;
}
