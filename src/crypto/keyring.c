/* SPDX-License-Identifier: Apache-2.0 */
/* The master keys in locked memory, and what they wrap.
 *
 *   wrapped key = key id (4 bytes), AES-256-GCM of 32 bytes under the master key's wrapping key;
 *   associated data = digest of purpose and owner
 * Invariant: 1 a master key itself is only ever input to HKDF  2 a wrapped key opens for one
 * purpose and one owner  3 the file appears whole or not at all, and is never overwritten. */
#include "crypto/keyring.h"

#include <errno.h>
#include <sodium.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/rng.h"
#include "codec/base64.h"
#include "crypto/aead.h"
#include "crypto/crypto_internal.h"
#include "crypto/keyring_internal.h"

enum { ID_BYTES = 4, WRAPPED_BYTES = ID_BYTES + AEAD_OVERHEAD + KEY_BYTES };

struct master {
    uint8_t id[ID_BYTES];
    struct key32 wrap, house; /* derived from the key of the file, which is not kept */
};

/* House keys that requests ask for: derived once. */
static const str labels[] = {S_INIT("pages"), S_INIT("logout pages"), S_INIT("api key index")};

struct keys { /* sodium_malloc: locked, between guard pages, left out of core dumps */
    struct master all[KEYRING_MAX_KEYS];
    struct key32 house[COUNT(labels)]; /* of the first */
};

struct keyring {
    struct keys *keys;
    size_t count;
};

static bool
take_id(str text, uint8_t to[static ID_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    if (text.n != 2 * ID_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        const char *digit = memchr(digits, text.p[i], 16);
        if (digit == NULL) {
            return false;
        }
        to[i / 2] = (uint8_t)(to[i / 2] << 4 | (digit - digits));
    }
    return true;
}

static const struct master *
find(const struct keyring *ring, const uint8_t *id)
{
    for (size_t i = 0; i < ring->count; i++) {
        if (str_eq(bytes_str((bytes){ring->keys->all[i].id, ID_BYTES}),
                bytes_str((bytes){id, ID_BYTES}))) {
            return &ring->keys->all[i];
        }
    }
    return NULL;
}

/* line = "cardea-master-1" SP id SP base64url */
static bool
take_line(struct keyring *ring, struct arena *arena, str line)
{
    struct master m = {.id = {0}};
    str word, id, key;
    bytes raw;
    bool ok = str_cut(&line, ' ', &word) && str_eq(word, S(KEYRING_WORD))
              && str_cut(&line, ' ', &id) && take_id(id, m.id) && str_cut(&line, ' ', &key)
              && line.p == NULL && base64url_decode(arena, key, &raw) && raw.n == KEY_BYTES
              && find(ring, m.id) == NULL;

    if (ok) {
        struct key32 master;
        memcpy(master.b, raw.p, KEY_BYTES);
        m.wrap = key_derive(&master, S("cardea wrap"), (bytes){NULL, 0});
        m.house = key_derive(&master, S("cardea house"), (bytes){NULL, 0});
        ring->keys->all[ring->count++] = m;
        key32_wipe(&master);
        secret_wipe(&m, sizeof m);
    }
    return ok;
}

static bool
take_text(struct keyring *ring, struct arena *arena, str text)
{
    str line;

    while (text.n != 0 && str_cut(&text, '\n', &line)) {
        if (ring->count == KEYRING_MAX_KEYS || !take_line(ring, arena, line)) {
            return false;
        }
    }
    return ring->count != 0;
}

static struct keyring *
ring_new(void)
{
    struct keyring *ring = MEM_NEW(struct keyring);

    if (ring == NULL) {
        return NULL;
    }
    ring->keys = sodium_malloc(sizeof *ring->keys);
    if (ring->keys == NULL) {
        mem_free(ring);
        return NULL;
    }
    return ring;
}

static struct keyring *
parse(struct arena *arena, str text, const char **ret_why)
{
    struct keyring *ring = ring_new();

    if (ring == NULL) {
        *ret_why = "no memory for the master key";
        return NULL;
    }
    if (!take_text(ring, arena, text)) {
        *ret_why = "the master key file is malformed";
        keyring_close(ring);
        return NULL;
    }
    for (size_t i = 0; i < COUNT(labels); i++) {
        ring->keys->house[i] = key_derive(&ring->keys->all[0].house, labels[i], (bytes){NULL, 0});
    }
    CHECK(sodium_mprotect_readonly(ring->keys) == 0);
    return ring;
}

struct keyring *
keyring_open(const char *path, bool may_create, struct rng *rng, const char **ret_why)
{
    AUTO(arena_end) struct arena *arena = arena_new(KEYRING_ARENA_BYTES);
    str text;

    *ret_why = "no memory for the master key";
    if (arena == NULL) {
        return NULL;
    }
    arena_keep_secret(arena);
    if (keyring_file_read(arena, path, &text, ret_why)) {
        return parse(arena, text, ret_why);
    }
    if (errno != ENOENT || !may_create || !keyring_file_create(arena, path, rng, ret_why)) {
        return NULL;
    }
    /* Read back what is there: perhaps another process was faster. */
    return keyring_file_read(arena, path, &text, ret_why) ? parse(arena, text, ret_why) : NULL;
}

void
keyring_close(struct keyring *ring)
{
    if (ring != NULL) {
        sodium_free(ring->keys); /* wipes */
        mem_free(ring);
    }
}

static struct digest
binding(str purpose, bytes owner)
{
    bytes parts[] = {str_bytes(purpose), owner};

    return hmac_sha256_parts((bytes){NULL, 0}, parts, COUNT(parts));
}

bytes
keyring_wrap(struct keyring *ring, struct arena *arena, struct rng *rng, str purpose, bytes owner,
    const struct key32 *key)
{
    const struct master *m = &ring->keys->all[0];
    struct digest aad = binding(purpose, owner);
    uint8_t *to = arena_alloc(arena, WRAPPED_BYTES);

    if (to == NULL) {
        return (bytes){NULL, 0};
    }
    memcpy(to, m->id, ID_BYTES);
    rng_fill(rng, to + ID_BYTES + 1, AEAD_NONCE_BYTES);
    if (!crypto_aead_seal(&m->wrap, digest_bytes(&aad), key32_bytes(key), to + ID_BYTES)) {
        return (bytes){NULL, 0};
    }
    return (bytes){to, WRAPPED_BYTES};
}

bool
keyring_unwrap(struct keyring *ring, str purpose, bytes owner, bytes wrapped, struct key32 *ret)
{
    struct digest aad = binding(purpose, owner);
    const struct master *m;
    struct key32 key;

    if (wrapped.n != WRAPPED_BYTES) {
        return false;
    }
    m = find(ring, wrapped.p);
    if (m == NULL
        || !crypto_aead_open(&m->wrap, digest_bytes(&aad),
            (bytes){wrapped.p + ID_BYTES, WRAPPED_BYTES - ID_BYTES}, key.b)) {
        return false;
    }
    *ret = key;
    key32_wipe(&key);
    return true;
}

struct key32
keyring_house_key(const struct keyring *ring, str label)
{
    for (size_t i = 0; i < COUNT(labels); i++) {
        if (str_eq(label, labels[i])) {
            return ring->keys->house[i];
        }
    }
    return key_derive(&ring->keys->all[0].house, label, (bytes){NULL, 0});
}
