-- database: data
-- What has ended and whose rows are still being removed, some at a time. application_id of 16 zero bytes: a whole tenant.

-- owner: model/removal
CREATE TABLE removal (
    tenant_id BYTEA NOT NULL,
    application_id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, application_id)
) /*sqlite: WITHOUT ROWID */;
