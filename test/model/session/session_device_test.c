/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers that people signed in with before. */
#define UNIT session_device
#include "../fixture.h"

#include "model/session/session.h"

enum { PEOPLE = 9 };

/* A request of the browser of before (NULL: a new one). */
static struct rq *
note(struct fixture *fx, const struct tenant *tenant, struct uuid id, struct rq *before, bool want)
{
    struct rq *rq = fixture_rq(fx);

    if (before != NULL) {
        fixture_carry_cookies(before, rq);
        fixture_done(before);
    }
    EXPECT(session_note_device(rq, tenant, id) == want);
    EXPECT(rq->writes.count == 0);
    return rq;
}

TEST(a_browser_is_new_to_each_person_once)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = {{1}}, bob = {{2}};
    struct rq *rq = note(fx, fx->tenant, ann, NULL, false);

    rq = note(fx, fx->tenant, ann, rq, true);
    rq = note(fx, fx->tenant, bob, rq, false);
    rq = note(fx, fx->tenant, ann, rq, true);
    rq = note(fx, fx->tenant, bob, rq, true);
    fixture_done(rq);
    rq = note(fx, fx->tenant, ann, NULL, false); /* another browser */
    rq = note(fx, fx->other, ann, rq, false);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(of_many_people_the_last_eight_are_known)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = NULL;

    for (uint8_t i = 1; i <= PEOPLE; i++) {
        rq = note(fx, fx->tenant, (struct uuid){{i}}, rq, false);
    }
    for (uint8_t i = PEOPLE; i > 1; i--) {
        rq = note(fx, fx->tenant, (struct uuid){{i}}, rq, true);
    }
    rq = note(fx, fx->tenant, (struct uuid){{1}}, rq, false);
    fixture_done(rq);
    fixture_close(fx);
}
