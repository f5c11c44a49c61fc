/* SPDX-License-Identifier: Apache-2.0 */
/* HOTP (RFC 4226) and TOTP (RFC 6238). Invariant: a step that was used gives no second success; the
 * caller keeps the step that otp_find returned, in the same statement that lets the person in. */
#include "crypto/otp.h"

#include "base/clock.h"
#include "crypto/crypto_internal.h"

void
otp_code(const struct otp *otp, uint64_t counter, char to[static OTP_DIGITS_MAX])
{
    static const enum crypto_md mds[OTP_ALGORITHM_COUNT] = {
        [OTP_SHA1] = CRYPTO_SHA1, [OTP_SHA256] = CRYPTO_SHA256, [OTP_SHA512] = CRYPTO_SHA512};
    enum crypto_md md = mds[otp->algorithm];
    uint8_t text[8], mac[CRYPTO_MD_BYTES];
    const bytes part = BYTES_OF(text);
    const uint8_t *at;
    uint32_t number;

    CHECK(otp->digits >= OTP_DIGITS_MIN && otp->digits <= OTP_DIGITS_MAX);
    for (int i = 0; i < 8; i++) {
        text[i] = (uint8_t)(counter >> (56 - 8 * i));
    }
    crypto_hmac(md, otp->secret, &part, 1, mac);
    at = mac + (mac[crypto_md_bytes(md) - 1] & 15); /* RFC 4226 s5.3: dynamic truncation */
    number = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    for (int i = otp->digits - 1; i >= 0; i--, number /= 10) {
        to[i] = (char)('0' + number % 10);
    }
    secret_wipe(mac, sizeof mac);
}

int64_t
otp_step(const struct otp *otp, int64_t now_ms)
{
    CHECK(otp->step_s > 0);
    return now_ms / SECOND_MS / otp->step_s;
}

int64_t
otp_find(const struct otp *otp, int64_t now_ms, int64_t used, str code)
{
    int64_t step = otp_step(otp, now_ms), found = -1;

    if (code.n != (size_t)otp->digits) {
        return -1;
    }
    for (int64_t s = MAX(step - OTP_WINDOW, 0); s <= step + OTP_WINDOW; s++) {
        char made[OTP_DIGITS_MAX];
        otp_code(otp, (uint64_t)s, made);
        if (ct_eq(str_bytes((str){made, code.n}), str_bytes(code)) && s > used) {
            found = s;
        }
        secret_wipe(made, sizeof made);
    }
    return found;
}
