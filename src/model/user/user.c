/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about a loaded user, and how one is written out (FusionAuth's User). */
#include "model/user/user_internal.h"
#include "model/user/user_verified.h"

const struct registration *
user_registration(const struct user *user, struct uuid application_id)
{
    const struct registration *items = user->registrations.items;

    for (size_t i = 0; i < user->registrations.count; i++) {
        if (uuid_eq(items[i].application_id, application_id)) {
            return &items[i];
        }
    }
    return NULL;
}

str
user_login_id(const struct user *user)
{
    if (user->email.n) {
        return user->email;
    }
    return user->username.n ? user_unique_username(user) : user->phone_number;
}

/* FusionAuth's: who has no email address to sign in with may have one for mails, shared with others. */
str
user_address(struct arena *arena, const struct user *user)
{
    const struct json *data;
    str address = NO_STR;

    if (user->email.n || user->data.n == 0 || !json_parse(arena, user->data, &data, NULL)
        || !json_str(json_get(data, S("email")), &address) || !field_email_ok(address)) {
        return user->email;
    }
    return str_dup(arena, address);
}

str
user_display_name(struct arena *arena, const struct user *user)
{
    if (user->full_name.n) {
        return user->full_name;
    }
    if (user->first_name.n && user->last_name.n) {
        return str_fmt(arena, STRF " " STRF, STRV(user->first_name), STRV(user->last_name));
    }
    if (user->first_name.n) {
        return user->first_name;
    }
    return user->last_name.n ? user->last_name : user_login_id(user);
}

bool
user_may_sign_in(const struct user *user, int64_t now)
{
    return user->active && (user->expiry == 0 || user->expiry > now);
}

static str
verified_reason(const struct user *user, enum identity_kind kind)
{
    if (kind == IDENTITY_USERNAME) {
        return S("Unverifiable");
    }
    return user_verified_reason(user, kind == IDENTITY_EMAIL ? USER_EMAIL : USER_PHONE);
}

static struct user_identity
identity_of(const struct user *user, const struct identity *identity)
{
    bool is_email = identity->kind == IDENTITY_EMAIL, is_phone = identity->kind == IDENTITY_PHONE;
    bool is_verified = (is_email && user->verified) || (is_phone && user->phone_verified);

    return (struct user_identity){
        .value = identity->normal,
        .display_value = identity->value,
        .type = str_from(identity_words[identity->kind].type),
        .moderation_status = S("ACTIVE"),
        .verified_reason = verified_reason(user, identity->kind),
        .primary = true,
        .verified = is_verified,
        .insert_instant = user->insert_instant,
        .verified_instant = is_email   ? user->verified_instant
                            : is_phone ? user->phone_verified_instant
                                       : 0,
    };
}

static void
write_members(const struct user *user, struct json_out *out)
{
    struct identities list = identity_list(out->buf->arena, user);
    struct user_identity identities[IDENTITY_KIND_COUNT];
    struct user shown = *user;

    shown.unique_username = user_unique_username(user);
    for (size_t i = 0; i < list.count; i++) {
        identities[i] = identity_of(user, &list.of[i]);
    }
    shown.identities = (struct field_list){identities, list.count};
    field_write_members(&user_table, FIELD_FOR_API, &shown, out);
    json_out_name(out, S("twoFactor"));
    factor_write(&user->two_factor, out);
}

void
user_write(const struct user *user, struct json_out *out)
{
    json_out_object(out);
    write_members(user, out);
    json_out_object_end(out);
}

void
user_write_retrieved(const struct user *user, struct json_out *out)
{
    json_out_object(out);
    write_members(user, out);
    json_put_given(out, S("encryptionScheme"), user->scheme);
    json_out_object_end(out);
}
