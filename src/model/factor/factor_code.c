/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticator apps: their secrets, and codes that are taken once (RFC 6238 s5.2); and methods that came
 * from elsewhere, judged. */
#include "codec/base64.h"
#include "crypto/hash.h"
#include "crypto/otp.h"
#include "model/factor/factor_internal.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

/* RFC 4226 s4 asks for 128 bits; many apps' secrets of before have 80. */
enum { SECRET_MIN = 10, SECRET_MAX = 64 };

bytes
factor_new_secret(struct rq *rq)
{
    uint8_t *to = arena_alloc(rq->arena, FACTOR_SECRET_BYTES);

    arena_keep_secret(rq->arena);
    if (to == NULL) {
        return (bytes){NULL, 0};
    }
    rng_fill(rq->rng, to, FACTOR_SECRET_BYTES);
    return (bytes){to, FACTOR_SECRET_BYTES};
}

bytes
factor_secret(struct rq *rq, const struct factor *factor)
{
    bytes secret;

    arena_keep_secret(rq->arena);
    if (!base64_decode(rq->arena, factor->secret, &secret) || secret.n < SECRET_MIN
        || secret.n > SECRET_MAX) {
        return (bytes){NULL, 0};
    }
    return secret;
}

bool
factor_take_code(struct rq *rq, struct factor *factor, str code)
{
    const struct factor_app *app = &factor->authenticator;
    struct otp otp = {factor_secret(rq, factor), (enum otp_algorithm)app->algorithm,
        (int)app->code_length, app->step_s};
    int64_t step;

    if (otp.secret.n == 0) {
        return false;
    }
    step = otp_find(&otp, rq->now, factor->used_step ? factor->used_step : -1,
        factor_normal_code(rq->arena, code));
    if (step < 0) {
        return false;
    }
    factor->used_step = step;
    return true;
}

bool
factor_secret_ok(struct rq *rq, const struct factor *factor)
{
    return factor_secret(rq, factor).n > 0;
}

bool
factor_phone_ok(struct rq *rq, str phone)
{
    return identity_phone(rq->arena, phone).n > 0;
}

struct given { /* methods of a body, being judged */
    struct rq *rq;
    struct field_reader *reader;
    const char *path;
};

static void
complain(struct given *given, const char *member, const char *code, const char *message)
{
    const char *at =
        str_z(given->rq->arena, str_fmt(given->rq->arena, "%s.twoFactor.%s", given->path, member));

    field_fault(given->reader, at ? at : given->path, code, message);
}

static void
check_one(struct given *given, const struct factor *factor)
{
    switch (factor->method) {
    case FACTOR_AUTHENTICATOR:
        if (factor_secret(given->rq, factor).n == 0) {
            complain(given, "methods.secret", factor->secret.n ? "invalid" : "blank",
                "Give the authenticator's secret: 10 to 64 bytes in base 64.");
        }
        break;
    case FACTOR_EMAIL:
        if (factor->email.n == 0) {
            complain(given, "methods.email", "blank", "Give the address that codes are sent to.");
        }
        break;
    case FACTOR_SMS:
        if (!factor_phone_ok(given->rq, factor->mobile_phone)) {
            complain(given, "methods.mobilePhone", factor->mobile_phone.n ? "invalid" : "blank",
                "Give the phone number that codes are sent to, in international form: + and "
                "country "
                "code.");
        }
        break;
    }
}

/* Recovery codes are taken where they are given. Without methods there are none, and no computer is trusted to
 * have proven one: a method of later asks everywhere. */
static enum err
take_codes(struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *user)
{
    struct factors *factors = &user->two_factor;

    if (factors->methods.count) {
        return factors->given_codes.count
                   ? factor_set_codes(rq, tenant, user, &factors->given_codes)
                   : ERR_OK;
    }
    factors->recovery = (struct field_texts){0};
    if (before != NULL && factor_count(before)) {
        factor_trust_forget(rq, tenant, before->id);
    }
    return ERR_OK;
}

enum err
factor_check_given(struct rq *rq, const struct tenant *tenant, struct field_reader *reader,
    const struct user *before, struct user *after, const char *path)
{
    struct given given = {rq, reader, path};
    const struct factor *items = after->two_factor.methods.items;
    enum err e;

    if (before != NULL && after->two_factor.given_codes.count == 0
        && before->two_factor.methods.items == after->two_factor.methods.items
        && before->two_factor.methods.count == after->two_factor.methods.count) {
        return ERR_OK; /* nothing was said of them */
    }
    for (size_t i = 0; i < after->two_factor.methods.count; i++) {
        check_one(&given, &items[i]);
    }
    if (after->two_factor.methods.count == 0 && before == NULL) {
        return ERR_OK;
    }
    e = factor_name_new(rq, after);
    return e ? e : take_codes(rq, tenant, before, after);
}
