-- database: data
-- Whether a second factor was proved for a session: one that was begun with a password alone opens no application that asks for two.

-- owner: model/session
ALTER TABLE session ADD COLUMN has_factor SMALLINT NOT NULL DEFAULT 0;
