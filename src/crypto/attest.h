/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of an authenticator's maker (WebAuthn s8.2.1), judged by what stands in it: whether its chain leads to
 * somebody who is trusted is not asked, because Cardea asks for no attestation. */
#pragma once
#include "base/str.h"
#include "crypto/sign.h"

/* The key of a DER certificate that meets WebAuthn s8.2.1 for an authenticator of that AAGUID; the caller gives it back
 * with sign_key_unref. NULL when the certificate, or its key under the algorithm, is not acceptable. */
MUST_USE struct sign_key *attest_key(enum sign_alg alg, bytes certificate, bytes aaguid);
