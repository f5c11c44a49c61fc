-- database: data
-- Entities by word: tokens as people have them (docs/decisions/0019), in one tree, because entities are made one at a time; and
-- a row of word 0, which says that the entity has its words.

-- owner: model/entity
CREATE TABLE entity_word (
    tenant_id BYTEA NOT NULL,
    word BIGINT NOT NULL,
    entity_id BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, word, entity_id)
) /*sqlite: WITHOUT ROWID */;
