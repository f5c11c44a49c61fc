/* SPDX-License-Identifier: Apache-2.0 */
/* What a passkey looks like: FusionAuth's type WebAuthnCredential, and what is stored of it. */
#include "codec/base64.h"
#include "codec/cose.h"
#include "codec/webauthn.h"
#include "crypto/sign.h"
#include "model/passkey/passkey_internal.h"

/* FusionAuth's documentation writes the middle ones with a hyphen, its clients without: both are taken, and given back
 * as they came. */
static const char *const attestations[] = {"basic", "self", "attestationCa", "anonymizationCa",
    "none", "attestation-ca", "anonymization-ca", NULL};
static const char *const backups[] = {"unknown", "device", "eligible", "backedUp", NULL};

static void
check_algorithm(struct field_check *check)
{
    const struct passkey *passkey = check->object;

    if (cose_alg_name(passkey->algorithm).n == 0) {
        field_check_fault(check, NULL, "invalid",
            "Write the COSE number of an algorithm that is supported, such as -7.");
    }
}

static void
check_credential_id(struct field_check *check)
{
    bytes raw;

    if (!base64url_decode(check->reader->arena, field_check_text(check), &raw)
        || raw.n > WEBAUTHN_ID_MAX) {
        field_check_fault(
            check, NULL, "invalid", "Write at most 1023 bytes in base64url without padding.");
    }
}

/* The key must be one of the algorithm: judged where both are known to be sound. */
static void
check_whole(struct field_check *check)
{
    const struct passkey *passkey = check->object;
    struct sign_key *key =
        sign_key_from_pem(sign_alg_by_name(cose_alg_name(passkey->algorithm)), passkey->public_key);

    if (key == NULL || sign_key_has_private(key)) {
        field_check_fault(
            check, "publicKey", "invalid", "Write the PEM of a public key of the algorithm.");
    }
    sign_key_unref(key);
}

/* clang-format off */
#define P(member) FIELD_AT(struct passkey, member)
enum { COLUMN = FIELD_NOT_STORED };
static const struct field passkey_fields[] = {
    {.name = "algorithm",       .kind = FIELD_INT,     .offset = P(algorithm),        .flags = FIELD_REQUIRED, .min = -65535, .max = -1, .rule = check_algorithm},
    {.name = "attestationType", .kind = FIELD_ENUM,    .offset = P(attestation),      .default_int = PASSKEY_NONE, .more.names = attestations},
    {.name = "authenticatorSupportsUserVerification", .kind = FIELD_BOOL, .offset = P(supports_verification)},
    {.name = "credentialId",    .kind = FIELD_TEXT,    .offset = P(credential_id),    .flags = FIELD_REQUIRED | FIELD_PERSONAL, .max = PASSKEY_ID_TEXT, .rule = check_credential_id},
    {.name = "data",            .kind = FIELD_JSON,    .offset = P(data),             .flags = FIELD_PERSONAL},
    {.name = "discoverable",    .kind = FIELD_BOOL,    .offset = P(discoverable)},
    {.name = "displayName",     .kind = FIELD_TEXT,    .offset = P(display_name),     .flags = FIELD_REQUIRED | FIELD_PERSONAL},
    {.name = "id",              .kind = FIELD_UUID,    .offset = P(id),               .flags = COLUMN},
    {.name = "insertInstant",   .kind = FIELD_INSTANT, .offset = P(insert_instant),   .flags = COLUMN},
    {.name = "lastUseInstant",  .kind = FIELD_INSTANT, .offset = P(last_use_instant), .flags = COLUMN},
    {.name = "name",            .kind = FIELD_TEXT,    .offset = P(name),             .flags = FIELD_REQUIRED | FIELD_PERSONAL},
    {.name = "publicKey",       .kind = FIELD_TEXT,    .offset = P(public_key),       .flags = FIELD_REQUIRED | FIELD_PERSONAL, .max = 4096},
    {.name = "relyingPartyId",  .kind = FIELD_TEXT,    .offset = P(rp_id),            .flags = FIELD_REQUIRED, .max = 253},
    {.name = "signCount",       .kind = FIELD_INT,     .offset = P(sign_count),       .flags = COLUMN, .min = 0, .max = UINT32_MAX},
    {.name = "tenantId",        .kind = FIELD_UUID,    .offset = P(tenant_id),        .flags = COLUMN},
    {.name = "transports",      .kind = FIELD_TEXTS,   .offset = P(transports),       .min = 1, .max = 30},
    {.name = "userAgent",       .kind = FIELD_TEXT,    .offset = P(user_agent),       .flags = FIELD_PERSONAL, .max = 1024},
    {.name = "userId",          .kind = FIELD_UUID,    .offset = P(user_id),          .flags = FIELD_REQUIRED | COLUMN},
};
const struct field_table passkey_table = FIELD_TABLE("WebAuthnCredential", passkey_fields, struct passkey, check_whole);

static const struct field detail_fields[] = {
    {.name = "backup",          .kind = FIELD_ENUM,    .offset = P(backup),           .more.names = backups},
    {.name = "credential",      .kind = FIELD_OBJECT,  .offset = 0,                   .more.table = &passkey_table},
    {.name = "isImported",      .kind = FIELD_BOOL,    .offset = P(is_imported)},
};
const struct field_table passkey_detail_table = FIELD_TABLE("PasskeyDetail", detail_fields, struct passkey, NULL);
/* clang-format on */
