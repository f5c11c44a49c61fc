/* SPDX-License-Identifier: Apache-2.0 */
/* What can go wrong, once: name, wire code, HTTP status; and the record of what did. */
#pragma once
#include "base/str.h"

#define ERRORS(X) /* name, wire code, HTTP status */                                               \
    X(ERR_OK, "", 200)                                                                             \
    X(ERR_MOVE, "", 500)                           /* run this handler again on the hash pool */   \
    X(ERR_AGAIN, "", 500)                          /* a race was lost: run this handler again */   \
    X(ERR_INVALID_REQUEST, "invalid_request", 400) /* RFC 6749 s4.1.2.1, s5.2 */                   \
    X(ERR_INVALID_CLIENT, "invalid_client", 401)   /* RFC 6749 s5.2 */                             \
    X(ERR_INVALID_GRANT, "invalid_grant", 400)     /* RFC 6749 s5.2 */                             \
    X(ERR_UNAUTHORIZED_CLIENT, "unauthorized_client", 400)       /* RFC 6749 s5.2 */               \
    X(ERR_UNSUPPORTED_GRANT_TYPE, "unsupported_grant_type", 400) /* RFC 6749 s5.2 */               \
    X(ERR_UNSUPPORTED_RESPONSE_TYPE, "unsupported_response_type", 400)                             \
    X(ERR_UNSUPPORTED_TOKEN_TYPE, "unsupported_token_type", 400) /* RFC 7009 s2.2.1 */             \
    X(ERR_INVALID_SCOPE, "invalid_scope", 400)                   /* RFC 6749 s5.2 */               \
    X(ERR_INVALID_TARGET, "invalid_target", 400)                 /* RFC 8707 s2 */                 \
    X(ERR_ACCESS_DENIED, "access_denied", 400)                   /* RFC 6749 s4.1.2.1 */           \
    X(ERR_LOGIN_REQUIRED, "login_required", 400)                 /* OIDC Core s3.1.2.6 */          \
    X(ERR_CONSENT_REQUIRED, "consent_required", 400)             /* OIDC Core s3.1.2.6 */          \
    X(ERR_INTERACTION_REQUIRED, "interaction_required", 400)     /* OIDC Core s3.1.2.6 */          \
    X(ERR_REQUEST_NOT_SUPPORTED, "request_not_supported", 400)   /* OIDC Core s3.1.2.6 */          \
    X(ERR_REQUEST_URI_NOT_SUPPORTED, "request_uri_not_supported", 400)                             \
    X(ERR_REGISTRATION_NOT_SUPPORTED, "registration_not_supported", 400)                           \
    X(ERR_BAD_REDIRECT, "invalid_request", 400) /* shown, never redirected: RFC 9700 s4.11 */      \
    X(ERR_INVALID_TOKEN, "invalid_token", 401)  /* RFC 6750 s3.1 */                                \
    X(ERR_INSUFFICIENT_SCOPE, "insufficient_scope", 403) /* RFC 6750 s3.1 */                       \
    X(ERR_FIELDS, "invalid_fields", 400)                 /* rq->field_faults says which */         \
    X(ERR_UNAUTHENTICATED, "unauthenticated", 401)                                                 \
    X(ERR_FORBIDDEN, "forbidden", 403)                                                             \
    X(ERR_NOT_FOUND, "not_found", 404)                                                             \
    X(ERR_METHOD, "method_not_allowed", 405)                                                       \
    X(ERR_NOT_ACCEPTABLE, "not_acceptable", 406)                                                   \
    X(ERR_CONFLICT, "conflict", 409)                                                               \
    X(ERR_GONE, "gone", 410)                                                                       \
    X(ERR_TOO_LARGE, "too_large", 413)                                                             \
    X(ERR_MEDIA_TYPE, "unsupported_media_type", 415)                                               \
    X(ERR_LOCKED, "locked", 423)                                                                   \
    X(ERR_TOO_MANY, "too_many_requests", 429)                                                      \
    X(ERR_SERVER, "server_error", 500)                                                             \
    X(ERR_BUSY, "temporarily_unavailable", 503)

enum err {
#define X(name, wire, http) name,
    ERRORS(X)
#undef X
        ERR_COUNT
};

struct fault {          /* one per request, in rq->fault */
    enum err code;      /* row of ERRORS: wire code and status */
    const char *field;  /* parameter at fault, or NULL */
    const char *detail; /* public, fixed text: never echoes input */
    const char *file;   /* for the log only */
    int line;
};

/* Records a fault and returns its code; the first fault of a request stays. */
enum err fault_set(struct fault *fault, enum err code, const char *field, const char *detail,
    const char *file, int line);

/* The row of ERRORS: the word on the wire, and the HTTP status. */
const char *err_wire(enum err code);
int err_status(enum err code);

/* One thing wrong with one field of a body or form. All of them are collected before answering.
 * On the wire the code is "[code]path", as FusionAuth writes it: [blank]user.email. */
struct field_fault {
    struct field_fault *next;
    str path;    /* "user.email"; empty for a fault of the whole request */
    str code;    /* "blank", "invalid", "duplicate", "unknown" ... */
    str message; /* a sentence that says what to do; echoes no input but field names */
};
struct field_faults {
    struct field_fault *first, *last;
    size_t count;
};

/* Appends a copy of the texts; silently drops it if the arena has failed (the arena tells). */
void field_fault_add(
    struct field_faults *faults, struct arena *arena, str path, str code, str message);
