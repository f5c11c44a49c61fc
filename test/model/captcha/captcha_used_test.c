/* SPDX-License-Identifier: Apache-2.0 */
/* Captchas' tokens are good once, in bounded memory. */
#define UNIT captcha_used
#include "../fixture.h"

#include "model/captcha/captcha_internal.h"

static struct digest
token(int n)
{
    return sha256((bytes){(const uint8_t *)&n, sizeof n});
}

TEST(a_token_is_used_once_and_the_oldest_are_forgotten)
{
    struct unit_rng rng = unit_rng_new(7);
    struct captchas *all;
    struct digest d;

    REQUIRE(crypto_init());
    all = captchas_new(3, &rng.rng);
    REQUIRE(all != NULL);
    for (int i = 0; i < 3; i++) {
        d = token(i);
        EXPECT(captcha_use(all, &d) && !captcha_use(all, &d));
    }
    d = token(3); /* in the place of the first */
    EXPECT(captcha_use(all, &d));
    for (int i = 1; i < 4; i++) {
        d = token(i);
        EXPECT(!captcha_use(all, &d));
    }
    d = token(0);
    EXPECT(captcha_use(all, &d));
    captchas_free(all);
}
