/* SPDX-License-Identifier: Apache-2.0 */
/* Registration and assertion (WebAuthn Level 3 s7.1, s7.2), attestation "none" (s8.7) and "packed" (s8.2).
 *
 * Not asked: attestation trust (s7.1 steps 23, 24: we ask for none, so what comes is verified and then believed no more
 * than none), extensions (s7.1 step 28, s7.2 step 23: none is asked for that changes anything). No ceremony of ours runs
 * in another site's frame, so a cross-origin one is refused. Order matters only in that nothing is taken from what has
 * not been parsed. */
#include "model/passkey/passkey_judge.h"

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/cbor.h"
#include "codec/cose.h"
#include "codec/webauthn.h"
#include "crypto/attest.h"
#include "crypto/hash.h"

struct check { /* one answer being judged */
    struct arena *arena;
    const struct passkey_ceremony *ceremony;
    const struct passkey_registration *registration; /* or NULL */
    const struct passkey_assertion *assertion;       /* or NULL */
    bytes client_data;
    struct webauthn_client client;
    struct webauthn_attestation attestation;
    struct webauthn_data data;
    struct sign_key *key;
    struct passkey *passkey;
};
struct step {
    bool (*holds)(struct check *check);
    struct passkey_refusal refusal;
};

static bool
client_data_reads(struct check *check)
{
    return webauthn_read_client(check->arena, check->client_data, &check->client);
}

static bool
type_fits(struct check *check)
{
    return str_eq(
        check->client.type, check->registration ? S("webauthn.create") : S("webauthn.get"));
}

static bool
challenge_is_ours(struct check *check)
{
    return check->ceremony->challenge.n != 0
           && ct_eq(str_bytes(check->client.challenge), str_bytes(check->ceremony->challenge));
}

static bool
origin_is_expected(struct check *check)
{
    for (size_t i = 0; i < check->ceremony->origin_count; i++) {
        if (str_eq(check->client.origin, check->ceremony->origins[i])) {
            return check->client.origin.n != 0;
        }
    }
    return false;
}

static bool
is_in_no_frame(struct check *check)
{
    return !check->client.is_cross_origin && check->client.top_origin.n == 0;
}

static bool
attestation_reads(struct check *check)
{
    if (!webauthn_read_attestation(
            check->arena, check->registration->attestation, &check->attestation)) {
        return false;
    }
    check->data = check->attestation.data;
    return true;
}

static bool
data_reads(struct check *check)
{
    return webauthn_read_data(check->arena, check->assertion->data, &check->data)
           && !check->data.has_credential;
}

static bool
rp_id_is_ours(struct check *check)
{
    struct digest digest = sha256(str_bytes(check->ceremony->rp_id));

    return ct_eq(check->data.rp_id_hash, digest_bytes(&digest));
}

static bool
user_was_present(struct check *check)
{
    return check->data.is_present;
}

static bool
user_was_verified(struct check *check)
{
    return check->data.is_verified || !check->ceremony->needs_verification;
}

static bool
backup_is_possible(struct check *check)
{
    return check->data.may_be_backed_up || !check->data.is_backed_up;
}

static int
backup_of(const struct webauthn_data *data)
{
    if (!data->may_be_backed_up) {
        return PASSKEY_OF_DEVICE;
    }
    return data->is_backed_up ? PASSKEY_BACKED_UP : PASSKEY_MAY_BE_BACKED_UP;
}

/* An imported passkey says it for the first time with its first use. */
static bool
backup_did_not_turn(struct check *check)
{
    return check->passkey->backup == PASSKEY_UNKNOWN
           || check->data.may_be_backed_up == (check->passkey->backup != PASSKEY_OF_DEVICE);
}

/* On its curve and strong enough: crypto/sign says. All algorithms that codec/cose reads were offered (step 20). */
static bool
key_is_sound(struct check *check)
{
    check->key = sign_key_from_jwk(sign_alg_by_name(check->data.key.alg), &check->data.key);
    return check->key != NULL;
}

static bool
id_is_the_one_in_the_data(struct check *check)
{
    return str_eq(check->registration->id, base64url_text(check->arena, check->data.credential_id));
}

/* What an authenticator signs: its data, then the digest of the client data (s6.5.5, s7.2 step 21). */
static bool
is_signed(struct check *check, const struct sign_key *key, bytes signature)
{
    struct digest digest = sha256(check->client_data);
    struct buf buf;
    str text;

    buf_init(&buf, check->arena, KB(64));
    buf_str(&buf, bytes_str(check->data.raw));
    buf_str(&buf, bytes_str(digest_bytes(&digest)));
    return buf_done(&buf, &text) && sign_check_der(key, str_bytes(text), signature);
}

/* s8.2 with x5c: the first certificate is the authenticator's, those behind it lead to its maker's root. */
static bool
is_signed_by_maker(struct check *check, const struct cbor *chain, int64_t alg, bytes signature)
{
    struct sign_key *key;
    bytes certificate;
    bool ok;

    if (chain->type != CBOR_ARRAY || !cbor_bytes(chain->first, &certificate)) {
        return false;
    }
    key = attest_key(sign_alg_by_name(cose_alg_name(alg)), certificate, check->data.aaguid);
    ok = key != NULL && is_signed(check, key, signature);
    sign_key_unref(key);
    check->passkey->attestation = PASSKEY_BASIC;
    return ok;
}

static bool
packed_holds(struct check *check)
{
    const struct cbor *statement = check->attestation.statement,
                      *chain = cbor_get(statement, S("x5c"));
    bytes signature;
    int64_t alg;

    if (!cbor_int(cbor_get(statement, S("alg")), &alg)
        || !cbor_bytes(cbor_get(statement, S("sig")), &signature)
        || statement->count != (chain ? 3 : 2)) {
        return false;
    }
    if (chain != NULL) {
        return is_signed_by_maker(check, chain, alg, signature);
    }
    check->passkey->attestation = PASSKEY_SELF;
    return alg == check->data.alg && is_signed(check, check->key, signature);
}

/* Formats are told apart by the exact case of their names (step 21). */
static bool
statement_holds(struct check *check)
{
    check->passkey->attestation = PASSKEY_NONE;
    if (str_eq(check->attestation.format, S("none"))) {
        return check->attestation.statement->count == 0;
    }
    return str_eq(check->attestation.format, S("packed")) && packed_holds(check);
}

static bool
handle_is_the_owners(struct check *check)
{
    str handle = bytes_str(check->assertion->user_handle);

    return handle.n == 0 || check->passkey->is_imported
           || str_eq(handle, uuid_text(check->arena, check->passkey->user_id));
}

static bool
assertion_is_signed(struct check *check)
{
    str name = cose_alg_name(check->passkey->algorithm);

    check->key = sign_key_from_pem(sign_alg_by_name(name), check->passkey->public_key);
    return check->key != NULL && is_signed(check, check->key, check->assertion->signature);
}

/* A counter that does not move on is that of a copy, or of somebody who was quicker. */
static bool
counter_moved_on(struct check *check)
{
    return (check->data.sign_count == 0 && check->passkey->sign_count == 0)
           || check->data.sign_count > check->passkey->sign_count;
}

/* clang-format off */
#define CLIENT "credential.response.clientDataJSON"
#define ATTESTATION "credential.response.attestationObject"
#define DATA "credential.response.authenticatorData"
static const struct step registration_steps[] = {
    { client_data_reads,    { "s7.1 step 6",  CLIENT, "The client data must be JSON as browsers write it, in base64url.", false } },
    { type_fits,            { "s7.1 step 7",  CLIENT, "The client data is not of a registration.", false } },
    { challenge_is_ours,    { "s7.1 step 8",  CLIENT, "The challenge is not one that is open: start the registration again.", false } },
    { origin_is_expected,   { "s7.1 step 9",  CLIENT, "The origin is not one that this tenant expects.", false } },
    { is_in_no_frame,       { "s7.1 step 10", CLIENT, "The registration was made inside another site's frame.", false } }, /* and step 11 */
    { attestation_reads,    { "s7.1 step 13", ATTESTATION, "The attestation object must be canonical CBOR with a key of an algorithm that was offered.", false } }, /* and steps 20, 25 */
    { rp_id_is_ours,        { "s7.1 step 14", ATTESTATION, "The authenticator data is for another relying party.", false } },
    { user_was_present,     { "s7.1 step 15", ATTESTATION, "The authenticator did not ask for the user's presence.", false } },
    { user_was_verified,    { "s7.1 step 16", ATTESTATION, "The authenticator did not verify the user.", false } },
    { backup_is_possible,   { "s7.1 step 17", ATTESTATION, "The key is said to be backed up and not to be.", false } },
    { id_is_the_one_in_the_data, { "s5.1", "credential.id", "The id is not that of the attested credential.", false } }, /* what a browser gives as id is this */
    { key_is_sound,         { "s7.1 step 20", ATTESTATION, "The public key is not acceptable.", false } },
    { statement_holds,      { "s7.1 step 22", ATTESTATION, "The attestation must be none, or packed and rightly signed.", false } },
};
static const struct step assertion_steps[] = {
    { handle_is_the_owners, { "s7.2 step 6",  "credential.response.userHandle", "The passkey belongs to somebody else.", false } },
    { client_data_reads,    { "s7.2 step 9",  CLIENT, "The client data must be JSON as browsers write it, in base64url.", false } },
    { type_fits,            { "s7.2 step 10", CLIENT, "The client data is not of an authentication.", false } },
    { challenge_is_ours,    { "s7.2 step 11", CLIENT, "The challenge is not one that is open: start again.", false } },
    { origin_is_expected,   { "s7.2 step 12", CLIENT, "The origin is not one that this tenant expects.", false } },
    { is_in_no_frame,       { "s7.2 step 13", CLIENT, "The passkey was used inside another site's frame.", false } }, /* and step 14 */
    { data_reads,           { "s7.2 step 7",  DATA, "The authenticator data must be that of an authentication.", false } },
    { rp_id_is_ours,        { "s7.2 step 15", DATA, "The authenticator data is for another relying party.", false } },
    { user_was_present,     { "s7.2 step 16", DATA, "The authenticator did not ask for the user's presence.", false } },
    { user_was_verified,    { "s7.2 step 17", DATA, "The authenticator did not verify the user.", false } },
    { backup_is_possible,   { "s7.2 step 18", DATA, "The key is said to be backed up and not to be.", false } },
    { backup_did_not_turn,  { "s7.2 step 19", DATA, "Whether the key may be backed up cannot change.", true } },
    { assertion_is_signed,  { "s7.2 step 21", "credential.response.signature", "The signature is not that of the passkey.", false } },
    { counter_moved_on,     { "s7.2 step 22", DATA, "The signature counter did not move on: there may be a copy of the passkey.", true } },
};
/* clang-format on */

static const struct passkey_refusal *
run(struct check *check, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!steps[i].holds(check)) {
            return &steps[i].refusal;
        }
    }
    return NULL;
}

/* s7.1 step 27: the credential record. */
static bool
fill(struct check *check, struct passkey *to)
{
    to->algorithm = check->data.alg;
    to->attestation = check->passkey->attestation;
    to->supports_verification = check->data.is_verified;
    to->credential_id = base64url_text(check->arena, check->data.credential_id);
    to->sign_count = check->data.sign_count;
    to->backup = backup_of(&check->data);
    to->is_imported = false;
    to->rp_id = check->ceremony->rp_id;
    return sign_key_export_public(check->arena, check->key, &to->public_key)
           && to->credential_id.n != 0;
}

const struct passkey_refusal *
passkey_judge_registration(struct arena *arena, const struct passkey_ceremony *ceremony,
    const struct passkey_registration *response, struct passkey *ret)
{
    static const struct passkey_refusal unfit = {
        "s7.1 step 27", ATTESTATION, "The credential could not be kept."};
    struct passkey passkey = *ret;
    struct check check = {
        .arena = arena,
        .ceremony = ceremony,
        .registration = response,
        .client_data = response->client_data,
        .passkey = &passkey,
    };
    const struct passkey_refusal *refusal =
        run(&check, registration_steps, COUNT(registration_steps));

    if (refusal == NULL) {
        refusal = fill(&check, &passkey) ? NULL : &unfit;
    }
    sign_key_unref(check.key);
    if (refusal == NULL) {
        *ret = passkey;
    }
    return refusal;
}

const struct passkey_refusal *
passkey_judge_assertion(struct arena *arena, const struct passkey_ceremony *ceremony,
    const struct passkey_assertion *response, struct passkey *passkey)
{
    struct check check = {
        .arena = arena,
        .ceremony = ceremony,
        .assertion = response,
        .client_data = response->client_data,
        .passkey = passkey,
    };
    const struct passkey_refusal *refusal = run(&check, assertion_steps, COUNT(assertion_steps));

    sign_key_unref(check.key);
    if (refusal == NULL) { /* s7.2 step 24 */
        passkey->sign_count = check.data.sign_count;
        passkey->backup = backup_of(&check.data);
    }
    return refusal;
}

str
passkey_user_handle(struct arena *arena, struct uuid user_id)
{
    char text[UUID_TEXT];

    uuid_write(user_id, text);
    return base64url_text(arena, BYTES_OF(text));
}
