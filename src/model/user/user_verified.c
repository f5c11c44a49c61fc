/* SPDX-License-Identifier: Apache-2.0 */
/* Whether, and why, an address or a number counts as its person's: FusionAuth's verifiedReason. */
#include "model/user/user_verified.h"

#include "model/user/user_internal.h"

struct contact { /* where the state of one is kept */
    bool *is_verified;
    int64_t *instant;
    str *reason;
};

static struct contact
contact_of(struct user *user, enum user_contact which)
{
    return which == USER_EMAIL
               ? (struct contact){&user->verified, &user->verified_instant, &user->verified_reason}
               : (struct contact){&user->phone_verified, &user->phone_verified_instant,
                   &user->phone_verified_reason};
}

void
user_verify(struct user *user, enum user_contact which, str reason, int64_t now)
{
    struct contact contact = contact_of(user, which);

    if (!*contact.is_verified) {
        *contact.is_verified = true;
        *contact.instant = now;
        *contact.reason = reason;
    }
}

static bool
is_asked_for(const struct tenant *tenant, enum user_contact which, bool is_change)
{
    return which == USER_EMAIL
               ? tenant->mail.verifies && (!is_change || tenant->mail.verifies_changed)
               : tenant->phone.verifies;
}

void
user_settle_verified(
    struct arena *arena, const struct tenant *tenant, const struct user *before, struct user *user)
{
    const str old[] = {before ? before->email : NO_STR, before ? before->phone_number : NO_STR};
    const str new[] = {user->email, user->phone_number};

    for (int i = USER_EMAIL; i <= USER_PHONE; i++) {
        struct contact contact = contact_of(user, (enum user_contact)i);
        if (str_eq(identity_normal(arena, old[i]), identity_normal(arena, new[i]))) {
            continue;
        }
        if (before != NULL) {
            *contact.is_verified = false;
            *contact.instant = 0;
        }
        *contact.reason = is_asked_for(tenant, (enum user_contact)i, before != NULL)
                              ? NO_STR
                              : USER_VERIFIED_DISABLED;
    }
}

str
user_verified_reason(const struct user *user, enum user_contact which)
{
    bool is_email = which == USER_EMAIL;
    str reason = is_email ? user->verified_reason : user->phone_verified_reason;
    bool is_disabled = str_eq(reason, USER_VERIFIED_DISABLED);

    if (!(is_email ? user->verified : user->phone_verified)) {
        return is_disabled ? reason : S("Pending");
    }
    return reason.n && !is_disabled ? reason : S("Completed"); /* of a release that kept none */
}
