/* SPDX-License-Identifier: Apache-2.0 */
/* A ZIP archive of one file, stored as it is (PKWARE APPNOTE 6.3.3 s4.3), for exports. */
#pragma once
#include "base/buf.h"

/* Writes the whole archive; instant is the file's time, in UTC. The buf fails when it does not fit. Names are
 * UTF-8; content of 4 GB or more is not for this format. */
void zip_write(struct buf *buf, str name, int64_t instant_ms, str content);
/* CRC-32 of ISO 3309, as ZIP and gzip use it. */
uint32_t zip_crc(str content);
