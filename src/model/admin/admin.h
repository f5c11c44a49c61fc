/* SPDX-License-Identifier: Apache-2.0 */
/* Administrators: people who are registered for the application with FusionAuth's fixed id, and whose roles there say what
 * they may do through the API (decision 0025). Rights are families of things with verbs, in all tenants or in one. */
#pragma once
#include "model/record/record.h"

struct application;
struct registration;
struct tenant;
struct user;

/* One row each: what routes and custom roles call it. What has no row of its own belongs to the house. */
#define ADMIN_FAMILIES(X)                                                                          \
    X(HOUSE, "house") /* everything else: of the role admin alone */                               \
    X(ACL, "ip-acl")                                                                               \
    X(ACTION, "action") /* actions taken on people */                                              \
    X(ADMIN_ROLE, "admin-role")                                                                    \
    X(API_KEY, "api-key")                                                                          \
    X(APPLICATION, "application")                                                                  \
    X(APPLICATION_PART, "application-part") /* roles and scopes */                                 \
    X(AUDIT_LOG, "audit-log")                                                                      \
    X(COMMENT, "comment")                                                                          \
    X(CONNECTOR, "connector")                                                                      \
    X(CONSENT, "consent")                                                                          \
    X(CREDENTIAL, "credential") /* ways to sign in as somebody */                                  \
    X(EMAIL_TEMPLATE, "email-template")                                                            \
    X(ENTITY, "entity")                                                                            \
    X(EVENT_LOG, "event-log")                                                                      \
    X(FAMILY, "family")                                                                            \
    X(FORM, "form")                                                                                \
    X(GROUP, "group")                                                                              \
    X(IDENTITY_PROVIDER, "identity-provider")                                                      \
    X(KEY, "key")                                                                                  \
    X(LAMBDA, "lambda")                                                                            \
    X(LOGIN_RECORD, "login-record")                                                                \
    X(MEMBER, "group-member")                                                                      \
    X(MESSAGE_TEMPLATE, "message-template")                                                        \
    X(MESSENGER, "messenger")                                                                      \
    X(REACTOR, "reactor")                                                                          \
    X(REASON, "user-action-reason")                                                                \
    X(REGISTRATION, "registration")                                                                \
    X(REPORT, "report")                                                                            \
    X(SESSION, "session")                                                                          \
    X(SYSTEM, "system")                                                                            \
    X(TENANT, "tenant")                                                                            \
    X(TENANT_MANAGER, "tenant-manager")                                                            \
    X(THEME, "theme")                                                                              \
    X(USER, "user")                                                                                \
    X(USER_ACTION, "user-action")                                                                  \
    X(USER_CONSENT, "user-consent")                                                                \
    X(WEBHOOK, "webhook")                                                                          \
    X(WEBHOOK_LOG, "webhook-log")

enum admin_family {
#define X(name, text) ADMIN_##name,
    ADMIN_FAMILIES(X)
#undef X
        ADMIN_FAMILY_COUNT
};
enum admin_verb {
    ADMIN_READ = 1,
    ADMIN_WRITE = 2,
    ADMIN_DELETE = 4,
    ADMIN_ASSIST = 8, /* write, but no identities, passwords, factors and roles: tier 1 support */
    ADMIN_ALL = 15,
};

struct admin_scope {
    struct uuid tenant_id; /* nil: all tenants */
    uint8_t verbs[ADMIN_FAMILY_COUNT];
};
struct admin {
    struct uuid user_id;
    struct admin_scope *scopes; /* the first is of all tenants */
    size_t count;
    unsigned verbs; /* of the call: those it may rely on */
};

/* ---- the application ---- */
struct uuid admin_application_id(void);
bool admin_is_application(struct uuid application_id);
/* Is the person, loaded with registrations, registered there? Whatever the roles. */
bool admin_is_registered(const struct user *user);
/* Its built-in roles, by the ids FusionAuth gives them. */
struct admin_role_row {
    const char *name, *id, *grants, *description;
};
const struct admin_role_row *admin_role_rows(size_t *ret_count);
bool admin_is_built_in(str role_name);
/* Its roles with those that it lacks of the built-in ones; *ret_changed when there are any. */
MUST_USE enum err admin_complete_roles(
    struct rq *rq, struct application *application, bool *ret_changed);

/* ---- rights ---- */
/* Adds to verbs what a built-in role permits; false for the name of none. */
bool admin_add_role(str role_name, uint8_t verbs[ADMIN_FAMILY_COUNT]);
/* Adds what text says: "user:RW tenant:R", "*" for every family; false when it is no such text. */
bool admin_add_grants(str text, uint8_t verbs[ADMIN_FAMILY_COUNT]);
/* What the roles of that name give in the administrators' application. */
MUST_USE enum err admin_of_roles(struct rq *rq, const struct field_texts *roles, struct admin *ret);
/* What the person may do, who has registrations loaded; nothing for most. */
MUST_USE enum err admin_of_user(struct rq *rq, const struct user *user, struct admin *ret);
/* The verbs of a family that hold in a tenant; nil: in all of them. */
unsigned admin_verbs(const struct admin *admin, struct uuid tenant_id, enum admin_family family);
bool admin_is_super(const struct admin *admin);
/* Has who everything that what permits? A NULL who has nothing. */
bool admin_covers(const struct admin *who, const struct admin *what);
/* For user_load, when rq->guards_admins: refuses the call if the person has rights that its caller has not. */
MUST_USE enum err admin_guard(
    struct rq *rq, const struct tenant *tenant, const struct user *user, bool has_registrations);

/* ---- roles of one's own ---- */
struct admin_role {       /* AdminRole, of Cardea's own */
    struct record head;   /* id: of the role in the administrators' application */
    str name;             /* that role's */
    str permissions;      /* JSON: {"user": ["read", "write"], "tenant": ["read"]} */
    struct uuid scope_id; /* the tenant where it holds; nil: all */
};
extern const struct record_kind admin_role_kind;
/* Adds to verbs what permissions say; false with *ret_at, the name that is none. */
MUST_USE bool admin_add_permissions(
    struct arena *arena, str permissions, uint8_t verbs[ADMIN_FAMILY_COUNT], str *ret_at);
/* What it permits. */
MUST_USE enum err admin_of_custom(struct rq *rq, const struct admin_role *role, struct admin *ret);
