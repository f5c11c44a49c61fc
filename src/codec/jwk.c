/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Web Keys as text (RFC 7517 s4, RFC 7518 s6, RFC 8037 s2, RFC 7638).
 *
 * Deviation: curves other than P-256, P-384, P-521 and Ed25519 are refused, and so are RSA keys
 * of more than two primes (oth). Invariant: a key read has all members its type asks for, each
 * in its canonical form. */
#include "codec/jwk.h"

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/json.h"

/* When a member has to be there, and whether the world may see it. */
enum need { PUBLIC, SECRET, PRIVATE, PRIVATE_CRT };

struct member {
    str name;
    size_t at;
    enum need need;
    bool is_integer; /* RFC 7518 s2 Base64urlUInt: no leading zero byte */
};

#define MEMBER(field, need, is_integer)                                                            \
    {                                                                                              \
        S_INIT(#field), offsetof(struct jwk, field), need, is_integer                              \
    }

/* The public ones in the order of their names, as RFC 7638 s3.2 wants them. */
static const struct member rsa_members[] = {
    MEMBER(e, PUBLIC, true),
    MEMBER(n, PUBLIC, true),
    MEMBER(d, PRIVATE, true),
    MEMBER(p, PRIVATE_CRT, true),
    MEMBER(q, PRIVATE_CRT, true),
    MEMBER(dp, PRIVATE_CRT, true),
    MEMBER(dq, PRIVATE_CRT, true),
    MEMBER(qi, PRIVATE_CRT, true),
};
static const struct member ec_members[] = {
    MEMBER(x, PUBLIC, false),
    MEMBER(y, PUBLIC, false),
    MEMBER(d, PRIVATE, false),
};
static const struct member okp_members[] = {
    MEMBER(x, PUBLIC, false),
    MEMBER(d, PRIVATE, false),
};
static const struct member oct_members[] = {
    MEMBER(k, SECRET, false),
};

static const struct shape {
    str kty;
    const struct member *members;
    size_t count;
    bool has_curve;
} shapes[] = {
    [JWK_RSA] = {S_INIT("RSA"), rsa_members, COUNT(rsa_members), false},
    [JWK_EC] = {S_INIT("EC"), ec_members, COUNT(ec_members), true},
    [JWK_OKP] = {S_INIT("OKP"), okp_members, COUNT(okp_members), true},
    [JWK_OCT] = {S_INIT("oct"), oct_members, COUNT(oct_members), false},
};

/* Every member of a curve's key is as long as its field (RFC 7518 s6.2.1.2, RFC 8037 s2). */
static const struct curve {
    enum jwk_type type;
    str name;
    size_t bytes;
} curves[] = {
    {JWK_EC, S_INIT("P-256"), 32},
    {JWK_EC, S_INIT("P-384"), 48},
    {JWK_EC, S_INIT("P-521"), 66},
    {JWK_OKP, S_INIT("Ed25519"), 32},
};

static bytes *
slot(struct jwk *jwk, const struct member *m)
{
    return (bytes *)(void *)((char *)jwk + m->at);
}

static bytes
value_of(const struct jwk *jwk, const struct member *m)
{
    return *(const bytes *)(const void *)((const char *)jwk + m->at);
}

static bool
read_member(struct arena *arena, const struct json *object, const struct member *m, struct jwk *to)
{
    const struct json *v = json_get(object, m->name);
    str text;

    if (v == NULL) {
        return m->need != PUBLIC && m->need != SECRET;
    }
    return json_str(v, &text) && base64url_decode(arena, text, slot(to, m)) && slot(to, m)->n != 0
           && !(m->is_integer && slot(to, m)->p[0] == 0);
}

/* An optional text member: absent or a string. */
static bool
read_text(const struct json *object, str name, str *to)
{
    const struct json *v = json_get(object, name);

    return v == NULL || json_str(v, to);
}

static bool
fits_curve(const struct jwk *jwk, const struct shape *shape)
{
    for (size_t i = 0; i < COUNT(curves); i++) {
        if (curves[i].type != jwk->type || !str_eq(curves[i].name, jwk->crv)) {
            continue;
        }
        for (size_t k = 0; k < shape->count; k++) {
            size_t n = value_of(jwk, &shape->members[k]).n;
            if (n != curves[i].bytes && n != 0) {
                return false;
            }
        }
        return true;
    }
    return false;
}

/* RFC 7518 s6.3.2: the factors and their company stand together or not at all, and only beside
 * d. */
static bool
has_whole_private_part(const struct jwk *jwk)
{
    int have =
        (jwk->p.n != 0) + (jwk->q.n != 0) + (jwk->dp.n != 0) + (jwk->dq.n != 0) + (jwk->qi.n != 0);

    return have == 0 || (have == 5 && jwk->d.n != 0);
}

static bool
read_shape(struct arena *arena, const struct json *object, struct jwk *to)
{
    const struct shape *shape = &shapes[to->type];

    for (size_t i = 0; i < shape->count; i++) {
        if (!read_member(arena, object, &shape->members[i], to)) {
            return false;
        }
    }
    if (json_get(object, S("oth")) != NULL || !has_whole_private_part(to)) {
        return false;
    }
    return !shape->has_curve || (read_text(object, S("crv"), &to->crv) && fits_curve(to, shape));
}

bool
jwk_read(struct arena *arena, const struct json *value, struct jwk *ret)
{
    struct jwk jwk = {0};
    str kty;

    if (!json_str(json_get(value, S("kty")), &kty) || !read_text(value, S("kid"), &jwk.kid)
        || !read_text(value, S("alg"), &jwk.alg) || !read_text(value, S("use"), &jwk.use)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (str_eq(shapes[i].kty, kty)) {
            jwk.type = (enum jwk_type)i;
            if (!read_shape(arena, value, &jwk)) {
                return false;
            }
            *ret = jwk;
            return true;
        }
    }
    return false;
}

static void
put_binary(struct json_out *out, str name, bytes value)
{
    json_out_name(out, name);
    buf_char(out->buf, '"');
    base64url_encode(out->buf, value);
    buf_char(out->buf, '"');
    out->needs_comma = true;
}

/* RFC 7517 s4.7 to s4.9: base64 here, base64url there. */
static void
put_certificate(struct json_out *out, const struct jwk *jwk)
{
    if (jwk->x5c.n == 0) {
        return;
    }
    json_out_name(out, S("x5c"));
    json_out_array(out);
    buf_char(out->buf, '"');
    base64_encode(out->buf, jwk->x5c);
    buf_char(out->buf, '"');
    out->needs_comma = true;
    json_out_array_end(out);
    json_put_given(out, S("x5t"), jwk->x5t);
    json_put_given(out, S("x5t#S256"), jwk->x5t_s256);
}

bool
jwk_write_public(struct json_out *out, const struct jwk *jwk)
{
    const struct shape *shape = &shapes[jwk->type];

    if (jwk->type == JWK_OCT) {
        return false;
    }
    json_out_object(out);
    json_put_str(out, S("kty"), shape->kty);
    json_put_given(out, S("kid"), jwk->kid);
    json_put_given(out, S("alg"), jwk->alg);
    json_put_given(out, S("use"), jwk->use);
    json_put_given(out, S("crv"), jwk->crv);
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->members[i].need == PUBLIC) {
            put_binary(out, shape->members[i].name, value_of(jwk, &shape->members[i]));
        }
    }
    put_certificate(out, jwk);
    json_out_object_end(out);
    return true;
}

/* RFC 7638 s3.2: the required members in the order of their names, no white space. kty sorts
 * behind crv, e and k, and before n, x and y. */
str
jwk_thumbprint_input(struct arena *arena, const struct jwk *jwk)
{
    const struct shape *shape = &shapes[jwk->type];
    bool has_kty = false;
    struct buf buf;
    struct json_out out;
    str text;

    buf_init(&buf, arena, KB(4));
    json_out_init(&out, &buf);
    json_out_object(&out);
    if (shape->has_curve) {
        json_put_str(&out, S("crv"), jwk->crv);
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct member *m = &shape->members[i];
        if (m->need != PUBLIC && m->need != SECRET) {
            continue;
        }
        if (!has_kty && str_cmp(m->name, S("kty")) > 0) {
            json_put_str(&out, S("kty"), shape->kty);
            has_kty = true;
        }
        put_binary(&out, m->name, value_of(jwk, m));
    }
    if (!has_kty) {
        json_put_str(&out, S("kty"), shape->kty);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}
