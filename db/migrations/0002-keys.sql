-- database: keys
-- The key store, apart from the data: deleting a row here erases what it opened, in every copy of the data.

-- owner: model/seal
CREATE TABLE user_key (
    tenant_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) /*sqlite: WITHOUT ROWID */;

CREATE TABLE day_key (
    tenant_id BYTEA NOT NULL,
    day BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, day)
) /*sqlite: WITHOUT ROWID */;
