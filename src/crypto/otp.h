/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes of authenticator apps: HOTP (RFC 4226) and TOTP (RFC 6238). */
#pragma once
#include "base/str.h"

enum otp_algorithm { OTP_SHA1, OTP_SHA256, OTP_SHA512, OTP_ALGORITHM_COUNT };
enum { OTP_DIGITS_MIN = 6, OTP_DIGITS_MAX = 8, OTP_WINDOW = 1 };

struct otp { /* how a shared secret gives codes */
    bytes secret;
    enum otp_algorithm algorithm;
    int digits;     /* OTP_DIGITS_MIN to OTP_DIGITS_MAX */
    int64_t step_s; /* positive */
};

/* The code of a counter as otp->digits characters (RFC 4226 s5.3); for TOTP the counter is
 * otp_step(). The caller wipes to. */
void otp_code(const struct otp *otp, uint64_t counter, char to[static OTP_DIGITS_MAX]);
/* The step of an instant (RFC 6238 s4.2). */
int64_t otp_step(const struct otp *otp, int64_t now_ms);
/* Which step behind used (the last one that was taken; -1: none) has this code: the one of now, the one
 * before, or the one after, for clocks that differ (RFC 6238 s5.2, s6). -1: none. All of the window is
 * tried, in constant time for a code of the right length. */
int64_t otp_find(const struct otp *otp, int64_t now_ms, int64_t used, str code);
