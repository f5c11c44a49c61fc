/* SPDX-License-Identifier: Apache-2.0 */
/* Static files of the hosted pages, from the binary. */
#include "flow/ops/ops_asset.h"

#include "model/page/page.h"

enum err
ops_asset(struct rq *rq)
{
    str type, body;

    if (!page_asset(rq->http->path, &type, &body)) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "is not there");
    }
    rq->answer->status = 200;
    rq->answer->body = body;
    rq_set_header(rq, S("content-type"), type);
    rq_set_header(rq, S("cache-control"), S("public, max-age=31536000, immutable"));
    return ERR_OK;
}
