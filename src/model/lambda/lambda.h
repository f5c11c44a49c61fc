/* SPDX-License-Identifier: Apache-2.0 */
/* Lambdas: JavaScript of the house's administrators, each for one kind of moment. */
#pragma once
#include "model/record/record.h"

/* clang-format off */
#define LAMBDA_TYPES(X) /* LambdaType, and the function that the body has to define */ \
    X(JWTPopulate, populate) \
    X(OpenIDReconcile, reconcile) \
    X(SAMLv2Reconcile, reconcile) \
    X(SAMLv2Populate, populate) \
    X(AppleReconcile, reconcile) \
    X(ExternalJWTReconcile, reconcile) \
    X(FacebookReconcile, reconcile) \
    X(GoogleReconcile, reconcile) \
    X(HYPRReconcile, reconcile) \
    X(TwitterReconcile, reconcile) \
    X(LDAPConnectorReconcile, reconcile) \
    X(LinkedInReconcile, reconcile) \
    X(EpicGamesReconcile, reconcile) \
    X(NintendoReconcile, reconcile) \
    X(SonyPSNReconcile, reconcile) \
    X(SteamReconcile, reconcile) \
    X(TwitchReconcile, reconcile) \
    X(XboxReconcile, reconcile) \
    X(ClientCredentialsJWTPopulate, populate) \
    X(SCIMServerGroupRequestConverter, convert) \
    X(SCIMServerGroupResponseConverter, convert) \
    X(SCIMServerUserRequestConverter, convert) \
    X(SCIMServerUserResponseConverter, convert) \
    X(SelfServiceRegistrationValidation, validate) \
    X(UserInfoPopulate, populate) \
    X(LoginValidation, validate) \
    X(MFARequirement, checkRequired)
/* clang-format on */
#define X(name, function) LAMBDA_##name,
enum lambda_type { LAMBDA_TYPES(X) LAMBDA_TYPE_COUNT };
#undef X
extern const char *const lambda_types[];

struct lambda { /* type Lambda */
    struct record head;
    str name, body;
    int type, engine;
    bool debug;
};
extern const struct record_kind lambda_kind;

struct rq;
/* Adds [invalid] at path when the lambda of that id is of another type; nil ids and ids of nothing are
 * somebody else's to judge. */
MUST_USE enum err lambda_check_type(struct rq *rq, struct field_reader *reader, struct uuid id,
    enum lambda_type type, const char *path);
