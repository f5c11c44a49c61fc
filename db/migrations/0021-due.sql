-- database: data
-- Something is to be done about what is kept about people, once its time has come: a mail at the end of an action, the second
-- notice of a consent.

-- owner: model/dossier
ALTER TABLE dossier ADD COLUMN due_instant BIGINT NOT NULL DEFAULT 0;
CREATE INDEX dossier_by_due ON dossier (kind, due_instant, id) WHERE due_instant > 0;
