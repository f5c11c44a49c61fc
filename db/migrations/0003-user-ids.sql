-- database: data
-- A user's id alone finds its tenant: FusionAuth's clients name no tenant when they name a user.

-- owner: model/user
CREATE INDEX users_by_id ON users (id);
