/* SPDX-License-Identifier: Apache-2.0 */
/* One request of a kickstart file: read from its entry, made, and made again without the members
 * that nobody knows. */
#pragma once
#include "app/kickstart_text.h"

struct dispatch;

struct kickstart_call { /* its texts replaced; the body is JSON */
    str method, url, tenant_id, content_type, body;
};

/* Reads an entry of "requests", or the file that it names ("&{json/application.json}"). False with
 * kt->fault. */
MUST_USE bool kickstart_call_read(
    struct kickstart_text *kt, const struct json *entry, struct kickstart_call *ret);

struct kickstart_answer {
    int status;
    str body;
    str left_out; /* paths of members that were left out because nobody knows them */
};
/* Makes the request with an API key. FusionAuth reads over members it does not know, and its
 * users' files have some: a request that is refused for such members alone, and so has done nothing,
 * is made again without them. */
void kickstart_call_make(struct dispatch *dispatch, struct arena *arena, str api_key,
    const struct kickstart_call *call, struct kickstart_answer *ret);

/* The body without the members that an answer of status 400 calls unknown. False when it complains
 * of anything else, or names nothing that is there. */
MUST_USE bool kickstart_call_without_unknown(
    struct arena *arena, str body, str answer, str *ret_body, str *ret_left_out);
