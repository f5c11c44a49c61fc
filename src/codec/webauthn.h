/* SPDX-License-Identifier: Apache-2.0 */
/* What authenticators and browsers send (WebAuthn Level 3): authenticator data (s6.1), attestation objects (s6.5.4),
 * client data (s5.8.1). Syntax only: model/passkey judges it.
 *
 * Refused: bytes behind what the flags announce, credential ids that are empty or over 1023 bytes, keys that codec/cose
 * refuses, attestation objects with other members than three. */
#pragma once
#include "codec/jwk.h"

struct arena;
struct cbor;

enum { WEBAUTHN_ID_MAX = 1023, WEBAUTHN_AAGUID_BYTES = 16, WEBAUTHN_HASH_BYTES = 32 };

struct webauthn_data {
    bytes raw, rp_id_hash;
    bool is_present, is_verified;        /* UP, UV */
    bool may_be_backed_up, is_backed_up; /* BE, BS */
    uint32_t sign_count;
    bool has_credential; /* AT: the members that follow */
    bytes aaguid, credential_id;
    int64_t alg;
    struct jwk key;
    const struct cbor *extensions; /* ED: a map; NULL: none */
};
/* Authenticator data (WebAuthn s6.1), whole: false when a byte is missing or left over. Slices point into in. */
MUST_USE bool webauthn_read_data(struct arena *arena, bytes in, struct webauthn_data *ret);

struct webauthn_attestation {
    str format;
    const struct cbor *statement; /* a map */
    struct webauthn_data data;    /* with a credential */
};
/* An attestation object (WebAuthn s6.5.4), whose data must have a credential. */
MUST_USE bool webauthn_read_attestation(
    struct arena *arena, bytes in, struct webauthn_attestation *ret);

struct webauthn_client {
    str type, challenge, origin, top_origin; /* top_origin: empty when absent */
    bool is_cross_origin;
};
/* A byte order mark before the text is left out (WebAuthn s7.1 step 5: UTF-8 decode). */
MUST_USE bool webauthn_read_client(struct arena *arena, bytes in, struct webauthn_client *ret);
