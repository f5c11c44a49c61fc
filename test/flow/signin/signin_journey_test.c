/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT signin_journey
#include "../../unit.h"

#include "flow/signin/signin_journey.h"

/* clang-format off */
#define KNOWN .has_session = true, .may_sign_in = true
static const struct {
    int line;
    struct journey_facts f;
    enum journey_step want;
} cases[] = {
    {__LINE__, {0}, JOURNEY_SIGNIN},
    {__LINE__, {.prompt_none = true}, JOURNEY_LOGIN_REQUIRED},
    {__LINE__, {KNOWN}, JOURNEY_DONE},
    {__LINE__, {KNOWN, .prompt_none = true}, JOURNEY_DONE},
    {__LINE__, {.has_session = true}, JOURNEY_SIGNIN},
    {__LINE__, {KNOWN, .prompt_login = true}, JOURNEY_PASSWORD},
    {__LINE__, {KNOWN, .is_session_old = true}, JOURNEY_PASSWORD},
    {__LINE__, {KNOWN, .is_session_old = true, .prompt_none = true}, JOURNEY_LOGIN_REQUIRED},
    {__LINE__, {KNOWN, .is_other_person = true}, JOURNEY_SIGNIN},
    {__LINE__, {KNOWN, .is_other_person = true, .prompt_none = true}, JOURNEY_LOGIN_REQUIRED},
    {__LINE__, {KNOWN, .is_proved = true, .is_other_person = true}, JOURNEY_LOGIN_REQUIRED},
    {__LINE__, {KNOWN, .is_proved = true, .is_session_old = true}, JOURNEY_DONE},
    {__LINE__, {KNOWN, .needs_consent = true}, JOURNEY_CONSENT},
    {__LINE__, {KNOWN, .needs_consent = true, .prompt_none = true}, JOURNEY_CONSENT_REQUIRED},
    {__LINE__, {KNOWN, .is_gated = true}, JOURNEY_UNVERIFIED},
    {__LINE__, {KNOWN, .is_proved = true, .is_gated = true, .needs_consent = true}, JOURNEY_UNVERIFIED},
    {__LINE__, {KNOWN, .is_gated = true, .prompt_login = true}, JOURNEY_PASSWORD},
    {__LINE__, {KNOWN, .is_gated = true, .prompt_none = true}, JOURNEY_INTERACTION_REQUIRED},
    {__LINE__, {KNOWN, .needs_registration = true}, JOURNEY_FORBIDDEN},
    {__LINE__, {KNOWN, .needs_registration = true, .may_register = true}, JOURNEY_DONE},
    {__LINE__, {KNOWN, .needs_registration = true, .is_registered = true}, JOURNEY_DONE},
    {__LINE__, {KNOWN, .needs_registration = true, .prompt_none = true}, JOURNEY_INTERACTION_REQUIRED},
    {__LINE__, {KNOWN, .needs_registration = true, .needs_consent = true}, JOURNEY_FORBIDDEN},
    {__LINE__, {KNOWN, .is_incomplete = true}, JOURNEY_COMPLETE},
    {__LINE__, {KNOWN, .is_incomplete = true, .needs_consent = true}, JOURNEY_COMPLETE},
    {__LINE__, {KNOWN, .is_incomplete = true, .is_gated = true}, JOURNEY_UNVERIFIED},
    {__LINE__, {KNOWN, .is_incomplete = true, .prompt_none = true}, JOURNEY_INTERACTION_REQUIRED},
    {__LINE__, {.is_incomplete = true}, JOURNEY_SIGNIN},
    {__LINE__, {KNOWN, .needs_factor = true}, JOURNEY_PASSWORD},
    {__LINE__, {KNOWN, .needs_factor = true, .prompt_none = true}, JOURNEY_LOGIN_REQUIRED},
    {__LINE__, {KNOWN, .needs_factor = true, .is_other_person = true}, JOURNEY_SIGNIN},
    {__LINE__, {KNOWN, .needs_factor = true, .is_proved = true}, JOURNEY_DONE},
};
/* clang-format on */

TEST(oidc_core_3_1_2_the_next_step_follows_from_what_is_known)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, signin_journey_next(&cases[i].f) == cases[i].want);
    }
}

/* All 2^13 combinations: with prompt=none no step ever shows a page. */
TEST(oa_24_prompt_none_never_shows_a_page)
{
    for (unsigned bits = 0; bits < 1u << 13; bits++) {
        struct journey_facts f = {.has_session = bits & 1,
            .is_proved = bits & 2,
            .is_session_old = bits & 4,
            .is_other_person = bits & 8,
            .may_sign_in = bits & 16,
            .is_registered = bits & 32,
            .needs_registration = bits & 64,
            .may_register = bits & 128,
            .needs_consent = bits & 256,
            .prompt_login = bits & 512,
            .is_gated = bits & 1024,
            .is_incomplete = bits & 2048,
            .needs_factor = bits & 4096,
            .prompt_none = true};
        enum journey_step step = signin_journey_next(&f);
        CHECK_AT((int)bits, step != JOURNEY_SIGNIN && step != JOURNEY_PASSWORD
                                && step != JOURNEY_CONSENT && step != JOURNEY_FORBIDDEN
                                && step != JOURNEY_UNVERIFIED && step != JOURNEY_COMPLETE);
    }
}
