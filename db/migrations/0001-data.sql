-- database: data
-- One SQL text for SQLite and PostgreSQL: ids are BYTEA of 16 bytes, instants BIGINT milliseconds, sealed values BYTEA.

-- owner: model/tenant
CREATE TABLE setting (
    name TEXT NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (name)
) /*sqlite: WITHOUT ROWID */;

CREATE TABLE tenant (
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    config BYTEA NOT NULL,
    PRIMARY KEY (id)
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX tenant_by_name ON tenant (name);

-- owner: model/application. A client_id alone finds its tenant, so ids are unique over all tenants.
CREATE TABLE application (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    is_active SMALLINT NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    config BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX application_by_id ON application (id);
CREATE UNIQUE INDEX application_by_name ON application (tenant_id, name);

-- owner: model/key. tenant_id of 16 zero bytes: a key for all tenants.
CREATE TABLE signing_key (
    id BYTEA NOT NULL,
    tenant_id BYTEA NOT NULL,
    name TEXT NOT NULL,
    kid TEXT NOT NULL,
    is_default SMALLINT NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    expiration_instant BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    config BYTEA NOT NULL,
    PRIMARY KEY (id)
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX signing_key_by_kid ON signing_key (kid);
CREATE INDEX signing_key_by_tenant ON signing_key (tenant_id, id);

-- owner: model/apikey. lookup is a blind index of the raw value.
CREATE TABLE api_key (
    id BYTEA NOT NULL,
    lookup BYTEA NOT NULL,
    tenant_id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    expiration_instant BIGINT NOT NULL,
    config TEXT NOT NULL,
    PRIMARY KEY (id)
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX api_key_by_lookup ON api_key (lookup);

-- owner: model/user
CREATE TABLE users (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    is_active SMALLINT NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    last_login_instant BIGINT NOT NULL,
    password_instant BIGINT NOT NULL,
    expiry BIGINT NOT NULL,
    profile BYTEA NOT NULL,
    credentials BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID */;

CREATE TABLE identity (
    tenant_id BYTEA NOT NULL,
    blind BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    kind SMALLINT NOT NULL,
    PRIMARY KEY (tenant_id, blind)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX identity_by_user ON identity (tenant_id, user_id);

CREATE TABLE registration (
    tenant_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    last_login_instant BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, user_id, application_id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX registration_by_application ON registration (tenant_id, application_id, user_id);

-- owner: model/session
CREATE TABLE session (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_instant BIGINT NOT NULL,
    auth_instant BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    is_kept SMALLINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX session_by_user ON session (tenant_id, user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- owner: model/code
CREATE TABLE auth_code (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    session_id BYTEA NOT NULL,
    grant_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    auth_instant BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX auth_code_by_user ON auth_code (tenant_id, user_id);
CREATE INDEX auth_code_by_expiry ON auth_code (expires_at);

-- owner: model/token
CREATE TABLE token (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    session_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    step BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    insert_instant BIGINT NOT NULL,
    start_instant BIGINT NOT NULL,
    auth_instant BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID *//*postgres: PARTITION BY RANGE (id) */;
CREATE INDEX token_by_user ON token (tenant_id, user_id, application_id);
CREATE INDEX token_by_session ON token (tenant_id, session_id);
CREATE INDEX token_by_expiry ON token (expires_at);

-- owner: model/consent
CREATE TABLE consent (
    tenant_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    redirect_digest BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, application_id)
) /*sqlite: WITHOUT ROWID */;

-- owner: model/event
CREATE TABLE event (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    user_id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    actor BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID *//*postgres: PARTITION BY RANGE (id) */;
CREATE INDEX event_by_user ON event (tenant_id, user_id);

-- owner: model/outbox
CREATE TABLE outbox (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    next_instant BIGINT NOT NULL,
    sent_instant BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID *//*postgres: PARTITION BY RANGE (id) */;
CREATE INDEX outbox_by_user ON outbox (tenant_id, user_id);
CREATE INDEX outbox_by_next ON outbox (sent_instant, next_instant);
