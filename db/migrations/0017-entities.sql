-- database: data
-- Which permissions a person or an entity has on an entity. recipient_id: the one who has them; is_user says what it is.

-- owner: model/entity
CREATE TABLE entity_grant (
    tenant_id BYTEA NOT NULL,
    entity_id BYTEA NOT NULL,
    recipient_id BYTEA NOT NULL,
    is_user SMALLINT NOT NULL,
    id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, entity_id, recipient_id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX entity_grant_by_recipient ON entity_grant (tenant_id, recipient_id) /*postgres: WHERE recipient_id IS NOT NULL */;
