/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of a person's account beyond its table, and how it is declared. A changed password
 * ends what the old one opened, as the tenant's settings say; a changed address has to be verified
 * anew. */
#include "flow/api/api_user.h"

#include "flow/api/api_ahead.h"
#include "model/breach/breach.h"
#include "model/group/group.h"
#include "model/proof/proof.h"
#include "model/session/session.h"
#include "model/token/token.h"
#include "model/user/user_verified.h"

static enum err
refuse_several(struct rq *rq)
{
    return api_refuse(rq, "", "TenantIdRequired",
        "More than one tenant has a user of this id: name yours in the X-FusionAuth-TenantId "
        "header.");
}

enum err
api_user_tenant(struct rq *rq, struct uuid id, const struct tenant **ret)
{
    struct uuid *ids;
    size_t count;
    enum err e;

    *ret = NULL;
    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        *ret = rq->tenant;
        return e;
    }
    e = user_tenants(rq, id, 2, &ids, &count);
    if (e != ERR_OK || count == 0) {
        return e;
    }
    return count > 1 ? refuse_several(rq) : tenant_load(rq, ids[0], ret);
}

enum err
api_user_find(struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret)
{
    bool is_one;
    enum err e;

    *ret = NULL;
    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        *ret_tenant = rq->tenant;
        return e ? e : user_load(rq, rq->tenant, id, USER_REGISTRATIONS, ret);
    }
    e = user_load_anywhere(rq, id, USER_REGISTRATIONS, ret_tenant, ret, &is_one);
    return e == ERR_OK && !is_one ? refuse_several(rq) : e;
}

static bool
is_same(struct rq *rq, str a, str b)
{
    return str_eq(identity_normal(rq->arena, a), identity_normal(rq->arena, b));
}

static void
skip_verification(struct rq *rq, struct user *after)
{
    user_verify(after, USER_EMAIL, USER_VERIFIED_SKIPPED, rq->now);
    if (after->phone_number.n) {
        user_verify(after, USER_PHONE, USER_VERIFIED_SKIPPED, rq->now);
    }
}

/* An administrator may ask for the old password, too: so a support page can let people change
 * theirs. */
static enum err
check_current_password(
    struct rq *rq, const struct user *before, const struct api_user_options *options)
{
    struct field_reader reader = api_reader(rq);
    struct password_hash hash;
    bool is_right = false;
    enum err e;

    if (before == NULL || options->current_password.n == 0) {
        return ERR_OK;
    }
    e = rq_needs_hash(rq);
    if (e != ERR_OK) {
        return e;
    }
    hash = (struct password_hash){before->scheme, before->factor, before->salt, before->hash};
    if (before->scheme.n != 0 && !password_judge(&hash, options->current_password, &is_right)) {
        return FAIL(rq, ERR_BUSY, NULL, "cannot be checked now: try again in a second");
    }
    if (!is_right) {
        field_fault(&reader, "currentPassword", "invalid",
            "The current password is not the user's password.");
    }
    return ERR_OK;
}

/* New addresses only: who is there stays. */
static void
check_domain(struct rq *rq, const struct tenant *tenant, const struct user *before,
    const struct user *after, bool is_disabled)
{
    struct field_reader reader = api_reader(rq);

    if (!is_disabled && (before == NULL || !is_same(rq, before->email, after->email))
        && tenant_blocks_email(tenant, after->email)) {
        field_fault(
            &reader, "user.email", "blocked", "Addresses of this domain are not taken here.");
    }
}

enum err
api_user_check(struct rq *rq, const struct tenant *tenant, const struct user *before,
    struct user *after, const struct api_user_options *options)
{
    struct field_reader reader = api_reader(rq);
    bool is_taken;
    size_t faults;
    enum err e;

    arena_keep_secret(rq->arena);
    user_settle(rq->arena, after);
    user_settle_verified(rq->arena, tenant, before, after);
    if (options->skip_verification) {
        skip_verification(rq, after);
    }
    check_domain(rq, tenant, before, after, options->disable_domain_block);
    e = api_ahead_apply(rq, tenant, &options->verification_ids, after);
    if (after->password.n) {
        user_check_password(&reader, tenant, after, "user");
    }
    faults = rq->faults.count;
    e = e ? e : user_check_taken(rq, tenant, before, after, &reader, "user");
    is_taken = rq->faults.count > faults;
    e = e ? e : factor_check_given(rq, tenant, &reader, before, after, "user");
    e = e ? e : group_check_given(rq, tenant, &reader, before, after, "user");
    if (e == ERR_OK && before != NULL && after->password.n) {
        e = user_check_change(rq, tenant, &reader, before, after, "user");
    }
    e = e ? e : check_current_password(rq, before, options);
    if (e == ERR_OK && is_taken) {
        return proof_tell_taken(rq, tenant, options->application, before, after);
    }
    return e || rq->faults.count ? e : breach_check_new(rq, tenant, &reader, after, "user");
}

enum err
api_user_make(struct rq *rq, const struct tenant *tenant, struct user *user)
{
    enum err e = user->password.n ? user_set_password(rq, tenant, user) : ERR_OK;

    e = e ? e : user_create(rq, tenant, user);
    if (e == ERR_OK) {
        group_put_given(rq, tenant, NULL, user);
    }
    return e;
}

static enum err
note(struct rq *rq, const struct tenant *tenant, const struct user *user, const char *kind)
{
    struct api_change change = {.kind = kind, .id = user->id, .user_id = user->id};

    return api_audit(rq, tenant, &change);
}

enum err
api_user_set_active(
    struct rq *rq, const struct tenant *tenant, const struct user *user, bool is_active)
{
    struct user after = *user;
    enum err e;

    after.active = is_active;
    e = user_update(
        rq, tenant, user, &after); /* ends sessions and grants of one taken out of use */
    return e ? e : note(rq, tenant, user, is_active ? "user.reactivate" : "user.deactivate");
}

/* The event has no detail: the key that would seal it goes with the person. */
enum err
api_user_end(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    enum err e = user_delete(rq, tenant, user);

    return e ? e : note(rq, tenant, user, "user.delete");
}
