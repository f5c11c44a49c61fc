/* SPDX-License-Identifier: Apache-2.0 */
/* Writes of the administration API with every allocation and every database call failing in turn: a refused one leaves
 * nothing in any table, blames nobody's input, and works as it is when it is sent again. */
#define UNIT dispatch_api
#include "torture.h"

#include "base/buf.h"
#include "base/mem.h"
#include "crypto/crypto_internal.h"
#include "model/removal/removal.h"

enum { PEOPLE = 40 }; /* two statements of sixteen rows, and eight of one */

struct api {
    struct torture_world *w;
    struct arena *keep;
    enum torture_kind kind;
};

/* An id of the caller's choice: what a failure had left behind would make the next try a duplicate. */
static str
id_of(const struct api *api, unsigned n)
{
    return str_fmt(api->keep, "aaaaaaaa-0000-4000-8000-%012u", n);
}

/* '...' for "..." */
static struct torture_answer
send(const struct api *api, enum http_method method, str path, str body)
{
    static const long stride_of_memory = 29; /* thousands of allocations */
    char *text = arena_alloc(api->keep, body.n + 1);
    struct torture_call call = {.method = method,
        .path = str_z(api->keep, path),
        .body = {text, body.n},
        .is_api = true,
        .stride = body.n > KB(4) && api->kind == TORTURE_MEMORY ? stride_of_memory : 1};

    for (size_t i = 0; i < body.n; i++) {
        text[i] = body.p[i] == '\'' ? '"' : body.p[i];
    }
    return torture(api->w, api->keep, &call, api->kind);
}

/* The id that says that somebody has proven an address nobody has yet. */
static str
proven(const struct api *api, str email)
{
    struct torture_answer answer = send(api, HTTP_POST, S("/api/identity/verify/start"),
        str_fmt(api->keep,
            "{'existingUserStrategy':'mustNotExist','verificationStrategy':'FormField',"
            "'loginIdType':'email','loginId':'" STRF "'}",
            STRV(email)));
    str id = torture_member(api->keep, answer.body, S("verificationId"));

    REQUIRE(id.n > 0);
    (void)send(api, HTTP_POST, S("/api/identity/verify/complete"),
        str_fmt(api->keep, "{'verificationId':'" STRF "','oneTimeCode':'" STRF "'}", STRV(id),
            STRV(torture_member(api->keep, answer.body, S("oneTimeCode")))));
    return id;
}

static void
proven_people(const struct api *api)
{
    str id = proven(api, S("grace@example.com"));
    struct torture_answer answer =
        send(api, HTTP_POST, str_fmt(api->keep, "/api/user/" STRF, STRV(id_of(api, 1))),
            str_fmt(api->keep,
                "{'user':{'email':'grace@example.com'},'verificationIds':['" STRF "']}", STRV(id)));
    struct torture_call again = {HTTP_POST, "/api/user", .is_api = true,
        .body = str_fmt(api->keep, "{\"verificationIds\":[\"" STRF "\"]}", STRV(id))};

    EXPECT_STR(torture_member(api->keep, answer.body, S("user.identities.verifiedReason")),
        S("Completed"));
    EXPECT(torture_perform(api->w, api->keep, &again, TORTURE_NOTHING, 0).status == 400);
    id = proven(api, S("hopper@example.com"));
    answer = send(api, HTTP_PATCH, str_fmt(api->keep, "/api/user/" STRF, STRV(id_of(api, 1))),
        str_fmt(api->keep, "{'user':{'email':'hopper@example.com'},'verificationIds':['" STRF "']}",
            STRV(id)));
    EXPECT_STR(torture_member(api->keep, answer.body, S("user.identities.verifiedReason")),
        S("Completed"));
}

static void
share_usernames(const struct api *api)
{
    (void)send(api, HTTP_PATCH,
        str_fmt(api->keep, "/api/tenant/" STRF, STRV(uuid_text(api->keep, api->w->tenant_id))),
        S("{'tenant':{'usernameConfiguration':{'unique':{'enabled':true}}}}"));
}

static void
same_usernames(const struct api *api)
{
    str first, second;

    share_usernames(api);
    first = send(api, HTTP_POST, str_fmt(api->keep, "/api/user/" STRF, STRV(id_of(api, 11))),
        S("{'user':{'username':'bob','password':'correct horse'}}"))
                .body;
    second = send(api, HTTP_POST, str_fmt(api->keep, "/api/user/" STRF, STRV(id_of(api, 12))),
        S("{'user':{'username':'Bob','password':'correct horse'}}"))
                 .body;
    EXPECT_STR(torture_member(api->keep, first, S("user.uniqueUsername")), S("bob"));
    second = torture_member(api->keep, second, S("user.uniqueUsername"));
    EXPECT(second.n > 4 && str_starts(second, S("Bob#")));
    second = send(api, HTTP_PATCH, str_fmt(api->keep, "/api/user/" STRF, STRV(id_of(api, 11))),
        S("{'user':{'username':'rob'}}"))
                 .body;
    EXPECT_STR(torture_member(api->keep, second, S("user.uniqueUsername")), S("rob"));
}

static void
entities(const struct api *api)
{
    struct torture_answer answer;

    (void)send(api, HTTP_POST, str_fmt(api->keep, "/api/entity/type/" STRF, STRV(id_of(api, 21))),
        S("{'entityType':{'name':'Device','permissions':[{'name':'read'},{'name':'write'}]}}"));
    (void)send(api, HTTP_POST, str_fmt(api->keep, "/api/entity/" STRF, STRV(id_of(api, 22))),
        str_fmt(api->keep, "{'entity':{'name':'Lamp','type':{'id':'" STRF "'}}}",
            STRV(id_of(api, 21))));
    answer =
        send(api, HTTP_POST, S("/api/entity/search"), S("{'search':{'queryString':'name:la*'}}"));
    EXPECT_STR(torture_member(api->keep, answer.body, S("entities.name")), S("Lamp"));
    (void)send(api, HTTP_PATCH, str_fmt(api->keep, "/api/entity/" STRF, STRV(id_of(api, 22))),
        S("{'entity':{'name':'Door'}}"));
    answer =
        send(api, HTTP_POST, S("/api/entity/search"), S("{'search':{'queryString':'name:do*'}}"));
    EXPECT_STR(torture_member(api->keep, answer.body, S("entities.name")), S("Door"));
    (void)send(
        api, HTTP_DELETE, str_fmt(api->keep, "/api/entity/" STRF, STRV(id_of(api, 22))), NO_STR);
}

/* What is told later: its row and its mail come together, or not at all. */
static void
told_later(const struct api *api)
{
    str user = id_of(api, 41), template = id_of(api, 42), consent = id_of(api, 43);
    str action = id_of(api, 44);
    struct torture_answer answer;
    str path;

    (void)send(api, HTTP_POST, str_fmt(api->keep, "/api/user/" STRF, STRV(user)),
        S("{'user':{'email':'told@example.com'},'skipVerification':true}"));
    (void)send(api, HTTP_POST, str_fmt(api->keep, "/api/email/template/" STRF, STRV(template)),
        S("{'emailTemplate':{'name':'t','defaultSubject':'s','defaultTextTemplate':'t',"
          "'defaultHtmlTemplate':'h'}}"));
    (void)send(api, HTTP_POST, str_fmt(api->keep, "/api/consent/" STRF, STRV(consent)),
        str_fmt(api->keep,
            "{'consent':{'name':'c','defaultMinimumAgeForSelfConsent':13,"
            "'consentEmailTemplateId':'" STRF "',"
            "'emailPlus':{'enabled':true,'emailTemplateId':'" STRF "'}}}",
            STRV(template), STRV(template)));
    path = str_fmt(api->keep, "/api/user/consent/" STRF, STRV(id_of(api, 45)));
    (void)send(api, HTTP_POST, path,
        str_fmt(api->keep,
            "{'userConsent':{'consentId':'" STRF "','userId':'" STRF "','giverUserId':'" STRF "'}}",
            STRV(consent), STRV(user), STRV(user)));
    (void)send(api, HTTP_PATCH, path, S("{'userConsent':{'status':'Revoked'}}"));
    answer = send(api, HTTP_PATCH, path, S("{'userConsent':{'status':'Active'}}"));
    EXPECT_STR(torture_member(api->keep, answer.body, S("userConsent.status")), S("Active"));
    (void)send(api, HTTP_POST, str_fmt(api->keep, "/api/user-action/" STRF, STRV(action)),
        str_fmt(api->keep,
            "{'userAction':{'name':'a','temporal':true,'userEmailingEnabled':true,"
            "'startEmailTemplateId':'" STRF "','endEmailTemplateId':'" STRF "'}}",
            STRV(template), STRV(template)));
    answer = send(api, HTTP_POST, S("/api/user/action"),
        str_fmt(api->keep,
            "{'action':{'actioneeUserId':'" STRF "','actionerUserId':'" STRF "',"
            "'userActionId':'" STRF "','emailUser':true,'expiry':9000000000000}}",
            STRV(user), STRV(user), STRV(action)));
    path = str_fmt(api->keep, "/api/user/action/" STRF,
        STRV(torture_member(api->keep, answer.body, S("action.id"))));
    (void)send(api, HTTP_DELETE, path,
        str_fmt(
            api->keep, "{'action':{'actionerUserId':'" STRF "','emailUser':true}}", STRV(user)));
}

static str
people(struct arena *arena, const char *domain, const char *more)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, KB(16));
    buf_str(&buf, S("{'users':["));
    for (int i = 0; i < PEOPLE; i++) {
        buf_str(&buf, str_fmt(arena,
                          "%s{'email':'p%d@%s','encryptionScheme':'salted-sha256','factor':1,"
                          "'salt':'c2FsdA==','password':'"
                          "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek='%s%02d'}",
                          i ? "," : "", i, domain, more, i));
    }
    buf_str(&buf, S("]}"));
    REQUIRE(buf_done(&buf, &text));
    return text;
}

static void
import(const struct api *api)
{
    struct torture_answer answer;

    (void)send(api, HTTP_POST, S("/api/user/import"),
        people(api->keep, "example.com", ",'id':'bbbbbbbb-0000-4000-8000-0000000000"));
    share_usernames(api);
    (void)send(api, HTTP_POST, S("/api/user/import"),
        people(api->keep, "example.net", ",'username':'many','firstName':'"));
    answer = send(
        api, HTTP_POST, S("/api/user/search"), S("{'search':{'queryString':'p39@example.com'}}"));
    EXPECT_STR(torture_member(api->keep, answer.body, S("users.email")), S("p39@example.com"));
}

/* The job's part: what a request that was cut has left. */
static void
end_removals(const struct api *api)
{
    size_t count;

    for (bool is_any = true; is_any;) {
        struct rq rq;

        house_begin(&api->w->house, api->keep, &rq);
        REQUIRE(removal_step(&rq, 100, &count, &is_any) == ERR_OK && house_commit(&rq) == ERR_OK);
    }
}

static void
make_universal(const struct api *api, str path, int n)
{
    (void)send(api, HTTP_POST, path,
        S("{'application':{'name':'Anywhere','universalConfiguration':{'universal':true},"
          "'roles':[{'name':'member','isDefault':true}]}}"));
    (void)send(api, HTTP_POST, S("/api/user/registration"),
        str_fmt(api->keep,
            "{'user':{'username':'there %d','password':'correct horse'},"
            "'registration':{'applicationId':'" STRF "'}}",
            n, STRV(id_of(api, 31))));
}

static int
status_of(const struct api *api, enum http_method method, str path)
{
    struct torture_call call = {.method = method,
        .path = str_z(api->keep, path),
        .is_api = true,
        .body = method == HTTP_POST ? S("{\"application\":{\"name\":\"Anew\"}}") : NO_STR};

    return torture_perform(api->w, api->keep, &call, TORTURE_NOTHING, 0).status;
}

/* It is there as it was, or it is gone: 202 says that what people have with it follows. */
static void
universal(const struct api *api)
{
    struct api quiet = {api->w, api->keep, TORTURE_NOTHING};
    str path = str_fmt(api->keep, "/api/application/" STRF, STRV(id_of(api, 31)));
    struct torture_call call = {HTTP_DELETE, str_z(api->keep, path), .is_api = true};
    int status = 0, cut = 0, in_use = 0;

    make_universal(api, path, 0);
    (void)send(api, HTTP_DELETE, path, NO_STR);
    EXPECT(status_of(api, HTTP_GET, path) == 200);
    call.query = S("hardDelete=true");
    for (long n = 0; n < 1000 && status != 200; n++) {
        status = torture_perform(api->w, api->keep, &call, api->kind, n).status;
        cr_assert(status == 200 || status == 202 || status >= 500, "failure %ld: %d", n, status);
        cr_assert(status_of(api, HTTP_GET, path) == (status >= 500 ? 200 : 404), "%ld", n);
        if (status == 202) {
            if (status_of(api, HTTP_POST, path) == 200) { /* the last row was gone */
                (void)torture_perform(api->w, api->keep, &call, TORTURE_NOTHING, 0);
            } else {
                in_use++;
            }
            end_removals(api);
            make_universal(&quiet, path, ++cut);
        }
    }
    EXPECT(status == 200 && in_use > 2);
}

static void
all_with(enum torture_kind kind, void (*job)(const struct api *api))
{
    struct torture_world w;
    struct api api = {&w, arena_new(MB(512)), kind};

    torture_open(&w);
    job(&api);
    torture_close(&w);
    arena_free(api.keep);
}

#define BOTH(job)                                                                                  \
    TEST(job##_when_memory_fails, .timeout = 300)                                                  \
    {                                                                                              \
        all_with(TORTURE_MEMORY, job);                                                             \
    }                                                                                              \
    TEST(job##_when_the_database_fails, .timeout = 300)                                            \
    {                                                                                              \
        all_with(TORTURE_DATABASE, job);                                                           \
    }

BOTH(proven_people)
BOTH(same_usernames)
BOTH(entities)
BOTH(told_later)
BOTH(import)
BOTH(universal)

/* A library of Criterion's uses OpenSSL as soon as it is loaded: this comes first. */
__attribute__((section(".preinit_array"), used)) static void (*const watch_early)(
    void) = crypto_watch_memory;

/* Performs it with OpenSSL's nth allocation failing, some of them: whoever sent a good key is never told that it is
 * bad. */
static void
blames_nobody(const struct api *api, const char *path, const char *body)
{
    static const long numbers[] = {0, 1, 2, 5, 9, 17, 40, 90, -1};
    struct torture_call call = {HTTP_POST, path, .is_api = true, .body = str_from(body)};
    int status = 0, refused = 0;

    for (size_t i = 0; i < COUNT(numbers) && status != 200; i++) {
        mem_fail_watched_after(numbers[i]);
        status = torture_perform(api->w, api->keep, &call, TORTURE_NOTHING, 0).status;
        mem_fail_watched_after(-1);
        cr_assert(
            status == 200 || status == 503, "%s: allocation %ld: %d", path, numbers[i], status);
        refused += status == 503;
    }
    EXPECT(status == 200 && refused > 0);
}

TEST(a_key_that_there_is_no_memory_to_read_is_no_bad_key, .timeout = 300)
{
#define POINT                                                                                      \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDP5e1Td6fZvzGrK+97iHFWxYXhS\\n"                          \
    "/efyTE8y+UWMZmcGh7YZ1dKJgy371cvenzOjiZLRvGZ4CA6xCYiimFPCVA=="
#define PEM "-----BEGIN PUBLIC KEY-----\\n" POINT "\\n-----END PUBLIC KEY-----\\n"
#define USER "00000000-0000-0000-0000-00000000aaaa"
    struct torture_world w;
    struct api api = {&w, arena_new(MB(512)), TORTURE_NOTHING};

    torture_open(&w);
    (void)send(&api, HTTP_POST, S("/api/key/import"),
        S("{'key':{'name':'Warm','algorithm':'ES256','publicKey':'" PEM "'}}"));
    blames_nobody(&api, "/api/key/import",
        "{\"key\":{\"name\":\"Theirs\",\"algorithm\":\"ES256\",\"publicKey\":\"" PEM "\"}}");
    (void)send(&api, HTTP_POST, S("/api/user/" USER), S("{'user':{'email':'key@example.com'}}"));
    blames_nobody(&api, "/api/webauthn/import",
        "{\"credentials\":[{\"userId\":\"" USER "\",\"credentialId\":\"AQEBAQEBAQEBAQEBAQEBAQ\","
        "\"publicKey\":\"" PEM "\",\"algorithm\":-7,\"attestationType\":\"none\","
        "\"displayName\":\"mine\",\"name\":\"mine\",\"relyingPartyId\":\"localhost\"}]}");
    torture_close(&w);
    arena_free(api.keep);
}
