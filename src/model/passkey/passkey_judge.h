/* SPDX-License-Identifier: Apache-2.0 */
/* What an authenticator answered, judged: registration (WebAuthn Level 3 s7.1) and assertion (s7.2), each a list of steps
 * in the order of the specification. Pure: nothing is read or stored here. */
#pragma once
#include "model/passkey/passkey.h"

struct arena;

struct passkey_ceremony { /* what was asked, and who may have asked */
    str rp_id;
    const str *origins; /* each scheme://host[:port], compared byte for byte */
    size_t origin_count;
    str challenge; /* base64url, as it was sent */
    bool needs_verification;
};
struct passkey_registration {
    str id; /* credential.id, base64url */
    bytes client_data, attestation;
};
struct passkey_assertion {
    str id; /* credential.id, base64url */
    bytes client_data, data, signature;
    bytes user_handle; /* empty: none came */
};

struct passkey_refusal { /* fixed texts: no input is echoed */
    const char *step;    /* of the specification, for the log: "s7.1 step 9" */
    const char *path, *message;
    bool is_alarming; /* it may be a copy of a key: always logged */
};

/* NULL when all steps hold. Then *ret is a passkey with what the authenticator says: algorithm, attestation type,
 * credential id, public key, counter, backup and verification; texts are on the arena. Whether the credential id is
 * somebody's already (step 26) the caller looks up. */
MUST_USE const struct passkey_refusal *passkey_judge_registration(struct arena *arena,
    const struct passkey_ceremony *ceremony, const struct passkey_registration *response,
    struct passkey *ret);
/* NULL when all steps hold; then counter and backup state of passkey are the new ones. That the passkey was one of
 * those asked for (step 5), and its person the one who was named (step 6), the caller has seen to. */
MUST_USE const struct passkey_refusal *passkey_judge_assertion(struct arena *arena,
    const struct passkey_ceremony *ceremony, const struct passkey_assertion *response,
    struct passkey *passkey);

/* The user handle of a person (s5.4.3): the id's text, as FusionAuth has it, in base64url. */
str passkey_user_handle(struct arena *arena, struct uuid user_id);
