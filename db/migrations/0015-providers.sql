-- database: data
-- Which identity provider manages a domain of email addresses. tenant_id of 16 zero bytes: a provider of the house.
-- owner: model/idp
CREATE TABLE idp_domain (
    tenant_id BYTEA NOT NULL,
    domain TEXT NOT NULL,
    idp_id BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, domain)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX idp_domain_by_idp ON idp_domain (tenant_id, idp_id);

-- That a person is somebody of an identity provider's. blind: an index of the provider and the id there; detail: that
-- id, what the provider calls the person and its token, sealed under the person's key.
-- owner: model/link
CREATE TABLE idp_link (
    tenant_id BYTEA NOT NULL,
    blind BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    idp_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    insert_instant BIGINT NOT NULL,
    last_login_instant BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, blind)
) /*sqlite: WITHOUT ROWID */;
CREATE INDEX idp_link_by_user ON idp_link (tenant_id, user_id, idp_id);
CREATE INDEX idp_link_by_idp ON idp_link (idp_id);
