/* SPDX-License-Identifier: Apache-2.0 */
/* The journey's one decision (DESIGN section 8): which step comes next, from what is known.
 * Pure: no request, no clock, no storage. */
#pragma once
#include "base/base.h"

struct journey_facts {
    bool has_session;        /* the browser has a live session with the tenant */
    bool is_proved;          /* the person proved who they are in this journey */
    bool is_session_old;     /* older than max_age allows */
    bool is_other_person;    /* not whom id_token_hint names */
    bool may_sign_in;        /* the account is active */
    bool needs_factor;       /* the application asks for a second one, and the session has none */
    bool is_registered;      /* for the application */
    bool needs_registration; /* the application asks for one */
    bool may_register;       /* and lets people make it themselves */
    bool is_incomplete;      /* the application asks for more than is known of the person */
    bool is_gated;           /* an address or a membership has to be verified first */
    bool needs_consent;      /* third party, and nothing remembered covers it */
    bool prompt_none, prompt_login;
};

enum journey_step {
    JOURNEY_SIGNIN,   /* login id and password */
    JOURNEY_PASSWORD, /* the known person's password again */
    JOURNEY_COMPLETE, /* what the application asks for and is not known yet */
    JOURNEY_CONSENT,
    JOURNEY_DONE,
    JOURNEY_UNVERIFIED,     /* nobody gets on before a mail was answered: a page, no redirect */
    JOURNEY_FORBIDDEN,      /* signed in, but not for this application: a page, no redirect */
    JOURNEY_LOGIN_REQUIRED, /* prompt=none and somebody would have to be asked: OIDC Core s3.1.2.6 */
    JOURNEY_CONSENT_REQUIRED,
    JOURNEY_INTERACTION_REQUIRED,
    JOURNEY_STEP_COUNT
};

/* The next step: a pure function of what is known (DESIGN section 8). */
enum journey_step signin_journey_next(const struct journey_facts *facts);
