-- database: data
-- What is kept about a person beside the account: actions taken, comments, consents, memberships of families. kind: in
-- src/model/dossier/dossier.h. subject_id: what it belongs to (an action, a consent, a family), 16 zero bytes: nothing.
-- only_key: a person has at most one of a kind with it. until_instant: when it ends by itself, else 0.

-- owner: model/dossier
CREATE TABLE dossier (
    tenant_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    kind SMALLINT NOT NULL,
    only_key BYTEA NOT NULL,
    id BYTEA NOT NULL,
    subject_id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_update_instant BIGINT NOT NULL,
    until_instant BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, user_id, kind, only_key)
) /*sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX dossier_by_id ON dossier (kind, id);
CREATE INDEX dossier_by_subject ON dossier (kind, subject_id, id);
CREATE INDEX dossier_by_tenant ON dossier (tenant_id, kind, id);

-- Until then something may keep the person from signing in; each new reason makes it larger, so that a sign-in sees it.
-- owner: model/user
ALTER TABLE users ADD COLUMN prevented_until BIGINT NOT NULL DEFAULT 0;

-- Whose parent has this email address (a blind index of it).
-- owner: model/family
CREATE TABLE family_parent (
    tenant_id BYTEA NOT NULL,
    blind BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, blind, user_id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX family_parent_by_user ON family_parent (tenant_id, user_id);
