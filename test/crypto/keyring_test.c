/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT keyring
#include "crypto_unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/keyring.h"
#include "crypto/keyring_internal.h"
#include "crypto/random.h"

static struct arena *arena;
static char folder[] = "/tmp/keyring-test-XXXXXX";
static const char *path;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(1));
    cr_assert(mkdtemp(folder) != NULL);
    path = str_z(arena, str_fmt(arena, "%s/master.key", folder));
}
static void
end(void)
{
    (void)unlink(path);
    cr_expect(rmdir(folder) == 0, "nothing else is left in the folder");
    arena_free(arena);
}
TestSuite(keyring, .init = start, .fini = end);

#define LINE_A "cardea-master-1 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"
#define LINE_B "cardea-master-1 deadbeef HxECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"

static void
put(str text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    cr_assert(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
    cr_assert(fchmod(fd, mode) == 0 && close(fd) == 0);
}

static struct keyring *
open_at(bool may_create)
{
    const char *why = NULL;
    struct keyring *ring = keyring_open(path, may_create, random_system(), &why);

    cr_expect(ring != NULL || why != NULL);
    return ring;
}

static bool
opens(void)
{
    struct keyring *ring = open_at(false);

    keyring_close(ring);
    return ring != NULL;
}

static const struct key32 secret = {{9, 8, 7, 6, 5, 4, 3, 2, 1}};

static bool
unwraps(struct keyring *ring, str purpose, bytes owner, bytes wrapped)
{
    struct key32 got = {{0}};
    bool ok = keyring_unwrap(ring, purpose, owner, wrapped, &got);

    cr_expect(!ok || ct_eq(key32_bytes(&got), key32_bytes(&secret)));
    return ok;
}

TEST(a_missing_file_is_created_once_private_and_whole)
{
    struct stat st;
    struct keyring *one, *two;
    struct key32 a, b;

    EXPECT(open_at(false) == NULL); /* only when asked */
    EXPECT(access(path, F_OK) != 0);
    one = open_at(true);
    two = open_at(true);
    REQUIRE(one != NULL && two != NULL);
    REQUIRE(stat(path, &st) == 0);
    EXPECT((st.st_mode & 07777) == 0600);
    EXPECT(st.st_nlink == 1);
    a = keyring_house_key(one, S("page"));
    b = keyring_house_key(two, S("page"));
    EXPECT(ct_eq(key32_bytes(&a), key32_bytes(&b)));
    keyring_close(one);
    keyring_close(two);
}

TEST(two_installations_get_different_keys)
{
    struct keyring *one = open_at(true), *two;
    struct key32 a, b;

    REQUIRE(unlink(path) == 0);
    two = open_at(true);
    REQUIRE(one != NULL && two != NULL);
    a = keyring_house_key(one, S("page"));
    b = keyring_house_key(two, S("page"));
    EXPECT(!ct_eq(key32_bytes(&a), key32_bytes(&b)));
    keyring_close(one);
    keyring_close(two);
}

TEST(a_kept_house_key_is_the_one_that_would_be_derived)
{
    static const char *const labels[] = {"pages", "logout pages", "api key index", "other"};
    struct keyring *ring;
    struct key32 master, house;

    put(S(LINE_A), 0600);
    ring = open_at(false);
    REQUIRE(ring != NULL);
    for (size_t i = 0; i < sizeof master.b; i++) {
        master.b[i] = (uint8_t)i; /* what LINE_A says */
    }
    house = key_derive(&master, S("cardea house"), (bytes){NULL, 0});
    for (size_t i = 0; i < COUNT(labels); i++) {
        struct key32 want = key_derive(&house, str_from(labels[i]), (bytes){NULL, 0});
        struct key32 got = keyring_house_key(ring, str_from(labels[i]));
        EXPECT(ct_eq(key32_bytes(&want), key32_bytes(&got)));
    }
    keyring_close(ring);
}

TEST(a_wrapped_key_opens_for_its_purpose_and_owner_only)
{
    bytes owner = hex("0102"), wrapped;
    struct keyring *ring;

    put(S(LINE_A), 0600);
    ring = open_at(false);
    REQUIRE(ring != NULL);
    wrapped = keyring_wrap(ring, arena, random_system(), S("tenant"), owner, &secret);
    EXPECT(unwraps(ring, S("tenant"), owner, wrapped));
    EXPECT(!unwraps(ring, S("tenan"), hex("740102"), wrapped)); /* "tenan" + "t.." */
    EXPECT(!unwraps(ring, S("user"), owner, wrapped));
    EXPECT(!unwraps(ring, S("tenant"), hex("0103"), wrapped));
    EXPECT(!unwraps(ring, S("tenant"), (bytes){owner.p, 1}, wrapped));
    for (size_t bit = 0; bit < wrapped.n * 8; bit++) {
        EXPECT(!unwraps(ring, S("tenant"), owner, flipped(arena, wrapped, bit)));
    }
    for (size_t n = 0; n < wrapped.n; n++) {
        EXPECT(!unwraps(ring, S("tenant"), owner, (bytes){wrapped.p, n}));
    }
    keyring_close(ring);
}

TEST(rotation_wraps_with_the_first_line_and_opens_with_any)
{
    bytes owner = hex("01"), old, new;
    struct keyring *ring;

    put(S(LINE_A), 0600);
    ring = open_at(false);
    REQUIRE(ring != NULL);
    old = keyring_wrap(ring, arena, random_system(), S("tenant"), owner, &secret);
    keyring_close(ring);

    put(S(LINE_B LINE_A), 0600); /* the operator put a new key in front */
    ring = open_at(false);
    REQUIRE(ring != NULL);
    EXPECT(unwraps(ring, S("tenant"), owner, old));
    new = keyring_wrap(ring, arena, random_system(), S("tenant"), owner, &secret);
    EXPECT(unwraps(ring, S("tenant"), owner, new));
    keyring_close(ring);

    put(S(LINE_B), 0600); /* and took the old one away */
    ring = open_at(false);
    REQUIRE(ring != NULL);
    EXPECT(unwraps(ring, S("tenant"), owner, new));
    EXPECT(!unwraps(ring, S("tenant"), owner, old));
    keyring_close(ring);
}

TEST(house_keys_differ_by_label_and_by_master)
{
    struct key32 k[3];
    struct keyring *ring;

    put(S(LINE_A), 0400);
    ring = open_at(false);
    REQUIRE(ring != NULL);
    k[0] = keyring_house_key(ring, S("page"));
    k[1] = keyring_house_key(ring, S("cookie"));
    keyring_close(ring);
    put(S(LINE_B), 0600);
    ring = open_at(false);
    REQUIRE(ring != NULL);
    k[2] = keyring_house_key(ring, S("page"));
    keyring_close(ring);
    EXPECT(!ct_eq(key32_bytes(&k[0]), key32_bytes(&k[1])));
    EXPECT(!ct_eq(key32_bytes(&k[0]), key32_bytes(&k[2])));
}

TEST(a_file_that_others_can_reach_is_refused)
{
    static const mode_t modes[] = {0640, 0604, 0660, 0606, 0644, 0610, 0601, 0666, 0777};

    for (size_t i = 0; i < COUNT(modes); i++) {
        put(S(LINE_A), modes[i]);
        EXPECT(!opens());
    }
    put(S(LINE_A), 0600);
    EXPECT(opens());
}

TEST(malformed_files_are_refused)
{
    static const struct {
        int line;
        str text;
    } cases[] = {
        {__LINE__, S_INIT("")},
        {__LINE__, S_INIT("\n")},
        {__LINE__,
            S_INIT("cardea-master-2 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")},
        {__LINE__, S_INIT("cardea-master-1 0000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")},
        {__LINE__,
            S_INIT("cardea-master-1 0000000G AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")},
        {__LINE__,
            S_INIT("cardea-master-1 0000000A AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")},
        {__LINE__, S_INIT("cardea-master-1 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg\n")},
        {__LINE__,
            S_INIT("cardea-master-1 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")},
        {__LINE__,
            S_INIT("cardea-master-1 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 x\n")},
        {__LINE__,
            S_INIT("cardea-master-1 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\r\n")},
        {__LINE__,
            S_INIT("cardea-master-1  00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")},
        {__LINE__, S_INIT(" " LINE_A)},
        {__LINE__, S_INIT(LINE_A "\n")},
        {__LINE__, S_INIT(LINE_A LINE_A)}, /* one id, two keys: which one? */
        {__LINE__, S_INIT("cardea-master-1 00000001")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        put(cases[i].text, 0600);
        CHECK_AT(cases[i].line, !opens());
    }
    put(str_head(S(LINE_A), sizeof LINE_A - 2), 0600); /* an editor may drop the last newline */
    EXPECT(opens());
}

TEST(a_file_too_long_or_not_a_file_is_refused)
{
    static char text[KEYRING_FILE_BYTES + 1];

    memset(text, 'c', sizeof text);
    put((str){text, sizeof text}, 0600);
    EXPECT(!opens());
    REQUIRE(unlink(path) == 0 && mkdir(path, 0700) == 0);
    EXPECT(!opens());
    EXPECT(open_at(true) == NULL); /* and never replaced */
    REQUIRE(rmdir(path) == 0);
}

TEST(a_folder_that_does_not_exist_is_no_place_to_create)
{
    const char *why = NULL;
    const char *nowhere = str_z(arena, str_fmt(arena, "%s/none/master.key", folder));

    EXPECT(keyring_open(nowhere, true, random_system(), &why) == NULL);
    EXPECT(why != NULL);
}

TEST(of_many_that_create_at_once_all_end_with_the_same_key)
{
    enum { RACERS = 16 };
    struct key32 first, got;
    int ends[2], gate[2];
    char go[RACERS] = {0};

    REQUIRE(pipe(ends) == 0 && pipe(gate) == 0);
    for (int i = 0; i < RACERS; i++) {
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            struct keyring *ring;
            char c;
            if (read(gate[0], &c, 1) != 1 || (ring = open_at(true)) == NULL) {
                _exit(1);
            }
            got = keyring_house_key(ring, S("race"));
            _exit(write(ends[1], got.b, sizeof got.b) == sizeof got.b ? 0 : 1);
        }
    }
    REQUIRE(write(gate[1], go, sizeof go) == sizeof go);
    for (int i = 0; i < RACERS; i++) {
        int status;
        REQUIRE(wait(&status) > 0);
        EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    REQUIRE(read(ends[0], first.b, sizeof first.b) == sizeof first.b);
    for (int i = 1; i < RACERS; i++) {
        REQUIRE(read(ends[0], got.b, sizeof got.b) == sizeof got.b);
        EXPECT(ct_eq(key32_bytes(&got), key32_bytes(&first)));
    }
}

TEST(memory_that_fails_anywhere_opens_whole_or_not_at_all)
{
    const char *why;

    for (long n = 0; n < 30; n++) {
        struct keyring *ring;

        (void)unlink(path);
        why = NULL;
        arena_fail_after(n);
        ring = keyring_open(path, true, random_system(), &why);
        arena_fail_after(-1);
        EXPECT(ring != NULL || why != NULL);
        EXPECT(access(path, F_OK) != 0 || opens()); /* what it left behind is whole */
        keyring_close(ring);
    }
}
