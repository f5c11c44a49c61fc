/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS and JWT (RFC 7515 s7.1, RFC 7519 s7.2 steps 1-10 without the signature).
 *
 *   token = BASE64URL(header) "." BASE64URL(payload) "." BASE64URL(signature)
 * Every part decodes in one way only, so two texts that differ never mean the same token. */
#include "codec/jwt.h"

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/json.h"

/* Cuts token at its two dots; a third is no base64url and is refused where the signature is
 * decoded. */
static bool
split(str token, str ret_parts[static 3])
{
    size_t one = str_find(token, '.'), two;

    if (token.n > JWT_MAX_BYTES || one == token.n) {
        return false;
    }
    two = one + 1 + str_find(str_skip(token, one + 1), '.');
    if (two >= token.n) {
        return false;
    }
    ret_parts[0] = str_head(token, one);
    ret_parts[1] = (str){token.p + one + 1, two - one - 1};
    ret_parts[2] = str_skip(token, two + 1);
    return true;
}

static bool
parse_object(struct arena *arena, bytes text, const struct json **ret)
{
    return json_parse(arena, bytes_str(text), ret, NULL) && (*ret)->type == JSON_OBJECT;
}

static bool
is_absent_or_text(const struct json *v, str *to)
{
    return v == NULL || json_str(v, to);
}

static bool
read_header(struct arena *arena, str part, struct jwt *to)
{
    bytes text;

    return base64url_decode(arena, part, &text) && parse_object(arena, text, &to->header)
           && json_str(json_get(to->header, S("alg")), &to->alg) && to->alg.n != 0
           && is_absent_or_text(json_get(to->header, S("kid")), &to->kid)
           && is_absent_or_text(json_get(to->header, S("typ")), &to->typ)
           /* extensions a reader must understand or refuse: RFC 7515 s4.1.11, RFC 7797 s6 */
           && json_get(to->header, S("crit")) == NULL && json_get(to->header, S("b64")) == NULL;
}

bool
jwt_parse_jws(struct arena *arena, str token, struct jwt *ret)
{
    struct jwt jwt = {0};
    str parts[3];

    if (!split(token, parts) || !read_header(arena, parts[0], &jwt)
        || !base64url_decode(arena, parts[1], &jwt.payload)
        || !base64url_decode(arena, parts[2], &jwt.signature)) {
        return false;
    }
    jwt.signing_input = str_head(token, parts[0].n + 1 + parts[1].n);
    *ret = jwt;
    return true;
}

bool
jwt_parse(struct arena *arena, str token, struct jwt *ret)
{
    struct jwt jwt;

    if (!jwt_parse_jws(arena, token, &jwt) || !parse_object(arena, jwt.payload, &jwt.claims)) {
        return false;
    }
    *ret = jwt;
    return true;
}
