-- database: data
-- Who is in which group: for lists and searches. What a membership holds beside is sealed in the person's profile.

-- owner: model/group
CREATE TABLE group_member (
    tenant_id BYTEA NOT NULL,
    group_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, user_id)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX group_member_by_user ON group_member (tenant_id, user_id) /*postgres: WHERE user_id IS NOT NULL */;
CREATE UNIQUE INDEX group_member_by_id ON group_member (tenant_id, id);
