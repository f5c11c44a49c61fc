/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios, and requests written from them. */
#include "load_plan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "people.h"

enum { MAX_FIXTURES = 4096, MAX_GROUPS = 64 };

#define AUTHORIZE(status, ...)                                                                     \
    {                                                                                              \
        "GET", "{authorize}", "cookie: {session}\r\n", NULL, status, __VA_ARGS__                   \
    }
#define CODE                                                                                       \
    {                                                                                              \
        {                                                                                          \
            "code", "code=", '&'                                                                   \
        }                                                                                          \
    }
#define REFRESH                                                                                    \
    {                                                                                              \
        {                                                                                          \
            "refresh", "\"refresh_token\":\"", '"'                                                 \
        }                                                                                          \
    }
#define EXCHANGE(...)                                                                              \
    {                                                                                              \
        "POST", "/oauth2/token", "{basic}\r\n",                                                    \
            "grant_type=authorization_code&code={code}&{exchange}", 200, __VA_ARGS__               \
    }
#define PEER_EXCHANGE(...)                                                                         \
    {                                                                                              \
        "POST", "{token_path}", "{basic}\r\n",                                                     \
            "grant_type=authorization_code&code={code}&{exchange}", 200, __VA_ARGS__               \
    }
#define ROTATE(more)                                                                               \
    {                                                                                              \
        "POST", "/oauth2/token", "{basic}\r\n",                                                    \
            "grant_type=refresh_token&refresh_token={refresh}" more, 200, REFRESH                  \
    }
#define PERSON "\"loginId\":\"{email}\",\"password\":\"{password}\""
#define SIGNED_IN                                                                                  \
    {                                                                                              \
        {                                                                                          \
            "session", "set-cookie: cardea.sso", ';'                                               \
        }                                                                                          \
    }

#define OF_PERSON "{api}\r\nx-fusionauth-tenantid: {person_tenant}\r\n"
#define PERSON_CLIENT "client_id={person_app}&client_secret={secret}"

/* clang-format off */
#define PERSON_LOGIN                                                                               \
    { "POST", "/api/login", OF_PERSON,                                                             \
        "{\"loginId\":\"{person}\",\"password\":\"{password}\",\"applicationId\":\"{person_app}\"}", 200, \
        { { "refresh", "\"refreshToken\":\"", '"' } } }
static const struct plan plans[] = {
    { "bare", 0, 1, { { "GET", "/", "", NULL, 200, {} } } },
    { "discovery", 0, 1, { { "GET", "/.well-known/openid-configuration", "", NULL, 200, {} } } },
    { "jwks", 0, 1, { { "GET", "/.well-known/jwks.json", "", NULL, 200, {} } } },
    { "page", 0, 1, { { "GET", "{authorize}", "accept: text/html\r\n", NULL, 200, {} } } },
    { "client_credentials", 0, 1, {
        { "POST", "/oauth2/token", "{basic}\r\n", "grant_type=client_credentials", 200, {} } } },
    { "tenants", 0, 1, {    /* client credentials of each of many tenants in turn */
        { "POST", "/oauth2/token", "{tenants}\r\n", "grant_type=client_credentials", 200, {} } } },
    { "authorize", 0, 1, { AUTHORIZE(303, {}) } },
    { "code", 0, 2, { AUTHORIZE(303, CODE), EXCHANGE({}) } },
    { "refresh", 2, 3, { AUTHORIZE(303, CODE), EXCHANGE(REFRESH), ROTATE("&scope=offline_access") } },
    { "refresh_openid", 2, 3, { AUTHORIZE(303, CODE), EXCHANGE(REFRESH), ROTATE("") } },
    { "introspect", 0, 1, {
        { "POST", "/oauth2/introspect", "{basic}\r\n", "token={access}", 200, {} } } },
    { "userinfo", 0, 1, {
        { "GET", "/oauth2/userinfo", "authorization: Bearer {access}\r\n", NULL, 200, {} } } },
    { "login", 0, 1, {
        { "POST", "/api/login", "{api}\r\n", "{" PERSON ",\"applicationId\":\"{application}\"}", 200, {} } } },
    { "login_bare", 0, 1, { /* no application: FusionAuth then makes no tokens and answers 202 or 200 */
        { "POST", "/api/login", "{api}\r\n", "{" PERSON "}", 0, {} } } },
    { "lookup", 0, 1, {
        { "GET", "/api/user?loginId=many{random}%40example.com", "{api}\r\nx-fusionauth-tenantid: {many_tenant}\r\n", NULL, 200, {} } } },
    { "retrieve", 0, 1, { { "GET", "/api/user/{user_id}", "{api}\r\n", NULL, 200, {} } } },
    { "create", 0, 1, {
        { "POST", "/api/user", "{api}\r\nx-fusionauth-tenantid: {many_tenant}\r\n",
          "{\"user\":{\"email\":\"many{next}@example.com\",\"password\":\"correct horse battery\"}}", 200, {} } } },
    { "signin", 0, 2, {     /* a fresh browser each time: the page, then the password */
        { "GET", "{authorize_many}", "accept: text/html\r\n", NULL, 200,
          { { "browser", "set-cookie: ", ';' }, { "state", "name=\"state\" value=\"", '"' } } },
        { "POST", "/signin", "accept: text/html\r\ncookie: {browser}\r\n",
          "state={state}&step=signin&loginId=many{next}%40example.com&password=correct+horse+battery", 303, {} } } },
    /* of Cardea and its peers alike: what differs is in the fixtures (peers.mjs) */
    { "peer_discovery", 0, 1, { { "GET", "{discovery_path}", "", NULL, 200, {} } } },
    { "peer_client", 0, 1, { { "POST", "{token_path}", "{basic}\r\n", "{client_form}", 200, {} } } },
    { "peer_introspect", 0, 1, {
        { "POST", "{introspect_path}", "{introspect_basic}\r\n", "token={introspect_token}", 200, {} } } },
    { "peer_code", 0, 2, { AUTHORIZE(0, CODE), PEER_EXCHANGE({}) } },
    { "peer_refresh", 2, 3, { AUTHORIZE(0, CODE), PEER_EXCHANGE(REFRESH),
        { "POST", "{token_path}", "{basic}\r\n", "{refresh_form}&refresh_token={refresh}", 200, REFRESH } } },
    { "peer_login", 0, 1, { { "POST", "{login_path}", "{login_auth}\r\n{login_tenant}\r\n", "{login_body}", 0, {} } } },
    /* of a filled database (fill.c) */
    { "person_lookup", 0, 1, {
        { "GET", "/api/user?loginId={person}", OF_PERSON, NULL, 200, {} } } },
    { "person_search", 0, 1, {
        { "POST", "/api/user/search", OF_PERSON, "{\"search\":{\"queryString\":\"email:{person}\"}}", 200, {} } } },
    { "person_login", 0, 1, { PERSON_LOGIN } },
    { "person_refresh", 0, 2, { PERSON_LOGIN,
        { "POST", "/oauth2/token", "", "grant_type=refresh_token&refresh_token={refresh}&" PERSON_CLIENT, 200, REFRESH } } },
    { "own_refresh", 1, 2, { PERSON_LOGIN,     /* one person a connection, again and again */
        { "POST", "/oauth2/token", "", "grant_type=refresh_token&refresh_token={refresh}&" PERSON_CLIENT, 200, REFRESH } } },
    { "tenant_search", 0, 1, {
        { "POST", "/api/tenant/search", "{api}\r\n", "{\"search\":{\"numberOfResults\":25,\"startRow\":0}}", 200, {} } } },
    { "next_tenant", 0, 1, {    /* the first request of each tenant in turn */
        { "POST", "/oauth2/token", "", "grant_type=client_credentials&client_id={next_app}&client_secret={secret}", 200, {} } } },
};
/* clang-format on */

static struct group { /* the fixtures of one word, which stand together in the file */
    str word;
    size_t first, count;
} groups[MAX_GROUPS];
static str values[MAX_FIXTURES];
static size_t group_count, value_count;
static int64_t next_number;
static uint64_t state = 88172645463325252u; /* of random_number */
static size_t dealt;

const struct plan *
plan_find(const char *name)
{
    for (size_t i = 0; i < COUNT(plans); i++) {
        if (str_eq(str_from(plans[i].name), str_from(name))) {
            return &plans[i];
        }
    }
    return NULL;
}

void
plan_list(void)
{
    for (size_t i = 0; i < COUNT(plans); i++) {
        fprintf(stderr, " %s", plans[i].name);
    }
    fprintf(stderr, "\n");
}

static str
read_whole(struct arena *arena, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *text = NULL;
    ssize_t n = -1;

    if (fd >= 0 && fstat(fd, &st) == 0) {
        text = arena_alloc(arena, (size_t)st.st_size + 1);
        n = text ? read(fd, text, (size_t)st.st_size) : -1;
    }
    if (fd >= 0) {
        close(fd);
    }
    return n < 0 ? NO_STR : (str){text, (size_t)n};
}

static bool
add_fixture(str word, str value)
{
    bool is_more = group_count && str_eq(groups[group_count - 1].word, word);

    if (value_count == MAX_FIXTURES || (!is_more && group_count == MAX_GROUPS)) {
        return false;
    }
    if (!is_more) {
        groups[group_count++] = (struct group){word, value_count, 0};
    }
    groups[group_count - 1].count++;
    values[value_count++] = value;
    return true;
}

bool
plan_fixtures(struct arena *arena, const char *path)
{
    str text = read_whole(arena, path), line, word;

    while (str_cut(&text, '\n', &line)) {
        if (str_cut(&line, ' ', &word) && word.n && !add_fixture(word, line)) {
            return false;
        }
    }
    return value_count > 0;
}

void
plan_count_from(int64_t first)
{
    next_number = first;
    state = (state + people_hash((uint64_t)first)) | 1; /* nought would stay nought */
}

/* The at-th fixture of this name, beginning again behind the last. */
static str
fixture(str word, size_t at)
{
    for (size_t i = 0; i < group_count; i++) {
        if (str_eq(groups[i].word, word)) {
            return values[groups[i].first + at % groups[i].count];
        }
    }
    return NO_STR;
}

static int64_t
number_fixture(str word)
{
    int64_t n;

    return str_i64(fixture(word, 0), &n) && n > 0 ? n : 0;
}

/* A step of a fixed generator: the same people are asked for in every run that counts from the same
 * number. With people_sample of them only: so many, spread over all. */
static int64_t
random_number(void)
{
    int64_t count = number_fixture(S("people")), sample = number_fixture(S("people_sample"));

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    if (sample > 0 && sample < count) {
        return (int64_t)(state % (uint64_t)sample) * (count / sample);
    }
    return count ? (int64_t)(state % (uint64_t)count) : 0;
}

static str
text_of(int64_t number, char to[static PEOPLE_EMAIL_MAX])
{
    int n = snprintf(to, PEOPLE_EMAIL_MAX, "%lld", (long long)number);

    return (str){to, (size_t)n};
}

static str
id_text(struct uuid id, char to[static PEOPLE_EMAIL_MAX])
{
    uuid_write(id, to);
    return (str){to, UUID_TEXT};
}

static int64_t
tenant_of(const struct plan_words *words)
{
    struct people people = {number_fixture(S("people")), number_fixture(S("people_tenants"))};

    return people.users && people.tenants ? people_tenant(&people, words->person) : 0;
}

/* Words that are made rather than looked up; to is room for one. */
static str
made_value(str word, struct plan_words *words, char to[static PEOPLE_EMAIL_MAX])
{
    if (str_eq(word, S("random"))) {
        return text_of(random_number(), to);
    }
    if (str_eq(word, S("next"))) {
        return text_of(next_number++, to);
    }
    if (str_eq(word, S("next_app"))) {
        return id_text(people_application_id(next_number++), to);
    }
    if (str_eq(word, S("person"))) {
        words->person = random_number();
        return people_email(words->person, to);
    }
    if (str_eq(word, S("person_tenant"))) {
        return id_text(people_tenant_id(tenant_of(words)), to);
    }
    if (str_eq(word, S("person_app"))) {
        return id_text(people_application_id(tenant_of(words)), to);
    }
    return NO_STR;
}

static str
value_of(str word, struct plan_words *words, char to[static PEOPLE_EMAIL_MAX])
{
    str made;

    for (size_t i = 0; i < words->count; i++) {
        if (str_eq(str_from(words->taken[i].word), word)) {
            return (str){words->taken[i].text, words->taken[i].n};
        }
    }
    made = made_value(word, words, to);
    return made.n ? made
                  : fixture(word, str_eq(word, S("tenants")) ? dealt++ : (size_t)words->index);
}

/* Text with its words filled in; a brace that opens no lower-case word is itself. The new end, or
 * NULL. */
static char *
fill(const char *text, struct plan_words *words, char *to, const char *end)
{
    char made[PEOPLE_EMAIL_MAX];

    for (str rest = str_from(text); rest.n;) {
        str piece = str_head(rest, rest.p[0] == '{' ? 1 : str_find(rest, '{'));
        str word = str_skip(rest, 1);

        if (rest.p[0] == '{' && word.n && word.p[0] >= 'a' && word.p[0] <= 'z') {
            word = str_head(word, str_find(word, '}'));
            piece = value_of(word, words, made);
            rest = str_skip(rest, word.n + 2);
        } else {
            rest = str_skip(rest, piece.n);
        }
        if (piece.n == 0 || to == NULL || piece.n >= (size_t)(end - to)) {
            return NULL;
        }
        memcpy(to, piece.p, piece.n);
        to += piece.n;
    }
    return to;
}

size_t
plan_write(const struct plan_step *step, struct plan_words *words, char *to, size_t n)
{
    char body[4096], head[1024], *end, *body_end = body;
    const char *type;
    int head_n;

    if (step->body != NULL) {
        body_end = fill(step->body, words, body, body + sizeof body);
        if (body_end == NULL) {
            return 0;
        }
    }
    type = body_end > body && body[0] == '{' ? "application/json"
                                             : "application/x-www-form-urlencoded";
    head_n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nhost: localhost\r\n%s", step->method,
        step->path, step->headers);
    if (head_n < 0 || (size_t)head_n >= sizeof head) {
        return 0;
    }
    end = fill(head, words, to, to + n);
    if (end == NULL) {
        return 0;
    }
    n -= (size_t)(end - to);
    if (step->body == NULL) {
        head_n = snprintf(end, n, "\r\n");
    } else {
        head_n = snprintf(end, n, "content-type: %s\r\ncontent-length: %zu\r\n\r\n%.*s", type,
            (size_t)(body_end - body), (int)(body_end - body), body);
    }
    return head_n < 0 || (size_t)head_n >= n ? 0 : (size_t)(end - to) + (size_t)head_n;
}

static bool
remember(struct plan_words *words, const char *word, str value)
{
    size_t i = 0;

    while (i < words->count && !str_eq(str_from(words->taken[i].word), str_from(word))) {
        i++;
    }
    if (i == PLAN_WORDS || value.n == 0 || value.n > PLAN_WORD_MAX) {
        return false;
    }
    words->count = MAX(words->count, i + 1);
    words->taken[i].word = word;
    words->taken[i].n = value.n;
    memcpy(words->taken[i].text, value.p, value.n);
    return true;
}

bool
plan_take(const struct plan_step *step, str answer, struct plan_words *words)
{
    for (int i = 0; i < PLAN_TAKES && step->takes[i].word != NULL; i++) {
        str after = str_from(step->takes[i].after);
        str rest = str_skip(answer, str_find_str(answer, after));

        rest = str_skip(rest, after.n);
        rest =
            str_head(rest, str_find(rest, '\r')); /* a value ends with its header at the latest */
        if (!remember(
                words, step->takes[i].word, str_head(rest, str_find(rest, step->takes[i].until)))) {
            return false;
        }
    }
    return true;
}
