/* SPDX-License-Identifier: Apache-2.0 */
/* The decision table of the sign-in journey. Rows are asked in order; the first that holds
 * decides. */
#include "flow/signin/signin_journey.h"

static bool
is_known(const struct journey_facts *f)
{
    return f->is_proved
           || (f->has_session && f->may_sign_in && !f->prompt_login && !f->is_session_old
               && !f->is_other_person && !f->needs_factor);
}

static bool
nobody_is_known(const struct journey_facts *f)
{
    return !is_known(f);
}

static bool
nobody_is_known_and_none_may_be_asked(const struct journey_facts *f)
{
    return !is_known(f) && f->prompt_none;
}

/* max_age passed or prompt=login: the same person again, unless somebody else is expected. */
static bool
same_person_must_prove_again(const struct journey_facts *f)
{
    return !is_known(f) && f->has_session && f->may_sign_in && !f->is_other_person;
}

/* Signed in as somebody else than the client expects (OIDC Core s3.1.2.1, id_token_hint). */
static bool
another_person_came(const struct journey_facts *f)
{
    return f->is_proved && f->is_other_person;
}

static bool
is_gated(const struct journey_facts *f)
{
    return f->is_gated;
}

static bool
is_gated_silently(const struct journey_facts *f)
{
    return f->prompt_none && f->is_gated;
}

static bool
is_not_allowed(const struct journey_facts *f)
{
    return f->needs_registration && !f->is_registered && !f->may_register;
}

static bool
is_not_allowed_silently(const struct journey_facts *f)
{
    return f->prompt_none && f->needs_registration && !f->is_registered;
}

static bool
is_incomplete(const struct journey_facts *f)
{
    return f->is_incomplete;
}

static bool
is_incomplete_silently(const struct journey_facts *f)
{
    return f->prompt_none && f->is_incomplete;
}

static bool
consent_is_missing_silently(const struct journey_facts *f)
{
    return f->prompt_none && f->needs_consent;
}

static bool
consent_is_missing(const struct journey_facts *f)
{
    return f->needs_consent;
}

static const struct {
    bool (*holds)(const struct journey_facts *f);
    enum journey_step step;
} rows[] = {
    {nobody_is_known_and_none_may_be_asked, JOURNEY_LOGIN_REQUIRED},
    {same_person_must_prove_again, JOURNEY_PASSWORD},
    {nobody_is_known, JOURNEY_SIGNIN},
    {another_person_came, JOURNEY_LOGIN_REQUIRED},
    {is_gated_silently, JOURNEY_INTERACTION_REQUIRED},
    {is_gated, JOURNEY_UNVERIFIED},
    {is_not_allowed_silently, JOURNEY_INTERACTION_REQUIRED},
    {is_not_allowed, JOURNEY_FORBIDDEN},
    {is_incomplete_silently, JOURNEY_INTERACTION_REQUIRED},
    {is_incomplete, JOURNEY_COMPLETE},
    {consent_is_missing_silently, JOURNEY_CONSENT_REQUIRED},
    {consent_is_missing, JOURNEY_CONSENT},
};

enum journey_step
signin_journey_next(const struct journey_facts *facts)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].holds(facts)) {
            return rows[i].step;
        }
    }
    return JOURNEY_DONE;
}
