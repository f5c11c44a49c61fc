-- database: data
-- What is swept or ended by its application is found by an index; who works off which job.

-- owner: model/consent
CREATE INDEX consent_by_expiry ON consent (expires_at);
CREATE INDEX consent_by_application ON consent (tenant_id, application_id);

-- owner: model/code
CREATE INDEX auth_code_by_application ON auth_code (tenant_id, application_id);

-- owner: model/token
CREATE INDEX token_by_application ON token (tenant_id, application_id);

-- owner: model/event. Ids are UUIDv7: a range of ids is a range of time, over all tenants.
CREATE INDEX event_by_id ON event (id);

-- owner: model/apikey
CREATE INDEX api_key_by_tenant ON api_key (tenant_id);

-- owner: model/job. holder of 16 zero bytes: nobody. beat grows with every write of the row.
CREATE TABLE job (
    name TEXT NOT NULL,
    holder BYTEA NOT NULL,
    beat BIGINT NOT NULL,
    next_instant BIGINT NOT NULL,
    last_instant BIGINT NOT NULL,
    place BYTEA NOT NULL,
    PRIMARY KEY (name)
) /*sqlite: WITHOUT ROWID */;
