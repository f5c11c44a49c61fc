-- database: data
-- Passkeys (WebAuthn credentials). credential is a blind index of the credential id: an authenticator's name for the key
-- leads to nobody outside the tenant. What says something about the person is in detail, under the person's key.

-- owner: model/passkey
CREATE TABLE passkey (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    credential BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_use_instant BIGINT NOT NULL,
    sign_count BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX passkey_by_user ON passkey (tenant_id, user_id, id) WHERE length(user_id) > 0;
CREATE UNIQUE INDEX passkey_by_credential ON passkey (tenant_id, credential) WHERE length(credential) > 0;
CREATE INDEX passkey_by_id ON passkey (id);
