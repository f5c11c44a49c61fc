/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the provider of a tenant's captcha vouches for the token that came with a form. */
#pragma once
#include "base/fault.h"
#include "base/str.h"

struct captchas;
struct rng;
struct rq;
struct tenant;

/* Tokens that were used, in this process, for as long as a provider takes one. */
MUST_USE struct captchas *captchas_new(size_t max, struct rng *rng);
void captchas_free(struct captchas *captchas);

enum captcha_verdict {
    CAPTCHA_PASSED, /* or none is asked for */
    CAPTCHA_FAILED,
    CAPTCHA_AWAY /* the provider cannot be asked: nobody gets on */
};
/* Judges the token of a form; action: the page's, as the provider was told. Asks as an errand: may be ERR_MOVE. */
MUST_USE enum err captcha_check(struct rq *rq, const struct tenant *tenant, str token,
    const char *action, enum captcha_verdict *ret);
