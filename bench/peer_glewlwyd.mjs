// SPDX-License-Identifier: Apache-2.0
// The peer glewlwyd of Debian: a fresh SQLite file, its OpenID Connect plugin with ES256, a client and a person, all
// set up through its own API.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Server } from './server.mjs';

const SCHEMA = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';
const LIBRARIES = '/usr/lib/glewlwyd';
export const isInstalled = () => existsSync('/usr/bin/glewlwyd') && existsSync(SCHEMA);

const configuration = (folder, port) => `
port=${port}
external_url="http://localhost:${port}"
login_url="login.html"
api_prefix="api"
static_files_path="/usr/share/glewlwyd/webapp/"
log_mode="console"
log_level="ERROR"
cookie_domain="localhost"
cookie_secure=0
session_expiration=2419200
session_key="session"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="${LIBRARIES}/user"
user_middleware_module_path="${folder}/none"
client_module_path="${LIBRARIES}/client"
user_auth_scheme_module_path="${LIBRARIES}/scheme"
plugin_module_path="${LIBRARIES}/plugin"
use_secure_connection=false
secure_connection_key_file=""
secure_connection_pem_file=""
secure_connection_ca_file=""
hash_algorithm="SHA512"
database = { type = "sqlite3"; path = "${folder}/glewlwyd.db"; };
`;

const plugin = (port) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID Connect',
    enabled: true,
    parameters: {
      iss: `http://localhost:${port}/api/oidc`,
      'jwt-type': 'ecdsa',
      'jwt-key-size': '256',
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: publicKey.export({ type: 'spki', format: 'pem' }),
      'access-token-duration': 3600,
      'refresh-token-duration': 1209600,
      'code-duration': 600,
      'refresh-token-rolling': true,
      'refresh-token-one-use': 'always',
      'allow-non-oidc': true,
      'auth-type-code-enabled': true,
      'auth-type-token-enabled': true,
      'auth-type-id-token-enabled': true,
      'auth-type-client-enabled': true,
      'auth-type-refresh-enabled': true,
      'introspection-revocation-allowed': true,
      'introspection-revocation-allow-target-client': true,
      'pkce-allowed': true,
      'subject-type': 'public',
      'service-documentation': '',
      'op-policy-uri': '',
      'op-tos-uri': '',
      scope: [],
    },
  };
};

class Admin {
  constructor(port) { this.base = `http://127.0.0.1:${port}/api`; }

  async call(method, path, body) {
    const answer = await fetch(this.base + path, {
      method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json', ...(this.cookie ? { cookie: this.cookie } : {}) },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`glewlwyd ${method} ${path}: ${answer.status} ${text}`);
    const cookie = answer.headers.getSetCookie()[0];
    if (cookie) this.cookie = cookie.split(';')[0];
    return text ? JSON.parse(text) : null;
  }

  static async signIn(port, username, password) {
    const admin = new Admin(port);
    await admin.call('POST', '/auth/', { username, password });
    return admin;
  }
}

// iterations: of PBKDF2 with SHA-256, glewlwyd's hash for passwords on SQLite.
export const start = async (folder, port, { secret, redirect, person, iterations }) => {
  const sql = readFileSync(SCHEMA);
  execFileSync('sqlite3', [join(folder, 'glewlwyd.db')], { input: sql[0] === 0x1f ? gunzipSync(sql) : sql });
  mkdirSync(join(folder, 'none'));
  const file = join(folder, 'glewlwyd.conf');
  writeFileSync(file, configuration(folder, port));
  const log = openSync(join(folder, 'glewlwyd.log'), 'a');
  const server = await Server.start(['glewlwyd', '-c', file], port, { path: '/config', log });
  const admin = await Admin.signIn(port, 'admin', 'password');
  const users = await admin.call('GET', '/mod/user/database');
  users.parameters['pbkdf2-iterations'] = iterations;
  await admin.call('PUT', '/mod/user/database', users);
  await admin.call('PUT', '/mod/user/database/reset/');
  await admin.call('POST', '/mod/plugin/', plugin(port));
  await admin.call('POST', '/scope/', { name: 'orders', display_name: 'Orders', password_required: false, scheme: {}, scheme_required: {} });
  await admin.call('POST', '/client/', {
    client_id: 'bench', name: 'bench', confidential: true, enabled: true, password: secret, client_secret: secret, scope: ['orders'], redirect_uri: [redirect],
    authorization_type: ['code', 'refresh_token', 'client_credentials', 'token', 'id_token'], token_endpoint_auth_method: ['client_secret_basic'],
  });
  await admin.call('POST', '/user/', { username: person.name, password: person.password, name: 'Ada Lovelace', email: 'ada@example.com', scope: ['openid', 'orders', 'g_profile'], enabled: true });
  const user = await Admin.signIn(port, person.name, person.password);
  await user.call('PUT', '/auth/grant/bench/', { scope: 'openid orders' });
  return { server, session: user.cookie };
};
