-- database: data
-- Entities by word: tokens as people have them (docs/decisions/0019), in one tree, because entities are made one at a time.

-- owner: model/entity
CREATE TABLE entity_word (
    tenant_id BYTEA NOT NULL,
    word BIGINT NOT NULL,
    entity_id BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, word, entity_id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX entity_word_by_entity ON entity_word (tenant_id, entity_id);
