// SPDX-License-Identifier: Apache-2.0
// What FusionAuth's documentation says its 38 roles of administrators are for, written down on its own, for the matrix of
// permission_test.mjs: areas by path (the first that fits), roles by area and letter (Read, Write, Delete).
export const areas = [
  ['', /^\/api\/(health|openapi\.json|login$|logout|docs)|\/password-validation-rules|\/oauth-configuration|^\/api\/status/],
  ['', /^\/api\/(passwordless\/(send|login)|two-factor\/(login|send|secret)|jwt\/(issue|validate|public-key|reconcile)|webauthn\/(login|assert|register\/complete)|identity-provider\/(login|lookup))/],
  ['', /^\/api\/user\/(forgot-password|change-password|verify-email|verify-registration)/],
  ['member', /^\/api\/group\/member/], ['group', /^\/api\/group/],
  ['part', /^\/api\/application\/[^/]+\/(role|scope)/], ['application', /^\/api\/application/],
  ['acl', /^\/api\/ip-acl/], ['api key', /^\/api\/api-key/], ['key', /^\/api\/key/],
  ['audit', /^\/api\/system\/audit-log/], ['event', /^\/api\/system\/event-log/], ['webhook log', /^\/api\/system\/webhook-(event|attempt)-log/],
  ['house', /^\/api\/system\/login-record/], ['system', /^\/api\/(system\/|system-configuration|integration|prometheus\/)/],
  ['connector', /^\/api\/connector/], ['consent', /^\/api\/consent/], ['email', /^\/api\/email/], ['entity', /^\/api\/entity/],
  ['form', /^\/api\/form/], ['lambda', /^\/api\/lambda/], ['message', /^\/api\/message\//], ['messenger', /^\/api\/messenger/],
  ['reactor', /^\/api\/reactor/], ['report', /^\/api\/report/], ['house', /^\/api\/tenant-manager/], ['tenant', /^\/api\/tenant/], ['theme', /^\/api\/theme/],
  ['reason', /^\/api\/user-action-reason/], ['action kind', /^\/api\/user-action/], ['webhook', /^\/api\/webhook/],
  ['registration', /^\/api\/user\/registration/], ['actioning', /^\/api\/user\/action/], ['comment', /^\/api\/user\/comment/],
  ['family', /^\/api\/user\/family/], ['user consent', /^\/api\/user\/consent/],
  ['way in', /^\/api\/(user\/two-factor|user\/refresh-token|two-factor|webauthn|identity\/|passwordless\/start|identity-provider\/link|login\/)/],
  ['session', /^\/api\/jwt\/refresh/], ['user', /^\/api\/user/],
];

// "a user's account is locked by DELETE, and deleted by it only when it is asked to be hard": both are let to it.
const sees = 'user R registration R actioning R comment R family R user-consent R way-in R session R member R group R consent R action-kind R reason R';
const helps = `${sees} actioning WD comment W family WD user-consent WD member WD session D registration WD user W`;
export const roles = {
  acl_manager: 'acl RW', acl_deleter: 'acl RD', api_key_manager: 'api-key RWD',
  application_manager: 'application RW part RWD', application_deleter: 'application RD', audit_log_viewer: 'audit R',
  connector_manager: 'connector RW', connector_deleter: 'connector RD', consent_manager: 'consent RW', consent_deleter: 'consent RD',
  email_template_manager: 'email RWD', entity_manager: 'entity RWD', event_log_viewer: 'event R',
  form_manager: 'form RW', form_deleter: 'form RD', group_manager: 'group RW', group_deleter: 'group RD', key_manager: 'key RWD', lambda_manager: 'lambda RWD',
  message_template_manager: 'message RW', message_template_deleter: 'message RD', messenger_manager: 'messenger RW', messenger_deleter: 'messenger RD',
  reactor_manager: 'reactor RWD', report_viewer: 'report R', system_manager: 'system RW theme RD', tenant_manager: 'tenant RW', tenant_deleter: 'tenant RD',
  theme_manager: 'theme RW', user_action_manager: 'action-kind RW reason RWD', user_action_deleter: 'action-kind RD',
  user_deleter: 'user RD', user_manager: `${helps} way-in RWD user W`, user_support_manager: helps, user_support_viewer: sees,
  webhook_event_log_viewer: 'webhook-log R', webhook_manager: 'webhook RWD',
};

// user_deleter deletes, user_manager locks; import, bulk deletion and a ping in somebody's name are not support's.
const special = [
  [/^DELETE \/api\/user\/bulk/, ['user_deleter']],
  [/^POST \/api\/user\/import/, ['user_manager']],
  [/^PUT \/api\/user\/search/, ['user_manager']],
  [/^DELETE \/api\/user\/\{userId\}$/, ['user_deleter', 'user_manager', 'user_support_manager']],
  [/^POST \/api\/jwt\/refresh/, null],
  [/^PUT \/api\/login$/, null],
  [/^(DELETE|POST|PUT) \/api\/user\/two-factor$/, null], // without a userId: of oneself, by one's own token
  [/^DELETE \/api\/jwt\/refresh\/\{tokenId\}/, null],
  [/^(POST|GET) \/api\/two-factor\/status/, ['user_manager', 'user_support_manager', 'user_support_viewer']],
];

const letter = (method, path) => {
  if (method === 'GET' || (method === 'POST' && /\/(search|export|preview)$/.test(path))) return 'R';
  return method === 'DELETE' ? 'D' : 'W';
};
const grants = Object.fromEntries(Object.entries(roles).map(([role, text]) => {
  const words = text.split(' '), of = {};
  for (let i = 0; i < words.length; i += 2) of[words[i].replaceAll('-', ' ')] = (of[words[i].replaceAll('-', ' ')] ?? '') + words[i + 1];
  return [role, of];
}));

// The roles beside admin that may call a route; null: not a matter of roles.
export const allowed = (method, path) => {
  for (const [at, who] of special) if (at.test(`${method} ${path}`)) return who;
  const area = areas.find(([, at]) => at.test(path))?.[0] ?? 'house';
  return area === '' ? null : Object.keys(roles).filter((role) => grants[role][area]?.includes(letter(method, path)));
};
