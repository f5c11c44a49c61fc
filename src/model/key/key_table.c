/* SPDX-License-Identifier: Apache-2.0 */
/* What a signing key looks like on the wire (type Key), and in storage. */
#include "model/key/key_internal.h"

enum { PEM_MAX = 16384 };

/* clang-format off */
#define C(member) FIELD_AT(struct cert, member)
static const struct field cert_fields[] = {
    {.name = "issuer", .kind = FIELD_TEXT, .offset = C(issuer)},
    {.name = "md5Fingerprint", .kind = FIELD_TEXT, .offset = C(md5)},
    {.name = "serialNumber", .kind = FIELD_TEXT, .offset = C(serial)},
    {.name = "sha1Fingerprint", .kind = FIELD_TEXT, .offset = C(sha1)},
    {.name = "sha1Thumbprint", .kind = FIELD_TEXT, .offset = C(sha1_thumb)},
    {.name = "sha256Fingerprint", .kind = FIELD_TEXT, .offset = C(sha256)},
    {.name = "sha256Thumbprint", .kind = FIELD_TEXT, .offset = C(sha256_thumb)},
    {.name = "subject", .kind = FIELD_TEXT, .offset = C(subject)},
    {.name = "validFrom", .kind = FIELD_INSTANT, .offset = C(valid_from)},
    {.name = "validTo", .kind = FIELD_INSTANT, .offset = C(valid_to)},
};
static const struct field_table cert_table = FIELD_TABLE("CertificateInformation", cert_fields, struct cert, NULL);

#define K(member) FIELD_AT(struct key, member)
static const struct field key_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = K(id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "name", .kind = FIELD_TEXT, .offset = K(name), .flags = FIELD_REQUIRED | FIELD_NOT_STORED, .max = 191},
    {.name = "algorithm", .kind = FIELD_TEXT, .offset = K(algorithm), .flags = FIELD_IMMUTABLE, .max = 10},
    {.name = "kid", .kind = FIELD_TEXT, .offset = K(kid), .flags = FIELD_IMMUTABLE | FIELD_NOT_STORED, .max = 191},
    {.name = "type", .kind = FIELD_TEXT, .offset = K(type), .max = 20, .flags = FIELD_NOT_STORED},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = K(insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = K(last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    /* From here on: of keys that have a public part. */
    {.name = "length", .kind = FIELD_INT, .offset = K(length), .flags = FIELD_IMMUTABLE | FIELD_NOT_STORED, .max = 8192},
    {.name = "issuer", .kind = FIELD_TEXT, .offset = K(issuer)},
    {.name = "publicKey", .kind = FIELD_TEXT, .offset = K(public_key), .max = PEM_MAX, .flags = FIELD_NOT_STORED},
    {.name = "privateKey", .kind = FIELD_TEXT, .offset = K(private_key), .flags = FIELD_WRITE_ONLY | FIELD_NOT_STORED, .max = PEM_MAX},
    {.name = "secret", .kind = FIELD_SECRET, .offset = K(secret), .flags = FIELD_WRITE_ONLY | FIELD_NOT_STORED, .max = PEM_MAX},
    {.name = "hasPrivateKey", .kind = FIELD_BOOL, .offset = K(has_private), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "expirationInstant", .kind = FIELD_INSTANT, .offset = K(expiration_instant), .flags = FIELD_NOT_STORED},
    {.name = "certificate", .kind = FIELD_TEXT, .offset = K(certificate), .flags = FIELD_IMMUTABLE | FIELD_NOT_STORED, .max = PEM_MAX},
    {.name = "certificateInformation", .kind = FIELD_OBJECT, .offset = K(cert), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED, .more.table = &cert_table},
};
const struct field_table key_table = FIELD_TABLE("Key", key_fields, struct key, NULL);
const struct field_table key_shared_table = {"Key", key_fields, 7, sizeof(struct key), NULL};

#define STORED(member) FIELD_AT(struct stored_key, member)
static const struct field stored_fields[] = {
    {.name = "algorithm", .kind = FIELD_TEXT, .offset = STORED(algorithm)},
    {.name = "issuer", .kind = FIELD_TEXT, .offset = STORED(issuer)},
    {.name = "private", .kind = FIELD_TEXT, .offset = STORED(private_pem), .max = PEM_MAX},
    {.name = "public", .kind = FIELD_TEXT, .offset = STORED(public_pem), .max = PEM_MAX},
    {.name = "secret", .kind = FIELD_TEXT, .offset = STORED(secret64), .max = PEM_MAX},
    {.name = "certificate", .kind = FIELD_TEXT, .offset = STORED(certificate), .max = PEM_MAX},
};
const struct field_table stored_key_table = FIELD_TABLE("StoredKey", stored_fields, struct stored_key, NULL);
/* clang-format on */
