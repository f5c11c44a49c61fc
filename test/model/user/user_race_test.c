/* SPDX-License-Identifier: Apache-2.0 */
/* What is added to a person while the person, the session or the membership ends: whichever of two
 * sets comes first, nothing is left that outlives its end (src/model/README, "Gates"). */
#define UNIT user_race
#include "../fixture.h"

#include <pthread.h>

#include "model/application/application.h"
#include "model/code/code.h"
#include "model/session/session.h"
#include "model/statements.h"
#include "model/token/token.h"

enum { ROUNDS = 25 };

struct scene {
    struct fixture *fx;
    struct uuid user_id, application_id, second_id;
    struct user *user; /* with registrations, as both sides have read it */
    struct session session;
    struct code code;
    pthread_barrier_t start;
    enum err (*sides[2])(struct scene *scene, struct rq *rq);
    enum err results[2];
};

/* -- what adds -- */

static enum err
sign_in(struct scene *s, struct rq *rq)
{
    struct user user = *s->user;
    struct session *session;
    enum err e = session_start(rq, s->fx->tenant, s->user_id, false, &session);

    return e ? e : user_note_login(rq, s->fx->tenant, &user, false);
}

/* As authorization_grant does. */
static enum err
give_code(struct scene *s, struct rq *rq)
{
    struct code code = {.application_id = s->application_id,
        .user_id = s->user_id,
        .session_id = s->session.id,
        .redirect_uri = S("https://x.test/cb")};
    str text;

    session_hold(rq, s->fx->tenant, s->session.id, ERR_AGAIN);
    return code_issue(rq, s->fx->tenant, &code, &text);
}

/* As token_grant_code does. */
static enum err
redeem(struct scene *s, struct rq *rq)
{
    struct token token = {.id = s->code.grant_id,
        .application_id = s->application_id,
        .user_id = s->user_id,
        .session_id = s->session.id};

    session_hold(rq, s->fx->tenant, s->session.id, ERR_INVALID_GRANT);
    code_use(rq, &s->code);
    return token_create(rq, s->fx->tenant, &token, false, NULL);
}

static enum err
join(struct scene *s, struct rq *rq)
{
    struct registration registration = {.application_id = s->second_id};

    return registration_create(rq, s->fx->tenant, s->user, &registration);
}

static enum err
make_again(struct scene *s, struct rq *rq)
{
    struct user user;

    field_defaults(rq->arena, &user_table, &user);
    user.id = s->user_id;
    user.email = S("again@x.test");
    return user_create(rq, s->fx->tenant, &user);
}

/* -- what ends -- */

static enum err
erase(struct scene *s, struct rq *rq)
{
    return user_delete(rq, s->fx->tenant, s->user);
}

static enum err
deactivate(struct scene *s, struct rq *rq)
{
    struct user after = *s->user;

    after.active = false;
    return user_update(rq, s->fx->tenant, s->user, &after);
}

static enum err
log_out(struct scene *s, struct rq *rq)
{
    session_end(rq, s->fx->tenant, &s->session);
    return ERR_OK;
}

static enum err
leave(struct scene *s, struct rq *rq)
{
    return registration_delete(rq, s->fx->tenant, s->user, s->application_id);
}

struct side {
    struct scene *scene;
    int number;
    pthread_t thread;
};

static void *
run_side(void *ctx)
{
    struct side *side = ctx;
    struct scene *s = side->scene;
    struct rq *rq = fixture_rq(s->fx);
    enum err e = s->sides[side->number](s, rq);

    pthread_barrier_wait(&s->start); /* both have read; now their sets race */
    s->results[side->number] = e ? e : fixture_commit(rq);
    fixture_done(rq);
    return NULL;
}

static void
set_scene(struct fixture *fx, struct scene *s, int round)
{
    struct rq *rq = fixture_rq(fx);
    str email = str_fmt(fx->arena, "p%d@x.test", round);
    struct registration registration;
    struct session *session;
    str text;

    fixture_done(rq);
    *s = (struct scene){.fx = fx, .user_id = fixture_user(fx, email, NO_STR)};
    s->application_id = fixture_application(fx, (struct uuid){{0}});
    s->second_id = fixture_application(fx, (struct uuid){{0}});
    s->user = fixture_load(fx, s->user_id);
    rq = fixture_rq(fx);
    registration = (struct registration){.application_id = s->application_id};
    REQUIRE(registration_create(rq, fx->tenant, s->user, &registration) == ERR_OK);
    REQUIRE(session_start(rq, fx->tenant, s->user_id, false, &session) == ERR_OK);
    s->session = *session;
    s->code = (struct code){.application_id = s->application_id,
        .user_id = s->user_id,
        .session_id = session->id,
        .redirect_uri = S("https://x.test/cb")};
    REQUIRE(code_issue(rq, fx->tenant, &s->code, &text) == ERR_OK);
    fixture_finish(rq);
    s->user = fixture_load(fx, s->user_id);
    REQUIRE(pthread_barrier_init(&s->start, NULL, 2) == 0);
}

static void
race(struct scene *s, enum err (*adds)(struct scene *, struct rq *),
    enum err (*ends)(struct scene *, struct rq *))
{
    struct side sides[2];

    s->sides[0] = adds;
    s->sides[1] = ends;
    for (int i = 0; i < 2; i++) {
        sides[i] = (struct side){.scene = s, .number = i};
        REQUIRE(pthread_create(&sides[i].thread, NULL, run_side, &sides[i]) == 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(sides[i].thread, NULL);
    }
    pthread_barrier_destroy(&s->start);
}

static void
empty_people(struct fixture *fx)
{
    fixture_empty(fx, USER_OF_ENDED, USER_DELETE);
    fixture_empty(fx, IDENTITY_OF_ENDED, IDENTITY_DELETE);
    fixture_empty(fx, REGISTRATION_OF_ENDED, REGISTRATION_DELETE);
    fixture_empty(fx, WORD_OF_ENDED, WORD_END);
}

TEST(nothing_that_is_added_outlives_an_end_that_it_races)
{
    static const struct {
        int line;
        enum err (*adds)(struct scene *, struct rq *);
        enum err (*ends)(struct scene *, struct rq *);
        const char *empty; /* the table that has no row afterwards */
    } cases[] = {
        {__LINE__, sign_in, erase, "session"},
        {__LINE__, give_code, erase, "auth_code"},
        {__LINE__, redeem, erase, "token"},
        {__LINE__, join, erase, "registration"},
        {__LINE__, sign_in, deactivate, "session"},
        {__LINE__, redeem, deactivate, "token"},
        {__LINE__, redeem, log_out, "token"},
        {__LINE__, redeem, leave, "token"},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int round = 0; round < ROUNDS; round++) {
            struct scene s;

            set_scene(fx, &s, round);
            race(&s, cases[i].adds, cases[i].ends);
            cr_expect(s.results[1] == ERR_OK, "row of line %d: the end: %s", cases[i].line,
                err_wire(s.results[1]));
            cr_expect(s.results[0] == ERR_OK || s.results[0] == ERR_AGAIN
                          || s.results[0] == ERR_INVALID_GRANT,
                "row of line %d: %s", cases[i].line, err_wire(s.results[0]));
            CHECK_AT(cases[i].line, fixture_count(fx, cases[i].empty) == 0);
            empty_people(fx); /* so that every round begins with nothing */
            fixture_empty(fx, SESSION_OF_ENDED, SESSION_DELETE);
            fixture_empty(fx, CODE_OF_ENDED, CODE_END);
            fixture_empty(fx, TOKEN_OF_ENDED, TOKEN_REVOKE);
        }
    }
    fixture_close(fx);
}

TEST(a_user_made_again_with_the_id_of_one_who_is_erased_can_be_read_if_made)
{
    struct fixture *fx = fixture_open();

    for (int round = 0; round < ROUNDS; round++) {
        struct scene s;

        set_scene(fx, &s, round);
        race(&s, make_again, erase);
        EXPECT(s.results[1] == ERR_OK);
        EXPECT(s.results[0] == ERR_OK || s.results[0] == ERR_AGAIN || s.results[0] == ERR_CONFLICT);
        EXPECT((s.results[0] == ERR_OK) == (fixture_load(fx, s.user_id) != NULL));
        empty_people(fx);
        fixture_empty(fx, USER_KEY_OF_ENDED, USER_KEY_ERASE);
    }
    fixture_close(fx);
}
