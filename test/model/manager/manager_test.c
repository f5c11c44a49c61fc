/* SPDX-License-Identifier: Apache-2.0 */
/* The tenant manager's types of identity providers: one record each. */
#define UNIT manager
#include "../fixture.h"

#include "model/manager/manager.h"
#include "model/system/system.h"

TEST(each_type_has_an_id_and_a_record_of_its_own)
{
    struct fixture *fx = fixture_open();
    struct manager_provider provider = {.head.id = manager_provider_id(MANAGER_SAML), .linking = 2};
    struct rq *rq = fixture_rq(fx);
    void *thing;

    EXPECT(
        !uuid_eq(manager_provider_id(MANAGER_OPENID_CONNECT), manager_provider_id(MANAGER_SAML)));
    EXPECT(!uuid_eq(manager_provider_id(MANAGER_SAML), system_single_id(&manager_kind)));
    REQUIRE(record_create(rq, &manager_provider_kind, NULL, &provider) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(record_load(rq, &manager_provider_kind, provider.head.id, &thing) == ERR_OK && thing);
    EXPECT(((const struct manager_provider *)thing)->linking == 2);
    REQUIRE(
        record_load(rq, &manager_provider_kind, manager_provider_id(MANAGER_OPENID_CONNECT), &thing)
        == ERR_OK);
    EXPECT(thing == NULL);
    fixture_done(rq);
    fixture_close(fx);
}
