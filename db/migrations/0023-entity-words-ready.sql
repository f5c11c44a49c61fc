-- database: data
-- Where there are no entities yet, all have their words: a row of nobody says so, else the job writes it when it is through.

-- owner: model/entity
INSERT INTO entity_word (tenant_id, word, entity_id)
    SELECT /*sqlite: zeroblob(16) *//*postgres: decode(repeat('00', 16), 'hex') */, 0, /*sqlite: zeroblob(16) *//*postgres: decode(repeat('00', 16), 'hex') */
    WHERE NOT EXISTS (SELECT 1 FROM record WHERE kind = 17);
