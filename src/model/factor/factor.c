/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about second factors, and how they are written out (FusionAuth's User.twoFactor). */
#include "model/factor/factor.h"

#include "codec/json.h"
#include "model/application/application.h"
#include "model/user/user.h"

size_t
factor_count(const struct user *user)
{
    return user->two_factor.methods.count;
}

struct factor *
factor_by_id(const struct user *user, str id)
{
    struct factor *items = user->two_factor.methods.items;

    for (size_t i = 0; i < user->two_factor.methods.count; i++) {
        if (str_eq(items[i].id, id)) {
            return &items[i];
        }
    }
    return NULL;
}

bool
factor_is_allowed(const struct tenant *tenant, enum factor_method method)
{
    const struct factor_config *config = &tenant->factor;

    switch (method) {
    case FACTOR_AUTHENTICATOR:
        return config->authenticator.enabled;
    case FACTOR_EMAIL:
        return config->email.enabled;
    case FACTOR_SMS: /* a call that reads the code out is another way to the same number */
        return config->sms.enabled || config->voice.enabled;
    }
    return false;
}

enum factor_need
factor_needed(
    const struct tenant *tenant, const struct application *application, const struct user *user)
{
    int policy = application != NULL && application->factor.policy >= 0 ? application->factor.policy
                                                                        : tenant->factor.policy;

    if (policy == FACTOR_DISABLED) {
        return FACTOR_NEED_NONE;
    }
    if (factor_count(user)) {
        return FACTOR_NEED_CODE;
    }
    return policy == FACTOR_REQUIRED ? FACTOR_NEED_SETUP : FACTOR_NEED_NONE;
}

static void
write_method(const struct factor *factor, struct json_out *out)
{
    json_out_object(out);
    if (factor->method == FACTOR_AUTHENTICATOR) {
        json_out_name(out, S("authenticator"));
        json_out_object(out);
        json_put_str(
            out, S("algorithm"), str_from(factor_algorithms[factor->authenticator.algorithm]));
        json_put_i64(out, S("codeLength"), factor->authenticator.code_length);
        json_put_i64(out, S("timeStep"), factor->authenticator.step_s);
        json_out_object_end(out);
    }
    json_put_given(out, S("email"), factor->email);
    json_put_given(out, S("id"), factor->id);
    if (factor->last_used) {
        json_put_bool(out, S("lastUsed"), true);
    }
    json_put_str(out, S("method"), str_from(factor_methods[factor->method]));
    json_put_given(out, S("mobilePhone"), factor->mobile_phone);
    json_put_given(out, S("name"), factor->name);
    json_out_object_end(out);
}

void
factor_write_methods(const struct factors *factors, struct json_out *out)
{
    const struct factor *items = factors->methods.items;

    json_out_array(out);
    for (size_t i = 0; i < factors->methods.count; i++) {
        write_method(&items[i], out);
    }
    json_out_array_end(out);
}

/* No recovery code is ever shown again: only digests are kept. */
void
factor_write(const struct factors *factors, struct json_out *out)
{
    json_out_object(out);
    json_out_name(out, S("methods"));
    factor_write_methods(factors, out);
    json_put_raw(out, S("recoveryCodes"), S("[]"));
    json_out_object_end(out);
}
