/* SPDX-License-Identifier: Apache-2.0 */
/* Passkeys: the public keys of authenticators that people may sign in with (WebAuthn Level 3, credential records of s4).
 * A row is found by its id, its user, or a blind index of the credential id; its detail is sealed under the user's
 * key. Who may sign in with one is judged by passkey_judge.h. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/field/field.h"

struct rq;
struct tenant;

/* clang-format off */
enum {
    PASSKEY_MAX = 100,                  /* of one person */
    PASSKEY_ID_TEXT = 1364,             /* base64url of WEBAUTHN_ID_MAX bytes */
};
enum passkey_backup {                   /* BE and BS of WebAuthn s6.1.3; stored */
    PASSKEY_UNKNOWN,                    /* imported, and not used since */
    PASSKEY_OF_DEVICE,
    PASSKEY_MAY_BE_BACKED_UP,
    PASSKEY_BACKED_UP,
};
enum passkey_attestation {              /* AttestationType, by index */
    PASSKEY_BASIC,
    PASSKEY_SELF,
    PASSKEY_NONE = 4,
};
struct passkey {                        /* type WebAuthnCredential */
    struct uuid id, tenant_id, user_id;
    int64_t algorithm;                  /* IANA's number: -7 */
    int attestation;
    bool supports_verification;         /* the user was verified when it was registered */
    bool discoverable;
    str credential_id;                  /* base64url */
    str display_name, name, public_key /* PEM */, rp_id, user_agent, data;
    int64_t insert_instant, last_use_instant, sign_count;
    struct field_texts transports;
    /* stored, not shown */
    int backup;                         /* enum passkey_backup */
    bool is_imported;                   /* so its user handle may be another house's */
};
/* clang-format on */

/* As the API shows and takes it. */
extern const struct field_table passkey_table;

/* *ret NULL when there is none, or its person was erased. */
MUST_USE enum err passkey_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, struct passkey **ret);
MUST_USE enum err passkey_find(
    struct rq *rq, const struct tenant *tenant, str credential_id, struct passkey **ret);
/* All of a person, oldest first. */
MUST_USE enum err passkey_list(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct passkey **ret, size_t *ret_count);
/* Ids of the tenants that have one of this id, at most max: mostly one, since ids are random. */
MUST_USE enum err passkey_tenants(
    struct rq *rq, struct uuid id, size_t max, struct uuid **ret, size_t *ret_count);

/* Declares a new one; makes its id and instants where they are not set. When the id or the credential id is taken by
 * then, or the person gone, the handler runs again (ERR_AGAIN): look first. ERR_NOT_FOUND for a person who was erased. */
MUST_USE enum err passkey_add(struct rq *rq, const struct tenant *tenant, struct passkey *passkey);
/* Declares that after was used now; before is how it was loaded. Of two uses at once one runs again, and finds the
 * signature counter moved (WebAuthn s7.2 step 22). */
MUST_USE enum err passkey_use(struct rq *rq, const struct tenant *tenant,
    const struct passkey *before, struct passkey *after);
/* Declares its end (ERR_AGAIN when it has ended meanwhile). */
void passkey_remove(struct rq *rq, const struct passkey *passkey);
void passkey_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);

/* The relying party of a tenant: as set, else the host of its base URL, else of the house's (on the request's arena). */
str passkey_rp_id(struct rq *rq, const struct tenant *tenant);
str passkey_rp_name(const struct tenant *tenant);
