/* SPDX-License-Identifier: Apache-2.0 */
/* A ZIP archive of one file, compressed while it is written (PKWARE APPNOTE 6.3.3 s4.3, RFC 1951), for exports of any
 * length: what is known at its end only, stands at its end, so what out holds may be taken away (out->n = 0) after any
 * call. zlib is opened when the first archive is made. */
#pragma once
#include "base/buf.h"

struct arena;
struct zip;

/* Begins an archive in out; name (UTF-8) and the file's time, in UTC. What compressing needs, some 270 KB, lies on the
 * arena. NULL without memory or zlib (which is then told in the log). */
MUST_USE struct zip *zip_begin(struct arena *arena, struct buf *out, str name, int64_t instant_ms);
/* The next part of the file. False once the archive does not fit into out, or the file has 4 GB (ZIP64 is not written). */
MUST_USE bool zip_add(struct zip *zip, str part);
/* Ends the archive; false when it did not fit. */
MUST_USE bool zip_end(struct zip *zip);
