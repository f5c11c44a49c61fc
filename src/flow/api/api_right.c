/* SPDX-License-Identifier: Apache-2.0 */
/* Which family an endpoint belongs to, and with which verb. The longest row that the endpoint begins with counts; among those
 * of one endpoint, the one with the method. Without verbs the method says: GET reads, DELETE deletes, others write; what ends
 * in search, export or preview reads, except by PUT. */
#include "flow/api/api_right.h"

#include "base/buf.h"

enum { R = ADMIN_READ, W = ADMIN_WRITE, D = ADMIN_DELETE, A = ADMIN_ASSIST, NONE = 0x100 };

static const struct row {
    const char *endpoint, *method; /* NULL: any */
    enum admin_family family;
    unsigned verbs; /* 0: by the method */
} rows[] = {
    /* clang-format off */
    {"/api/api-key",                  NULL,     ADMIN_API_KEY, 0},
    {"/api/application",              NULL,     ADMIN_APPLICATION, 0},
    {"/api/application/role",         NULL,     ADMIN_APPLICATION_PART, 0},
    {"/api/application/scope",        NULL,     ADMIN_APPLICATION_PART, 0},
    {"/api/cardea/admin-role",        NULL,     ADMIN_ADMIN_ROLE, 0},
    {"/api/connector",                NULL,     ADMIN_CONNECTOR, 0},
    {"/api/consent",                  NULL,     ADMIN_CONSENT, 0},
    {"/api/email",                    NULL,     ADMIN_EMAIL_TEMPLATE, 0},
    {"/api/entity",                   NULL,     ADMIN_ENTITY, 0},
    {"/api/form",                     NULL,     ADMIN_FORM, 0},
    {"/api/group",                    NULL,     ADMIN_GROUP, 0},
    {"/api/group/member",             NULL,     ADMIN_MEMBER, 0},
    {"/api/identity-provider",        NULL,     ADMIN_IDENTITY_PROVIDER, 0},
    {"/api/identity-provider/link",   NULL,     ADMIN_CREDENTIAL, 0},
    {"/api/identity-provider/login",  NULL,     ADMIN_HOUSE, NONE},
    {"/api/identity/verify",          NULL,     ADMIN_CREDENTIAL, W},
    {"/api/ip-acl",                   NULL,     ADMIN_ACL, 0},
    {"/api/jwt/public-key",           NULL,     ADMIN_HOUSE, NONE},
    {"/api/jwt/reconcile",            NULL,     ADMIN_HOUSE, NONE},
    {"/api/jwt/refresh",              NULL,     ADMIN_SESSION, 0},
    {"/api/jwt/refresh",              "POST",   ADMIN_HOUSE, NONE},
    {"/api/key",                      NULL,     ADMIN_KEY, 0},
    {"/api/lambda",                   NULL,     ADMIN_LAMBDA, 0},
    {"/api/login",                    NULL,     ADMIN_HOUSE, NONE},
    {"/api/login",                    "PUT",    ADMIN_CREDENTIAL, W},
    {"/api/logout",                   NULL,     ADMIN_HOUSE, NONE},
    {"/api/message/template",         NULL,     ADMIN_MESSAGE_TEMPLATE, 0},
    {"/api/messenger",                NULL,     ADMIN_MESSENGER, 0},
    {"/api/passwordless",             NULL,     ADMIN_HOUSE, NONE},
    {"/api/passwordless/start",       NULL,     ADMIN_CREDENTIAL, W},
    {"/api/prometheus",               NULL,     ADMIN_SYSTEM, 0},
    {"/api/reactor",                  NULL,     ADMIN_REACTOR, 0},
    {"/api/report",                   NULL,     ADMIN_REPORT, 0},
    {"/api/status",                   NULL,     ADMIN_SYSTEM, 0},
    {"/api/system",                   NULL,     ADMIN_SYSTEM, 0},
    {"/api/system-configuration",     NULL,     ADMIN_SYSTEM, 0},
    {"/api/integration",              NULL,     ADMIN_SYSTEM, 0},
    {"/api/system/audit-log",         NULL,     ADMIN_AUDIT_LOG, 0},
    {"/api/system/event-log",         NULL,     ADMIN_EVENT_LOG, 0},
    {"/api/system/login-record",      NULL,     ADMIN_LOGIN_RECORD, 0},
    {"/api/system/webhook-attempt-log", NULL,   ADMIN_WEBHOOK_LOG, 0},
    {"/api/system/webhook-event-log", NULL,     ADMIN_WEBHOOK_LOG, 0},
    {"/api/tenant",                   NULL,     ADMIN_TENANT, 0},
    {"/api/tenant-manager",           NULL,     ADMIN_TENANT_MANAGER, 0},
    {"/api/theme",                    NULL,     ADMIN_THEME, 0},
    {"/api/two-factor",               NULL,     ADMIN_CREDENTIAL, W},
    {"/api/two-factor/login",         NULL,     ADMIN_HOUSE, NONE},
    {"/api/two-factor/secret",        NULL,     ADMIN_HOUSE, NONE},
    {"/api/two-factor/status",        NULL,     ADMIN_CREDENTIAL, R},
    {"/api/user",                     NULL,     ADMIN_USER, 0},
    {"/api/user",                     "POST",   ADMIN_USER, W | A},
    {"/api/user",                     "PUT",    ADMIN_USER, W | A},
    {"/api/user",                     "PATCH",  ADMIN_USER, W | A},
    {"/api/user",                     "DELETE", ADMIN_USER, D | W | A}, /* mostly a lock: api_user_delete looks which */
    {"/api/user-action",              NULL,     ADMIN_USER_ACTION, 0},
    {"/api/user-action-reason",       NULL,     ADMIN_REASON, 0},
    {"/api/user/action",              NULL,     ADMIN_ACTION, 0},
    {"/api/user/bulk",                NULL,     ADMIN_USER, D},
    {"/api/user/change-password",     NULL,     ADMIN_CREDENTIAL, W},
    {"/api/user/comment",             NULL,     ADMIN_COMMENT, 0},
    {"/api/user/consent",             NULL,     ADMIN_USER_CONSENT, 0},
    {"/api/user/family",              NULL,     ADMIN_FAMILY, 0},
    {"/api/user/forgot-password",     NULL,     ADMIN_CREDENTIAL, W},
    {"/api/user/import",              NULL,     ADMIN_USER, W},
    {"/api/user/refresh-token/import", NULL,    ADMIN_CREDENTIAL, W},
    {"/api/user/registration",        NULL,     ADMIN_REGISTRATION, 0},
    {"/api/user/registration",        "POST",   ADMIN_REGISTRATION, W | A},
    {"/api/user/registration",        "PUT",    ADMIN_REGISTRATION, W | A},
    {"/api/user/registration",        "PATCH",  ADMIN_REGISTRATION, W | A},
    {"/api/user/search",              NULL,     ADMIN_USER, 0},
    {"/api/user/two-factor",          NULL,     ADMIN_CREDENTIAL, 0},
    {"/api/user/verify-email",        NULL,     ADMIN_CREDENTIAL, W},
    {"/api/user/verify-registration", NULL,     ADMIN_CREDENTIAL, W},
    {"/api/webauthn",                 NULL,     ADMIN_CREDENTIAL, 0},
    {"/api/webauthn/login",           NULL,     ADMIN_HOUSE, NONE},
    {"/api/webhook",                  NULL,     ADMIN_WEBHOOK, 0},
    /* clang-format on */
};

/* Does the row speak of the endpoint, and closer than best? */
static bool
is_closer(const struct row *row, const struct row *best, str endpoint, str method)
{
    str own = str_from(row->endpoint);
    size_t known = best ? str_from(best->endpoint).n : 0;
    bool is_of_it = str_starts(endpoint, own) && (endpoint.n == own.n || endpoint.p[own.n] == '/');

    if (row->method != NULL && (!str_eq(method, str_from(row->method)) || endpoint.n != own.n)) {
        return false;
    }
    return is_of_it && (best == NULL || own.n > known || (own.n == known && row->method != NULL));
}

static unsigned
verb_of(str endpoint, str method)
{
    bool looks = str_ends(endpoint, S("/search")) || str_ends(endpoint, S("/export"))
                 || str_ends(endpoint, S("/preview"));

    if (str_eq(method, S("GET")) || str_eq(method, S("HEAD"))
        || (looks && str_eq(method, S("POST")))) {
        return R;
    }
    return str_eq(method, S("DELETE")) ? D : W;
}

struct api_right
api_right_of(str endpoint, str method)
{
    const struct row *best = NULL;
    unsigned verbs;

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (is_closer(&rows[i], best, endpoint, method)) {
            best = &rows[i];
        }
    }
    verbs = best != NULL && best->verbs ? best->verbs : verb_of(endpoint, method);
    if (verbs == NONE) {
        return (struct api_right){.is_none = true};
    }
    return (struct api_right){.family = best ? best->family : ADMIN_HOUSE, .verbs = verbs};
}

str
api_endpoint_of(struct arena *arena, const char *path)
{
    str rest = str_from(path), piece, endpoint;
    struct buf buf;

    buf_init(&buf, arena, 200);
    while (str_cut(&rest, '/', &piece)) {
        if (piece.n && piece.p[0] != '{') {
            buf_char(&buf, '/');
            buf_str(&buf, piece);
        }
    }
    return buf_done(&buf, &endpoint) ? endpoint : NO_STR;
}
