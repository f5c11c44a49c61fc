-- database: data
-- How often a key was given to something to sign or verify with: who deletes it and who names it at the same time meet here.

-- owner: model/key
ALTER TABLE signing_key ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
