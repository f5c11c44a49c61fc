/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI document's words for themes, templates, messengers, connectors, lambdas, webhooks and IP access
 * control lists: what stands around their tables, and the operations that are not an administrator's usual ones. */
#include "flow/api/api_openapi.h"

#include "base/base.h"
#include "flow/api/api_tables.h"

/* clang-format off */
static const struct field_table *const tables[] = {&api_email_address_table, &api_email_send_table};

static const struct api_type types[] = {
    {"Attachment", "attachment:string mime:string name:string"},
    {"Email",
        "attachments:Attachment[] bcc:EmailAddress[] cc:EmailAddress[] from:EmailAddress html:string replyTo:EmailAddress "
        "subject:string text:string to:EmailAddress[]"},
    {"EmailTemplateErrors", "parseErrors:string{} renderErrors:string{}"},
    {"PreviewMessageTemplateRequest", "locale:string messageTemplate:MessageTemplate"},
    {"PreviewMessageTemplateResponse", "errors:Errors message:SMSMessage previewMessage:any"},
    {"PreviewRequest", "emailTemplate:EmailTemplate locale:string"},
    {"PreviewResponse", "email:Email errors:Errors"},
    {"SMSMessage", "code:string phoneNumber:string textMessage:string userId:uuid"},
    {"SendResponse", "anonymousResults:EmailTemplateErrors{} results:EmailTemplateErrors{}"},
    {"VoiceMessage", "code:string locale:string message:string phoneNumber:string userId:uuid"},
    {"ConnectorRequest", "connector:BaseConnectorConfiguration"},
    {"ConnectorResponse", "connector:BaseConnectorConfiguration connectors:BaseConnectorConfiguration[]"},
    {"EmailTemplateRequest", "emailTemplate:EmailTemplate"},
    {"EmailTemplateResponse", "emailTemplate:EmailTemplate emailTemplates:EmailTemplate[]"},
    {"EmailTemplateSearchRequest", "search:EmailTemplateSearchCriteria"},
    {"EmailTemplateSearchResponse", "emailTemplates:EmailTemplate[] total:integer"},
    {"IPAccessControlListRequest", "ipAccessControlList:IPAccessControlList"},
    {"IPAccessControlListResponse", "ipAccessControlList:IPAccessControlList ipAccessControlLists:IPAccessControlList[]"},
    {"IPAccessControlListSearchRequest", "search:IPAccessControlListSearchCriteria"},
    {"IPAccessControlListSearchResponse", "ipAccessControlLists:IPAccessControlList[] total:integer"},
    {"LambdaRequest", "lambda:Lambda"},
    {"LambdaResponse", "lambda:Lambda lambdas:Lambda[]"},
    {"LambdaSearchRequest", "search:LambdaSearchCriteria"},
    {"LambdaSearchResponse", "lambdas:Lambda[] total:integer"},
    {"Message", ""},
    {"MessageTemplateRequest", "messageTemplate:MessageTemplate"},
    {"MessageTemplateResponse", "messageTemplate:MessageTemplate messageTemplates:MessageTemplate[]"},
    {"MessengerRequest", "messenger:BaseMessengerConfiguration"},
    {"MessengerResponse", "messenger:BaseMessengerConfiguration messengers:BaseMessengerConfiguration[]"},
    {"MessengerTransport", ""},
    {"PhoneUnverifiedOptions", "allowPhoneNumberChangeWhenGated:boolean behavior:UnverifiedBehavior"},
    {"RequiredLambdaResult", "required:boolean sendSuspiciousLoginEvent:boolean"},
    {"ThemeRequest", "sourceThemeId:uuid theme:Theme"},
    {"ThemeResponse", "theme:Theme themes:Theme[]"},
    {"ThemeSearchRequest", "search:ThemeSearchCriteria"},
    {"ThemeSearchResponse", "themes:Theme[] total:integer"},
    {"WebhookRequest", "webhook:Webhook"},
    {"WebhookResponse", "webhook:Webhook webhooks:Webhook[]"},
    {"WebhookSearchRequest", "search:WebhookSearchCriteria"},
    {"WebhookSearchResponse", "total:integer webhooks:Webhook[]"},
};

static const struct api_operation operations[] = {
    {"GET",  "/api/lambda/{lambdaId?}",           NULL,                            "LambdaResponse",                 "type"},
    {"POST", "/api/email/send/{emailTemplateId}", "SendRequest",                   "SendResponse",                   ""},
    {"POST", "/api/email/template/preview",       "PreviewRequest",                "PreviewResponse",                ""},
    {"POST", "/api/message/template/preview",     "PreviewMessageTemplateRequest", "PreviewMessageTemplateResponse", ""},
};
/* clang-format on */
const struct api_chapter api_configuration_chapter = {
    tables, COUNT(tables), types, COUNT(types), operations, COUNT(operations)};
