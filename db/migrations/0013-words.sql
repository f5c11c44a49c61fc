-- database: data
-- Search by word and prefix over sealed people (docs/decisions/0019): blind tokens in segments that stay small enough
-- to be written at one place. users.words says which segment and which tokens are a user's; empty: none yet.

-- owner: model/word
CREATE TABLE user_word (
    segment BIGINT NOT NULL,
    tenant_id BYTEA NOT NULL,
    word BIGINT NOT NULL,
    user_id BYTEA NOT NULL,
    others BYTEA NOT NULL,
    PRIMARY KEY (segment, tenant_id, word, user_id)
) /*sqlite: WITHOUT ROWID */;

-- owner: model/user
ALTER TABLE users ADD COLUMN words BYTEA NOT NULL DEFAULT /*sqlite: x'' *//*postgres: '' */;
CREATE INDEX users_by_insert ON users (tenant_id, insert_instant, id)/*postgres: WHERE insert_instant IS NOT NULL*/;
