-- database: keys
-- Days that are too old are found without looking at every tenant's.

-- owner: model/seal
CREATE INDEX day_key_by_day ON day_key (day);
