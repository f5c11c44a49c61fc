-- database: data
-- Applications of no tenant (tenant_id of 16 zero bytes) have registrations and tokens in many: what is left of one is found by it alone.

-- owner: model/removal
CREATE INDEX removal_by_application ON removal (application_id, tenant_id);
