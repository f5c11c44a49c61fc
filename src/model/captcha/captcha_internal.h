/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "crypto/hash.h"
#include "model/captcha/captcha.h"

/* Notes that the token of this digest is used now; false when it was already. Without room the oldest are forgotten. */
MUST_USE bool captcha_use(struct captchas *captchas, const struct digest *digest);
