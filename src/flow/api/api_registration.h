/* SPDX-License-Identifier: Apache-2.0 */
/* What the making and the changing of a registration share. */
#pragma once
#include "flow/api/api.h"
#include "model/user/user.h"

struct api_registration_options { /* beside the registration in a body (type RegistrationRequest) */
    str event_info;
    bool disable_domain_block, skip_verification, skip_registration_verification,
        sends_set_password, generates_token;
    int set_password_identity; /* enum api_user_mail_by */
    struct field_texts verification_ids;
    struct field_texts roles; /* of no effect: FusionAuth's examples write them here, too */
};

/* A fault at registration.roles when one is none of the application's. */
void api_registration_check_roles(
    struct rq *rq, const struct application *app, const struct registration *registration);
/* A fault at registration.roles when who merely assists would give or take roles. */
void api_registration_check_assistance(
    struct rq *rq, const struct field_texts *before, const struct field_texts *after);
/* The authentication token: made, or the one that was sent along; a fault for who may not set one. */
MUST_USE enum err api_registration_set_token(struct rq *rq,
    const struct api_registration_options *options, struct registration *registration);
