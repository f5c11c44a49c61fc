/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticator data:
 *
 *   rpIdHash 32 | flags 1 | signCount 4 | [ AT: aaguid 16 | length 2 | credentialId | COSE_Key ] | [ ED: CBOR map ]
 *
 * WebAuthn Level 3 s6.1, s6.5.1, s6.5.4; client data s5.8.1. Invariant: slices point into what was read. */
#include "codec/webauthn.h"

#include "codec/cbor.h"
#include "codec/cose.h"
#include "codec/json.h"

/* WebAuthn s6.1: bits 1 and 5 are reserved and mean nothing yet. */
enum flag { UP = 1 << 0, UV = 1 << 2, BE = 1 << 3, BS = 1 << 4, AT = 1 << 6, ED = 1 << 7 };
enum { FLAGS_AT = 32, COUNT_AT = 33, HEAD_BYTES = 37, CREDENTIAL_HEAD = WEBAUTHN_AAGUID_BYTES + 2 };

static bytes
skip(bytes in, size_t n)
{
    return (bytes){in.p + n, in.n - n};
}

/* Attested credential data (WebAuthn s6.5.1). */
static bool
take_credential(struct arena *arena, bytes *in, struct webauthn_data *to)
{
    const struct cbor *key;
    size_t n;

    if (in->n < CREDENTIAL_HEAD) {
        return false;
    }
    to->aaguid = (bytes){in->p, WEBAUTHN_AAGUID_BYTES};
    n = (size_t)in->p[WEBAUTHN_AAGUID_BYTES] << 8 | in->p[WEBAUTHN_AAGUID_BYTES + 1];
    *in = skip(*in, CREDENTIAL_HEAD);
    if (n == 0 || n > WEBAUTHN_ID_MAX || n > in->n) {
        return false;
    }
    to->credential_id = (bytes){in->p, n};
    *in = skip(*in, n);
    return cbor_take(arena, in, &key) && cose_read(key, &to->alg, &to->key);
}

static bool
take_extensions(struct arena *arena, bytes *in, struct webauthn_data *to)
{
    return cbor_take(arena, in, &to->extensions) && to->extensions->type == CBOR_MAP;
}

bool
webauthn_read_data(struct arena *arena, bytes in, struct webauthn_data *ret)
{
    struct webauthn_data data = {.raw = in};
    unsigned flags;

    if (in.n < HEAD_BYTES) {
        return false;
    }
    flags = in.p[FLAGS_AT];
    data.rp_id_hash = (bytes){in.p, WEBAUTHN_HASH_BYTES};
    data.is_present = flags & UP;
    data.is_verified = flags & UV;
    data.may_be_backed_up = flags & BE;
    data.is_backed_up = flags & BS;
    data.has_credential = flags & AT;
    for (size_t i = COUNT_AT; i < HEAD_BYTES; i++) {
        data.sign_count = data.sign_count << 8 | in.p[i];
    }
    in = skip(in, HEAD_BYTES);
    if ((data.has_credential && !take_credential(arena, &in, &data))
        || (flags & ED && !take_extensions(arena, &in, &data)) || in.n != 0) {
        return false;
    }
    *ret = data;
    return true;
}

bool
webauthn_read_attestation(struct arena *arena, bytes in, struct webauthn_attestation *ret)
{
    struct webauthn_attestation attestation = {.format = NO_STR};
    const struct cbor *object;
    bytes data;

    if (!cbor_parse(arena, in, &object) || object->type != CBOR_MAP || object->count != 3
        || !cbor_str(cbor_get(object, S("fmt")), &attestation.format)
        || !cbor_bytes(cbor_get(object, S("authData")), &data)) {
        return false;
    }
    attestation.statement = cbor_get(object, S("attStmt"));
    if (attestation.statement == NULL || attestation.statement->type != CBOR_MAP
        || !webauthn_read_data(arena, data, &attestation.data)
        || !attestation.data.has_credential) {
        return false;
    }
    *ret = attestation;
    return true;
}

/* An optional member: absent, or of the type. */
static bool
read_flag(const struct json *object, str name, bool *to)
{
    const struct json *v = json_get(object, name);

    return v == NULL || json_bool(v, to);
}

static bool
read_text(const struct json *object, str name, str *to)
{
    const struct json *v = json_get(object, name);

    return v == NULL || json_str(v, to);
}

bool
webauthn_read_client(struct arena *arena, bytes in, struct webauthn_client *ret)
{
    struct webauthn_client client = {.is_cross_origin = false};
    str text = bytes_str(in);
    const struct json *object;

    if (str_starts(text, S("\xEF\xBB\xBF"))) {
        text = str_skip(text, 3);
    }
    if (!json_parse(arena, text, &object, NULL) || object->type != JSON_OBJECT
        || !json_str(json_get(object, S("type")), &client.type)
        || !json_str(json_get(object, S("challenge")), &client.challenge)
        || !json_str(json_get(object, S("origin")), &client.origin)
        || !read_text(object, S("topOrigin"), &client.top_origin)
        || !read_flag(object, S("crossOrigin"), &client.is_cross_origin)) {
        return false;
    }
    *ret = client;
    return true;
}
