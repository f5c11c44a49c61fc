/* SPDX-License-Identifier: Apache-2.0 */
/* Exports: a CSV file (RFC 4180) in a ZIP archive, as FusionAuth answers them. An export has any length: it is made, and
 * leaves, a part at a time, and a handler is run again for each (decision 0032):
 *
 *   api_export_answer -> api_export_read -> api_export_start -> a part leaves -> api_export_answer -> a part leaves ... */
#pragma once
#include "codec/datetime.h"
#include "flow/api/api.h"

struct api_export {
    struct rq *rq;
    /* Writes the next rows, some tens; what it keeps for the ones behind them is in the struct that begins with this one. */
    enum err (*rows_of)(struct api_export *to, bool *ret_is_all);
    str format; /* of instants */
    struct datetime_zone zone;
    const char *name; /* of the files, without what is behind the dot */
    struct zip *zip;
    struct buf archive, rows; /* rows: what was not compressed yet */
    bool has_cell;            /* in the row that is being written */
    bool is_begun;            /* a part has left */
};

/* Reads {"criteria": {...}, "dateTimeSecondsFormat", "zoneId"}, or the query string's parameters for a GET. */
MUST_USE enum err api_export_read(
    struct rq *rq, const struct field_table *table, void *criteria, struct api_export *ret);
/* How the export writes instants, FusionAuth's way where a text is empty; faults are only collected. */
void api_export_times(struct rq *rq, str format, str zone, struct api_export *to);
/* Begins the file; what that needs lies on the request's arena, whichever is in use for the rows, and so does *to. */
MUST_USE enum err api_export_start(struct api_export *to, const char *name, const char *header);
/* Cells of the row, in order; a text that a spreadsheet would take for a formula begins with a quote. */
void api_export_text(struct api_export *to, str text);
void api_export_number(struct api_export *to, int64_t number);
void api_export_instant(struct api_export *to, int64_t instant);
void api_export_id(struct api_export *to, struct uuid id); /* nil: empty */
/* Ends the row; ERR_FIELDS when the file has 4 GB. */
MUST_USE enum err api_export_row(struct api_export *to);
/* Answers the next part of the export this request is in the middle of, or the first: all, when that is not much. start reads
 * and starts one that has just begun, in a struct of that size on the request's arena, which begins with *to. */
MUST_USE enum err api_export_answer(
    struct rq *rq, size_t size, enum err (*start)(struct api_export *to));
