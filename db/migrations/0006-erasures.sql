-- database: keys
-- Whose keys were erased and whose rows may still be there: a crash came between the two stores. user_id of 16 zero
-- bytes: a whole tenant.

-- owner: model/seal
CREATE TABLE erasure (
    tenant_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) /*sqlite: WITHOUT ROWID */;
