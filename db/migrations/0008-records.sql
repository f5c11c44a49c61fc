-- database: data
-- What an administrator sets up and nobody reads on the way of a sign-in: themes, templates, lambdas, webhooks, groups and so
-- on. A kind's number is in src/model/record/record.h. tenant_id of 16 zero bytes: of the whole house. name: the name,
-- where one kind has each name once, else the id in hex. wrapped_key: of a record of the house; others are sealed
-- under their tenant's key.

-- owner: model/record
CREATE TABLE record (
    tenant_id BYTEA NOT NULL,
    kind SMALLINT NOT NULL,
    id BYTEA NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    config BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX record_by_id ON record (kind, id);
CREATE UNIQUE INDEX record_by_name ON record (tenant_id, kind, name_key);

-- Who needs a record: it cannot be deleted while there is a row. by_kind 0 and less: not a record (record.h).
CREATE TABLE record_use (
    kind SMALLINT NOT NULL,
    id BYTEA NOT NULL,
    by_kind SMALLINT NOT NULL,
    by_id BYTEA NOT NULL,
    PRIMARY KEY (kind, id, by_kind, by_id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX record_use_by ON record_use (by_kind, by_id);
