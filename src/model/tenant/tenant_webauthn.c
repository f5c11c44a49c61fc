/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's settings for passkeys: FusionAuth's type TenantWebAuthnConfiguration. */
#include "model/tenant/tenant.h"

const char *const webauthn_attachments[] = {"any", "platform", "crossPlatform", NULL};
const char *const webauthn_verifications[] = {"required", "preferred", "discouraged", NULL};

enum { DOMAIN_MAX_BYTES = 253 };

/* A domain as WebAuthn s5.1.2 wants it: no scheme, no port, no path; in lower case, since it is hashed. */
static void
check_domain(struct field_check *check)
{
    const struct webauthn_config *config = check->object;
    str label, rest = config->rp_id;

    while (str_cut(&rest, '.', &label)) {
        bool ok = label.n > 0 && label.n < 64 && label.p[0] != '-' && label.p[label.n - 1] != '-';

        for (size_t i = 0; ok && i < label.n; i++) {
            ok = memchr("abcdefghijklmnopqrstuvwxyz0123456789-", label.p[i], 37) != NULL;
        }
        if (!ok) {
            field_check_fault(
                check, NULL, "invalid", "Write a domain in lower case, such as example.com.");
            return;
        }
    }
}

/* clang-format off */
#define FLOW(member) FIELD_AT(struct webauthn_workflow, member)
#define ATTACHMENT .name = "authenticatorAttachmentPreference", .kind = FIELD_ENUM, .offset = FLOW(attachment), .more.names = webauthn_attachments
#define OTHER_FIELDS \
    {.name = "enabled", .kind = FIELD_BOOL, .offset = FLOW(enabled)}, \
    {.name = "userVerificationRequirement", .kind = FIELD_ENUM, .offset = FLOW(verification), .default_int = WEBAUTHN_REQUIRED, .more.names = webauthn_verifications}
static const struct field bootstrap_fields[] = {
    {ATTACHMENT, .default_int = WEBAUTHN_ANY},
    OTHER_FIELDS,
};
static const struct field_table bootstrap_table = FIELD_TABLE("TenantWebAuthnWorkflowConfiguration", bootstrap_fields, struct webauthn_workflow, NULL);

/* The same type with another default: this workflow is for the device at hand. */
static const struct field reauthentication_fields[] = {
    {ATTACHMENT, .default_int = WEBAUTHN_PLATFORM},
    OTHER_FIELDS,
};
static const struct field_table reauthentication_table = FIELD_TABLE("TenantWebAuthnWorkflowConfiguration", reauthentication_fields, struct webauthn_workflow, NULL);

#define W(member) FIELD_AT(struct webauthn_config, member)
static const struct field config_fields[] = {
    {.name = "bootstrapWorkflow", .kind = FIELD_OBJECT, .offset = W(bootstrap), .more.table = &bootstrap_table},
    {.name = "debug", .kind = FIELD_BOOL, .offset = W(debug)},
    {.name = "enabled", .kind = FIELD_BOOL, .offset = W(enabled)},
    {.name = "reauthenticationWorkflow", .kind = FIELD_OBJECT, .offset = W(reauthentication), .more.table = &reauthentication_table},
    {.name = "relyingPartyId", .kind = FIELD_TEXT, .offset = W(rp_id), .max = DOMAIN_MAX_BYTES, .rule = check_domain},
    {.name = "relyingPartyName", .kind = FIELD_TEXT, .offset = W(rp_name), .max = 255},
};
const struct field_table webauthn_config_table = FIELD_TABLE("TenantWebAuthnConfiguration", config_fields, struct webauthn_config, NULL);
/* clang-format on */
