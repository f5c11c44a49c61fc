-- database: data
-- One-time tickets. user_id, application_id of 16 zero bytes: none. lookup, digest, code: empty where the ticket has no
-- such text.

-- owner: model/ticket
CREATE TABLE ticket (
    tenant_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind BIGINT NOT NULL,
    user_id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    lookup BYTEA NOT NULL,
    code BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    step BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX ticket_by_user ON ticket (tenant_id, user_id, kind, id) WHERE length(user_id) > 0;
CREATE UNIQUE INDEX ticket_by_lookup ON ticket (tenant_id, lookup) WHERE length(lookup) > 0;
CREATE INDEX ticket_by_id ON ticket (id);
CREATE INDEX ticket_by_expiry ON ticket (expires_at);
