-- database: data
-- On PostgreSQL an index that begins with tenant_id is as cheap as the primary key (tenant_id, id) to find one row, as
-- long as the table's statistics are missing or small, and the newer one is taken: the whole tenant is read for one row. A
-- partial index is no candidate unless the statement says what its WHERE says: an equality on a column says
-- that it is not null; length(column) > 0 has to be written, where a narrower index than this one must win.

-- owner: model/user
/*postgres:
DROP INDEX identity_by_user;
CREATE INDEX identity_by_user ON identity (tenant_id, user_id) WHERE user_id IS NOT NULL;
DROP INDEX registration_by_application;
CREATE INDEX registration_by_application ON registration (tenant_id, application_id, user_id)
    WHERE application_id IS NOT NULL;
*/

-- owner: model/session
/*postgres:
DROP INDEX session_by_user;
CREATE INDEX session_by_user ON session (tenant_id, user_id) WHERE user_id IS NOT NULL;
*/

-- owner: model/code
/*postgres:
DROP INDEX auth_code_by_application;
CREATE INDEX auth_code_by_application ON auth_code (tenant_id, application_id) WHERE length(application_id) > 0;
DROP INDEX auth_code_by_user;
CREATE INDEX auth_code_by_user ON auth_code (tenant_id, user_id) WHERE user_id IS NOT NULL;
*/

-- owner: model/token
/*postgres:
DROP INDEX token_by_application;
CREATE INDEX token_by_application ON token (tenant_id, application_id) WHERE length(application_id) > 0;
DROP INDEX token_by_session;
CREATE INDEX token_by_session ON token (tenant_id, session_id) WHERE length(session_id) > 0;
DROP INDEX token_by_user;
CREATE INDEX token_by_user ON token (tenant_id, user_id, application_id) WHERE user_id IS NOT NULL;
*/

-- owner: model/consent
/*postgres:
DROP INDEX consent_by_application;
CREATE INDEX consent_by_application ON consent (tenant_id, application_id) WHERE length(application_id) > 0;
*/

-- owner: model/event
/*postgres:
DROP INDEX event_by_user;
CREATE INDEX event_by_user ON event (tenant_id, user_id) WHERE user_id IS NOT NULL;
*/

-- owner: model/outbox
/*postgres:
DROP INDEX outbox_by_user;
CREATE INDEX outbox_by_user ON outbox (tenant_id, user_id) WHERE user_id IS NOT NULL;
*/
