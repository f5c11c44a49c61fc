/* SPDX-License-Identifier: Apache-2.0 */
/* What second factors look like on the wire, and in the sealed credentials of a user. */
#include "model/factor/factor.h"

#include "crypto/otp.h"
#include "model/tenant/tenant.h"

const char *const factor_methods[] = {"authenticator", "email", "sms", NULL};

/* clang-format off */
enum { OWN = FIELD_PERSONAL };

#define A(member) FIELD_AT(struct factor_app, member)
static const struct field app_fields[] = {
    {.name = "algorithm",     .kind = FIELD_ENUM, .offset = A(algorithm),   .more.names = factor_algorithms},
    {.name = "codeLength",    .kind = FIELD_INT,  .offset = A(code_length), .min = OTP_DIGITS_MIN, .max = OTP_DIGITS_MAX, .default_int = 6},
    {.name = "timeStep",      .kind = FIELD_INT,  .offset = A(step_s),      .min = 15, .max = 120, .default_int = 30},
};
static const struct field_table app_table = FIELD_TABLE("AuthenticatorConfiguration", app_fields, struct factor_app, NULL);

/* An id tells old methods from new ones: what is not sent of an old one stays. */
#define F(member) FIELD_AT(struct factor, member)
static const struct field factor_fields[] = {
    {.name = "authenticator", .kind = FIELD_OBJECT, .offset = F(authenticator), .flags = FIELD_KEEP_ON_PUT, .more.table = &app_table},
    {.name = "email",         .kind = FIELD_EMAIL,  .offset = F(email),         .flags = OWN},
    {.name = "id",            .kind = FIELD_TEXT,   .offset = F(id),            .max = 32},
    {.name = "lastUsed",      .kind = FIELD_BOOL,   .offset = F(last_used),     .flags = FIELD_READ_ONLY},
    {.name = "method",        .kind = FIELD_ENUM,   .offset = F(method),        .flags = FIELD_REQUIRED, .default_int = -1, .more.names = factor_methods},
    {.name = "mobilePhone",   .kind = FIELD_TEXT,   .offset = F(mobile_phone),  .flags = OWN, .max = 32},
    {.name = "name",          .kind = FIELD_TEXT,   .offset = F(name),          .flags = OWN, .max = 256},
    {.name = "secret",        .kind = FIELD_SECRET, .offset = F(secret),        .flags = FIELD_KEEP_ON_PUT | FIELD_WRITE_ONLY, .max = 128},
};
const struct field_table factor_table = FIELD_TABLE("TwoFactorMethod", factor_fields, struct factor, NULL);

#define FS(member) FIELD_AT(struct factors, member)
static const struct field factors_fields[] = {
    {.name = "methods",       .kind = FIELD_OBJECTS, .offset = FS(methods),     .flags = OWN | FIELD_KEEP_ON_PUT, .max = FACTOR_MAX, .more.table = &factor_table},
    {.name = "recoveryCodes", .kind = FIELD_TEXTS,   .offset = FS(given_codes), .flags = OWN | FIELD_WRITE_ONLY | FIELD_NOT_STORED, .max = 64},
};
const struct field_table factors_table = FIELD_TABLE("UserTwoFactorConfiguration", factors_fields, struct factors, NULL);

static const struct field stored_fields[] = {
    {.name = "id",            .kind = FIELD_TEXT,   .offset = F(id)},
    {.name = "method",        .kind = FIELD_ENUM,   .offset = F(method), .more.names = factor_methods},
    {.name = "authenticator", .kind = FIELD_OBJECT, .offset = F(authenticator), .more.table = &app_table},
    {.name = "email",         .kind = FIELD_TEXT,   .offset = F(email)},
    {.name = "mobilePhone",   .kind = FIELD_TEXT,   .offset = F(mobile_phone)},
    {.name = "name",          .kind = FIELD_TEXT,   .offset = F(name)},
    {.name = "secret",        .kind = FIELD_TEXT,   .offset = F(secret)},
    {.name = "lastUsed",      .kind = FIELD_BOOL,   .offset = F(last_used)},
    {.name = "usedStep",      .kind = FIELD_INT,    .offset = F(used_step), .max = INT64_MAX},
};
static const struct field_table stored_table = FIELD_TABLE("FactorDetail", stored_fields, struct factor, NULL);

static const struct field factors_stored_fields[] = {
    {.name = "methods",       .kind = FIELD_OBJECTS, .offset = FS(methods), .more.table = &stored_table},
    {.name = "recovery",      .kind = FIELD_TEXTS,   .offset = FS(recovery)},
};
const struct field_table factors_stored_table = FIELD_TABLE("FactorsDetail", factors_stored_fields, struct factors, NULL);
/* clang-format on */
