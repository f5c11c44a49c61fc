/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords over time: how soon they may be changed, which may not come again, when they have to be changed. */
#include "model/tally/tally.h"
#include "model/user/user_internal.h"

const char *const user_password_due_names[] = {[PASSWORD_FINE] = "",
    [PASSWORD_ADMINISTRATIVE] = "Administrative",
    [PASSWORD_BREACHED] = "Breached",
    [PASSWORD_EXPIRED] = "Expired",
    [PASSWORD_VALIDATION] = "Validation"};

static struct password_hash
hash_of(const struct user *user)
{
    return (struct password_hash){user->scheme, user->factor, user->salt, user->hash};
}

static void
add_fault(struct field_reader *reader, const char *path, const char *code, const char *message)
{
    const char *dot = path[0] ? "." : "";
    const char *at = str_z(reader->arena, str_fmt(reader->arena, "%s%spassword", path, dot));

    field_fault(reader, at ? at : path, code, message);
}

/* Every hash is as dear as a sign-in, so the tenant's table bounds how many there are. */
static enum err
is_used(
    struct rq *rq, const struct tenant *tenant, const struct user *before, str password, bool *ret)
{
    const struct password_hash *old = before->previous.items, now = hash_of(before);
    size_t count = MIN(before->previous.count, (size_t)tenant->password.previous.count - 1);
    enum err e = rq_needs_hash(rq);

    *ret = false;
    if (e == ERR_OK && !password_judge(&now, password, ret)) {
        e = FAIL(rq, ERR_BUSY, NULL, "cannot be checked now: try again in a second");
    }
    for (size_t i = 0; e == ERR_OK && !*ret && i < count; i++) {
        if (!password_judge(&old[i], password, ret)) {
            e = FAIL(rq, ERR_BUSY, NULL, "cannot be checked now: try again in a second");
        }
    }
    return e;
}

enum err
user_check_change(struct rq *rq, const struct tenant *tenant, struct field_reader *reader,
    const struct user *before, const struct user *after, const char *path)
{
    const struct password_age *age = &tenant->min_password_age;
    bool is_previous = false;
    enum err e = ERR_OK;

    if (before->scheme.n == 0) { /* the first password is always in time */
        return ERR_OK;
    }
    if (age->enabled && rq->now - before->password_instant < age->value * SECOND_MS) {
        add_fault(reader, path, "tooYoung", "The password was changed just now: wait a while.");
    }
    if (tenant->password.previous.enabled) {
        e = is_used(rq, tenant, before, after->password, &is_previous);
    }
    if (e == ERR_OK && is_previous) {
        add_fault(reader, path, "previouslyUsed", "Choose a password that you have not had.");
    }
    return e;
}

/* One less than the tenant remembers, since the new one is remembered by being the password. */
static enum err
remember(struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after)
{
    const struct remember_config *config = &tenant->password.previous;
    size_t kept = config->enabled && before->scheme.n ? (size_t)config->count - 1 : 0;
    size_t count = MIN(before->previous.count + 1, kept);
    struct password_hash *items = ARENA_ARRAY(rq->arena, count, struct password_hash);

    after->previous = (struct field_list){items, count};
    if (count == 0 || items == NULL) {
        return items == NULL && count ? FAIL_SERVER(rq) : ERR_OK;
    }
    items[0] = hash_of(before);
    for (size_t i = 1; i < count; i++) {
        items[i] = ((const struct password_hash *)before->previous.items)[i - 1];
    }
    return ERR_OK;
}

enum err
user_change_password(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after)
{
    enum err e = remember(rq, tenant, before, after);

    if (user_is_breached(before)) {
        tally_add(rq, tenant, TALLY_BREACH_END, (struct uuid){{0}}, 1);
    }
    return e ? e : user_set_password(rq, tenant, after);
}

static bool
is_against_rules(struct rq *rq, const struct tenant *tenant, const struct user *user, str password)
{
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user judged = *user;

    judged.password = password;
    judged.given_scheme = NO_STR;
    judged.given_factor = 0;
    user_check_password(&reader, tenant, &judged, "");
    return faults.count > 0;
}

enum password_due
user_password_due(struct rq *rq, const struct tenant *tenant, const struct user *user,
    bool is_by_password, str password)
{
    const struct password_age *age = &tenant->max_password_age;

    if (user->password_change_required) {
        return PASSWORD_ADMINISTRATIVE;
    }
    if (is_by_password && tenant->password.breach.enabled
        && tenant->password.breach.on_login == BREACH_REQUIRE && user_is_breached(user)) {
        return PASSWORD_BREACHED;
    }
    if (is_by_password && age->enabled && rq->now - user->password_instant >= age->value * DAY_MS) {
        return PASSWORD_EXPIRED;
    }
    return password.n && tenant->password.validates_on_login
                   && is_against_rules(rq, tenant, user, password)
               ? PASSWORD_VALIDATION
               : PASSWORD_FINE;
}
