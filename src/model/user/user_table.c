/* SPDX-License-Identifier: Apache-2.0 */
/* What users and registrations look like: on the wire (FusionAuth's User with SecureIdentity, and
 * UserRegistration) and in the two sealed halves. What clients get they may send back: ids, instants
 * and states are read-only and silently ignored. */
#include "model/group/group.h"
#include "model/user/user_internal.h"

enum { MAX_LANGUAGES = 20 };
static const char *const content_states[] = {"ACTIVE", "PENDING", "REJECTED", NULL};

static void
check_login_id(struct field_check *check)
{
    str value = field_check_text(check);

    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < ' ') {
            field_check_fault(check, NULL, "invalid", "A login id must be one line of text.");
            return;
        }
    }
    if (identity_normal(check->reader->arena, value).n == 0) {
        field_check_fault(check, NULL, "invalid",
            "A login id must have a visible character and at most 255 bytes in its normal form.");
    }
}

static void
check_phone(struct field_check *check)
{
    if (identity_phone(check->reader->arena, field_check_text(check)).n == 0) {
        field_check_fault(check, NULL, "invalid",
            "Write the phone number in international form, + and country code, such as "
            "+85512345678; without + it is one of North America.");
    }
}

/* As many as FusionAuth takes. */
static void
check_languages(struct field_check *check)
{
    const struct field_texts *list =
        (const void *)((const char *)check->object + check->field->offset);

    if (list->count > MAX_LANGUAGES) {
        field_check_fault(check, NULL, "tooMany", "Name at most 20 languages.");
    }
}

/* Names of the tz database, such as Asia/Phnom_Penh or Etc/GMT+7. */
static void
check_timezone(struct field_check *check)
{
    str value = field_check_text(check);

    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && (c < '0' || c > '9') && memchr("_+-/:", c, 5) == NULL) {
            field_check_fault(check, NULL, "invalid", "Name a time zone, such as America/Denver.");
            return;
        }
    }
}

static void
check_user(struct field_check *check)
{
    const struct user *user = check->object;
    const char *message = "A user needs an email address, a username or a phone number.";

    if (user->email.n == 0 && user->username.n == 0 && user->phone_number.n == 0) {
        field_check_fault(check, "email", "blank", message);
        field_check_fault(check, "username", "blank", message);
    }
}

/* clang-format off */
enum {
    RO = FIELD_READ_ONLY,
    IN = FIELD_WRITE_ONLY | FIELD_NOT_STORED,
    OWN = FIELD_PERSONAL,
    THEIRS = FIELD_READ_ONLY | FIELD_NOT_STORED, /* what another server knows of a person: read over */
};

#define I(member) FIELD_AT(struct user_identity, member)
static const struct field identity_fields[] = {
    {.name = "displayValue",        .kind = FIELD_TEXT,    .offset = I(display_value),      .flags = RO | OWN},
    {.name = "insertInstant",       .kind = FIELD_INSTANT, .offset = I(insert_instant),     .flags = RO},
    {.name = "lastLoginInstant",    .kind = FIELD_LATER, .more.like = "instant"},
    {.name = "lastUpdateInstant",   .kind = FIELD_LATER, .more.like = "instant"},
    {.name = "moderationStatus",    .kind = FIELD_TEXT,    .offset = I(moderation_status),  .flags = RO},
    {.name = "primary",             .kind = FIELD_BOOL,    .offset = I(primary),            .flags = RO},
    {.name = "type",                .kind = FIELD_TEXT,    .offset = I(type),               .flags = RO},
    {.name = "value",               .kind = FIELD_TEXT,    .offset = I(value),              .flags = RO | OWN},
    {.name = "verified",            .kind = FIELD_BOOL,    .offset = I(verified),           .flags = RO},
    {.name = "verifiedInstant",     .kind = FIELD_INSTANT, .offset = I(verified_instant),   .flags = RO},
    {.name = "verifiedReason",      .kind = FIELD_TEXT,    .offset = I(verified_reason),    .flags = RO},
};
static const struct field_table identity_table = FIELD_TABLE("UserIdentity", identity_fields, struct user_identity, NULL);

#define R(member) FIELD_AT(struct registration, member)
static const struct field registration_fields[] = {
    {.name = "applicationId",       .kind = FIELD_UUID,     .offset = R(application_id),     .flags = FIELD_FIXED},
    {.name = "authenticationToken", .kind = FIELD_SECRET,   .offset = R(shown_token),        .flags = FIELD_SHOWN | FIELD_KEEP_ON_PUT, .min = REGISTRATION_TOKEN_MIN, .max = 255},
    {.name = "cleanSpeakId",        .kind = FIELD_UUID,     .offset = R(cleanspeak_id),      .flags = THEIRS},
    {.name = "data",                .kind = FIELD_JSON,     .offset = R(data),               .flags = OWN},
    {.name = "id",                  .kind = FIELD_UUID,     .offset = R(id),                 .flags = FIELD_IMMUTABLE},
    {.name = "insertInstant",       .kind = FIELD_INSTANT,  .offset = R(insert_instant),     .flags = RO},
    {.name = "lastLoginInstant",    .kind = FIELD_INSTANT,  .offset = R(last_login_instant), .flags = RO},
    {.name = "lastUpdateInstant",   .kind = FIELD_INSTANT,  .offset = R(last_update_instant), .flags = RO},
    {.name = "preferredLanguages",  .kind = FIELD_LOCALES,  .offset = R(languages),          .flags = OWN, .rule = check_languages},
    {.name = "roles",               .kind = FIELD_TEXTS,    .offset = R(roles),              .min = 1},
    {.name = "timezone",            .kind = FIELD_TEXT,     .offset = R(timezone),           .flags = OWN, .max = 64, .rule = check_timezone},
    {.name = "tokens",              .kind = FIELD_TEXT_MAP, .offset = R(tokens),             .flags = OWN},
    {.name = "username",            .kind = FIELD_TEXT,     .offset = R(username),           .flags = OWN, .rule = check_login_id},
    {.name = "usernameStatus",      .kind = FIELD_ENUM,     .offset = R(username_status),    .flags = RO, .more.names = content_states},
    {.name = "verified",            .kind = FIELD_BOOL,     .offset = R(verified),           .flags = RO},
    {.name = "verifiedInstant",     .kind = FIELD_INSTANT,  .offset = R(verified_instant),   .flags = RO},
};
const struct field_table registration_table = FIELD_TABLE("UserRegistration", registration_fields, struct registration, NULL);

static const struct field registration_detail_fields[] = {
    {.name = "authenticationToken", .kind = FIELD_SECRET,   .offset = R(token)},
    {.name = "data",                .kind = FIELD_JSON,     .offset = R(data)},
    {.name = "preferredLanguages",  .kind = FIELD_LOCALES,  .offset = R(languages)},
    {.name = "roles",               .kind = FIELD_TEXTS,    .offset = R(roles)},
    {.name = "timezone",            .kind = FIELD_TEXT,     .offset = R(timezone)},
    {.name = "tokens",              .kind = FIELD_TEXT_MAP, .offset = R(tokens)},
    {.name = "username",            .kind = FIELD_TEXT,     .offset = R(username)},
    {.name = "verified",            .kind = FIELD_BOOL,     .offset = R(verified)},
    {.name = "verifiedInstant",     .kind = FIELD_INSTANT,  .offset = R(verified_instant)},
};
const struct field_table registration_detail_table = FIELD_TABLE("RegistrationDetail", registration_detail_fields, struct registration, NULL);

#define U(member) FIELD_AT(struct user, member)
static const struct field user_fields[] = {
    {.name = "active",              .kind = FIELD_BOOL,     .offset = U(active),             .flags = RO, .default_int = true},
    {.name = "birthDate",           .kind = FIELD_DATE,     .offset = U(birth_date),         .flags = OWN},
    {.name = "breachedPasswordLastCheckedInstant", .kind = FIELD_INSTANT, .offset = U(breach.checked_instant), .flags = RO},
    {.name = "breachedPasswordStatus", .kind = FIELD_TEXT,  .offset = U(breach.status),      .flags = RO},
    {.name = "cleanSpeakId",        .kind = FIELD_UUID,     .offset = U(theirs.id),          .flags = THEIRS},
    {.name = "connectorId",         .kind = FIELD_UUID,     .offset = U(theirs.id),          .flags = THEIRS},
    {.name = "data",                .kind = FIELD_JSON,     .offset = U(data),               .flags = OWN},
    {.name = "email",               .kind = FIELD_EMAIL,    .offset = U(email),              .flags = OWN, .rule = check_login_id},
    {.name = "encryptionScheme",    .kind = FIELD_TEXT,     .offset = U(given_scheme),       .flags = IN, .max = 64},
    {.name = "expiry",              .kind = FIELD_INSTANT,  .offset = U(expiry)},
    {.name = "factor",              .kind = FIELD_INT,      .offset = U(given_factor),       .flags = IN, .min = 0, .max = 10000000},
    {.name = "firstName",           .kind = FIELD_TEXT,     .offset = U(first_name),         .flags = OWN},
    {.name = "fullName",            .kind = FIELD_TEXT,     .offset = U(full_name),          .flags = OWN},
    {.name = "id",                  .kind = FIELD_UUID,     .offset = U(id),                 .flags = RO},
    {.name = "identities",          .kind = FIELD_OBJECTS,  .offset = U(identities),         .flags = RO | OWN, .more.table = &identity_table},
    {.name = "imageUrl",            .kind = FIELD_URI,      .offset = U(image_url),          .flags = OWN | FIELD_LOCAL},
    {.name = "insertInstant",       .kind = FIELD_INSTANT,  .offset = U(insert_instant),     .flags = RO},
    {.name = "lastLoginInstant",    .kind = FIELD_INSTANT,  .offset = U(last_login_instant), .flags = RO},
    {.name = "lastName",            .kind = FIELD_TEXT,     .offset = U(last_name),          .flags = OWN},
    {.name = "lastUpdateInstant",   .kind = FIELD_INSTANT,  .offset = U(last_update_instant), .flags = RO},
    {.name = "legacyIdentifier",    .kind = FIELD_TEXT,     .offset = U(theirs.text),        .flags = THEIRS},
    {.name = "memberships",         .kind = FIELD_OBJECTS,  .offset = U(memberships),        .flags = OWN | FIELD_KEEP_ON_PUT, .more.table = &membership_table},
    {.name = "middleName",          .kind = FIELD_TEXT,     .offset = U(middle_name),        .flags = OWN},
    {.name = "mobilePhone",         .kind = FIELD_TEXT,     .offset = U(mobile_phone),       .flags = OWN},
    {.name = "parentEmail",         .kind = FIELD_EMAIL,    .offset = U(parent_email),       .flags = OWN},
    {.name = "password",            .kind = FIELD_SECRET,   .offset = U(password),           .flags = IN, .max = PASSWORD_MAX_BYTES},
    {.name = "passwordChangeReason", .kind = FIELD_TEXT,    .offset = U(theirs.text),        .flags = THEIRS},
    {.name = "passwordChangeRequired", .kind = FIELD_BOOL,  .offset = U(password_change_required)},
    {.name = "passwordLastUpdateInstant", .kind = FIELD_INSTANT, .offset = U(password_instant), .flags = RO},
    {.name = "phoneNumber",         .kind = FIELD_TEXT,     .offset = U(phone_number),       .flags = OWN, .max = 32, .rule = check_phone},
    {.name = "preferredLanguages",  .kind = FIELD_LOCALES,  .offset = U(languages),          .flags = OWN, .rule = check_languages},
    {.name = "registrations",       .kind = FIELD_OBJECTS,  .offset = U(registrations),      .flags = RO, .more.table = &registration_table},
    {.name = "salt",                .kind = FIELD_SECRET,   .offset = U(given_salt),         .flags = IN, .max = 255},
    {.name = "tenantId",            .kind = FIELD_UUID,     .offset = U(tenant_id),          .flags = RO},
    {.name = "timezone",            .kind = FIELD_TEXT,     .offset = U(timezone),           .flags = OWN, .max = 64, .rule = check_timezone},
    {.name = "twoFactor",           .kind = FIELD_OBJECT,   .offset = U(two_factor),         .flags = OWN | FIELD_KEEP_ON_PUT | FIELD_WRITE_ONLY, .more.table = &factors_table}, /* written by factor_write */
    {.name = "uniqueUsername",      .kind = FIELD_TEXT,     .offset = U(unique_username),    .flags = RO | OWN},
    {.name = "username",            .kind = FIELD_TEXT,     .offset = U(username),           .flags = OWN, .rule = check_login_id},
    {.name = "usernameStatus",      .kind = FIELD_ENUM,     .offset = U(username_status),    .flags = RO, .more.names = content_states},
    {.name = "verified",            .kind = FIELD_BOOL,     .offset = U(verified),           .flags = RO},
    {.name = "verifiedInstant",     .kind = FIELD_INSTANT,  .offset = U(verified_instant),   .flags = RO},
};
const struct field_table user_table = FIELD_TABLE("User", user_fields, struct user, check_user);

static const struct field user_profile_fields[] = {
    {.name = "email",               .kind = FIELD_TEXT,     .offset = U(email)},
    {.name = "username",            .kind = FIELD_TEXT,     .offset = U(username)},
    {.name = "uniqueUsername",      .kind = FIELD_TEXT,     .offset = U(unique_username)},
    {.name = "phoneNumber",         .kind = FIELD_TEXT,     .offset = U(phone_number)},
    {.name = "firstName",           .kind = FIELD_TEXT,     .offset = U(first_name)},
    {.name = "middleName",          .kind = FIELD_TEXT,     .offset = U(middle_name)},
    {.name = "lastName",            .kind = FIELD_TEXT,     .offset = U(last_name)},
    {.name = "fullName",            .kind = FIELD_TEXT,     .offset = U(full_name)},
    {.name = "birthDate",           .kind = FIELD_TEXT,     .offset = U(birth_date)},
    {.name = "imageUrl",            .kind = FIELD_TEXT,     .offset = U(image_url)},
    {.name = "mobilePhone",         .kind = FIELD_TEXT,     .offset = U(mobile_phone)},
    {.name = "parentEmail",         .kind = FIELD_TEXT,     .offset = U(parent_email)},
    {.name = "timezone",            .kind = FIELD_TEXT,     .offset = U(timezone)},
    {.name = "data",                .kind = FIELD_JSON,     .offset = U(data)},
    {.name = "preferredLanguages",  .kind = FIELD_LOCALES,  .offset = U(languages)},
    {.name = "verified",            .kind = FIELD_BOOL,     .offset = U(verified)},
    {.name = "verifiedInstant",     .kind = FIELD_INSTANT,  .offset = U(verified_instant)},
    {.name = "memberships",         .kind = FIELD_OBJECTS,  .offset = U(memberships), .more.table = &membership_stored_table},
    {.name = "phoneVerified",       .kind = FIELD_BOOL,     .offset = U(phone_verified)},
    {.name = "phoneVerifiedInstant", .kind = FIELD_INSTANT, .offset = U(phone_verified_instant)},
    {.name = "verifiedReason",      .kind = FIELD_TEXT,     .offset = U(verified_reason)},
    {.name = "phoneVerifiedReason", .kind = FIELD_TEXT,     .offset = U(phone_verified_reason)},
};
const struct field_table user_profile_table = FIELD_TABLE("UserProfile", user_profile_fields, struct user, NULL);

#define H(member) FIELD_AT(struct password_hash, member)
static const struct field previous_fields[] = {
    {.name = "scheme",              .kind = FIELD_TEXT,     .offset = H(scheme)},
    {.name = "factor",              .kind = FIELD_INT,      .offset = H(factor)},
    {.name = "salt",                .kind = FIELD_TEXT,     .offset = H(salt)},
    {.name = "hash",                .kind = FIELD_TEXT,     .offset = H(hash)},
};
static const struct field_table previous_table = FIELD_TABLE("PreviousPassword", previous_fields, struct password_hash, NULL);

#define B(member) FIELD_AT(struct user_breach, member)
static const struct field breach_fields[] = {
    {.name = "status",              .kind = FIELD_TEXT,     .offset = B(status)},
    {.name = "checked",             .kind = FIELD_INSTANT,  .offset = B(checked_instant)},
    {.name = "password",            .kind = FIELD_INSTANT,  .offset = B(password_instant)},
};
static const struct field_table breach_table = FIELD_TABLE("PasswordBreach", breach_fields, struct user_breach, NULL);

#define C(member) FIELD_AT(struct user_credentials, member)
static const struct field user_credentials_fields[] = {
    {.name = "scheme",              .kind = FIELD_TEXT,     .offset = C(scheme)},
    {.name = "factor",              .kind = FIELD_INT,      .offset = C(factor)},
    {.name = "salt",                .kind = FIELD_TEXT,     .offset = C(salt)},
    {.name = "hash",                .kind = FIELD_TEXT,     .offset = C(hash)},
    {.name = "passwordChangeRequired", .kind = FIELD_BOOL,  .offset = C(password_change_required)},
    {.name = "previous",            .kind = FIELD_OBJECTS,  .offset = C(previous),           .more.table = &previous_table},
    {.name = "twoFactor",           .kind = FIELD_OBJECT,   .offset = C(two_factor), .more.table = &factors_stored_table},
    {.name = "breach",              .kind = FIELD_OBJECT,   .offset = C(breach),             .more.table = &breach_table},
};
const struct field_table user_credentials_table = FIELD_TABLE("UserCredentials", user_credentials_fields, struct user_credentials, NULL);
/* clang-format on */
