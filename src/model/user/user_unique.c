/* SPDX-License-Identifier: Apache-2.0 */
/* Usernames that several people may choose: what makes one of them unique is a separator and digits behind it, drawn when the
 * name is chosen and kept until another one is (FusionAuth 1.67 draws anew at every change: deviation). The unique name is
 * the login id; the chosen one finds nobody, unless nobody else had it. Who draws what somebody takes meanwhile, draws again. */
#include "model/user/user_internal.h"

enum { DRAWS = 50, DIGITS_MIN = 3, DIGITS_MAX = 10 };
enum strategy { ALWAYS, ON_COLLISION };

str
user_unique_username(const struct user *user)
{
    return user->unique_username.n ? user->unique_username : user->username;
}

/* A sign and some digits: what this server, or FusionAuth, puts behind a name. */
static bool
is_suffix(str s)
{
    bool is_word = s.n > 0
                   && ((s.p[0] >= '0' && s.p[0] <= '9') || (s.p[0] >= 'a' && s.p[0] <= 'z')
                       || (s.p[0] >= 'A' && s.p[0] <= 'Z'));

    if (s.n < 2 || s.n > 1 + DIGITS_MAX || is_word || s.p[0] <= ' ' || s.p[0] > '~') {
        return false;
    }
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
    }
    return true;
}

/* The suffix of an import, if it is one. */
static str
given_suffix(const struct user *user)
{
    str tail = str_starts(user->unique_username, user->username)
                   ? str_skip(user->unique_username, user->username.n)
                   : NO_STR;

    return is_suffix(tail) ? tail : NO_STR;
}

static str
draw(struct rq *rq, const struct unique_username *config, str username)
{
    int digits = (int)MAX(MIN(config->digits, DIGITS_MAX), DIGITS_MIN);
    uint64_t number, count = 1;

    for (int i = 0; i < digits; i++) {
        count *= 10;
    }
    rng_fill(rq->rng, &number, sizeof number);
    number = 1 + number % (count - 1); /* 10^10 of 2^64: even enough */
    return str_fmt(rq->arena, STRF STRF "%0*llu", STRV(username), STRV(config->separator), digits,
        (unsigned long long)number);
}

static enum err
is_taken(struct rq *rq, const struct username_wish *wish, str name, bool *ret)
{
    str normal = identity_normal(rq->arena, name);
    bytes blind = seal_blind(rq, wish->tenant, normal);

    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    *ret = false;
    return normal.n == 0 ? ERR_OK : wish->is_taken(rq, wish, blind, ret);
}

/* The last that was drawn stays, taken or not: who judges the login ids says so. */
static enum err
choose(struct rq *rq, struct username_wish *wish)
{
    const struct unique_username *config = &wish->tenant->usernames.unique;
    struct user *user = wish->user;
    bool taken = config->strategy == ALWAYS;
    enum err e = taken ? ERR_OK : is_taken(rq, wish, user->username, &taken);

    for (int i = 0; e == ERR_OK && taken && i < DRAWS; i++) {
        user->unique_username = draw(rq, config, user->username);
        e = is_taken(rq, wish, user->unique_username, &taken);
    }
    wish->is_free = e == ERR_OK && !taken;
    return e;
}

static void
check_length(struct rq *rq, const struct username_wish *wish)
{
    struct arena *arena = wish->reader->arena;
    const char *at;

    if (wish->user->unique_username.n
        && identity_normal(rq->arena, wish->user->unique_username).n == 0) {
        at = str_z(arena, str_fmt(arena, "%s.username", wish->path));
        field_fault(wish->reader, at ? at : wish->path, "tooLong",
            "Digits are added to usernames here: choose a shorter one.");
    }
}

enum err
user_settle_username(struct rq *rq, struct username_wish *wish)
{
    const struct user *before = wish->before;
    struct user *user = wish->user;
    str normal = identity_normal(rq->arena, user->username), suffix = NO_STR;
    bool is_kept = before != NULL && normal.n > 0
                   && str_eq(normal, identity_normal(rq->arena, before->username));
    enum err e = ERR_OK;

    if (is_kept) {
        suffix = str_skip(user_unique_username(before), before->username.n);
    } else if (before == NULL && user->unique_username.n) {
        suffix = given_suffix(user);
    }
    user->unique_username = NO_STR;
    if (suffix.n > 0) {
        user->unique_username = str_fmt(rq->arena, STRF STRF, STRV(user->username), STRV(suffix));
    } else if (!is_kept && normal.n > 0 && wish->tenant->usernames.unique.enabled) {
        e = choose(rq, wish);
    }
    check_length(rq, wish);
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}
