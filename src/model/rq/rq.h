/* SPDX-License-Identifier: Apache-2.0 */
/* A request as flows see it (DESIGN section 4): what came, what was read, what is to be written,
 * what to answer.
 *
 * A handler reads, decides, declares writes and prepares its answer; app/ commits the writes and
 * only then lets the answer leave. So a handler may be run again from its start: when it asks
 * for the hash pool (ERR_MOVE) or when a race undid its writes (ERR_AGAIN as a write's miss). */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/rng.h"
#include "codec/form.h"
#include "codec/json.h"
#include "io/db/db.h"
#include "io/http/http.h"
#include "model/rq/rq_count.h"
#include "model/rq/rq_house.h"

struct admin;
struct api_key;
struct application;
struct authorization;
struct cache_hold;
struct rq;
struct seal_opened;
struct tenant;
struct word_postings;

/* How faults are answered: fieldErrors, RFC 6749 s5.2, a readable page. */
enum rq_shape { RQ_API, RQ_OAUTH, RQ_PAGE };
enum rq_place { RQ_INLINE, RQ_WORKER, RQ_HASH };
enum { RQ_MAX_SEGMENTS = 6, RQ_ID_TEXT = 22 };

struct rq_drop { /* a cached thing to forget when the writes are committed */
    struct rq_drop *next;
    int kind;
    struct uuid id;
};

/* What another server is asked on behalf of a request, on a worker. It is asked once, however often the handler is run:
 * what was learnt lies behind this, in the struct that begins with it. */
struct rq_errand {
    struct rq_errand *next;
    void (*run)(struct rq *rq, struct rq_errand *errand);
};

/* Type EventInfo: the device and place a call comes from, if not the caller's own. */
struct rq_info {
    str address, user_agent, device_name, device_type, device_description, os, location, data;
    str login_data; /* metaData.data of a sign-in */
    bool is_told;   /* by a caller who is believed */
};

struct rq {
    struct house *house;
    struct arena *arena;
    const struct http_request *http;
    struct http_answer *answer;
    int64_t now; /* ms; the only clock a flow may read */
    struct rng *rng;
    struct db *db;
    struct db_writes writes;
    struct rq_drop *drops;
    struct cache_hold *holds;       /* released when the request ends */
    struct seal_opened *opened;     /* the user key opened last: most requests need one, twice */
    struct word_postings *postings; /* rows of model/word this request changes, each once */
    struct fault fault;
    struct field_faults faults;
    enum rq_shape shape;
    enum rq_place place;       /* where the handler is running now */
    const void *about;         /* what the route says its handler is about; NULL for most */
    int tries;                 /* how often it was run again */
    const void *kept;          /* by the handler, for when it is run again: asked of others once */
    unsigned rates_taken;      /* bits of model/lockout: counted for this request already */
    struct rq_errand *errand;  /* to be done before the handler is run again, or NULL */
    struct rq_errand *errands; /* done, newest first */
    bool is_unfinished; /* commit what was declared, then run it again; kept says how far it is */
    bool is_going_on;   /* it is run again because of that, or for the next part */
    bool
        has_more; /* the answer is a part, and nothing was declared: the handler is run again, as above, when it has
                         * left. What stays from part to part is behind kept; rq->arena keeps growing, so only once there */
    bool keeps_writes;       /* the refusal is itself a change (a token's family ends): commit it */
    str allow_origin;        /* CORS: the origin that may read this answer; empty: none */
    char id[RQ_ID_TEXT + 1]; /* request id: in the log, in x-request-id, on error pages */
    str segments[RQ_MAX_SEGMENTS]; /* what stood at {..} in the path; empty where left out */
    size_t segment_count;
    struct uuid path_tenant; /* from a /{tenantId} prefix; nil without */
    str lang;                /* of pages: "en", "ar" */
    /* set by the route's checks */
    const struct tenant *tenant;
    const struct application *application;
    const struct api_key *api_key;
    const struct admin *admin; /* who calls by an access token; api_key then says where they may */
    bool guards_admins;        /* a change by a caller who has not every right: see admin_guard */
    struct uuid login_application; /* of the sign-in that is tried, for its record */
    struct rq_info info;
    bool is_operator; /* made in the process by who has its keys: it may do all and sees secrets */
    bool has_mail;    /* declared something for the outbox: the mailer is woken at the commit */
    bool is_client_proven; /* the client's secret was right in this request */
    bool has_counts;       /* of what it does: see rq_count.h */
    uint16_t counts[RQ_COUNTS];
    /* parsed once, on demand */
    struct form query_, form_;
    const struct json *json_;
    bool has_query_, has_form_, has_json_;
};

#define FAIL(rq, code, field, detail)                                                              \
    fault_set(&(rq)->fault, code, field, detail, __FILE__, __LINE__)
/* A failure of storage or memory: details are in the log, not in the answer. */
#define FAIL_SERVER(rq) FAIL(rq, ERR_SERVER, NULL, "could not be completed: try again")

/* The query string and the form body, parsed once. Malformed or repeated parameters (RFC 6749
 * s3.1, OA-06) record ERR_INVALID_REQUEST; a body of another content type ERR_INVALID_REQUEST
 * too. */
MUST_USE enum err rq_query(struct rq *rq, const struct form **ret);
MUST_USE enum err rq_form(struct rq *rq, const struct form **ret);
/* The body as a JSON object; ERR_FIELDS with [invalidJSON] when it is not. An absent body, and null
 * (FusionAuth's Python client), give NULL. */
MUST_USE enum err rq_json(struct rq *rq, const struct json **ret);
/* The form of a page of ours: checkboxes may share a name. */
MUST_USE enum err rq_form_of_page(struct rq *rq, const struct form **ret);
/* One query parameter, decoded; empty when absent, there more than once, or the query is malformed. */
str rq_query_get(struct rq *rq, str name);
str rq_header(const struct rq *rq, str name);
/* Where the call comes from: as a caller who is believed says, else where the connection does. */
str rq_address(const struct rq *rq);
/* The segment at index as a UUID: ERR_OK, or ERR_FIELDS ([couldNotConvert]) ; nil when the segment
 * was left out. */
MUST_USE enum err rq_segment_id(struct rq *rq, size_t index, const char *name, struct uuid *ret);
/* A cookie's value; empty when absent. */
str rq_cookie(const struct rq *rq, str name);
/* "Bearer xyz" -> xyz; empty for any other scheme or none. */
str rq_bearer(const struct rq *rq);

/* Declares a write of copies of the values; miss is the fault to answer when the expectation
 * fails (ERR_AGAIN: run the handler again). */
void rq_write(struct rq *rq, int statement, enum db_expect expect, enum err miss,
    const struct db_value *values, size_t count);
/* Forgets what went wrong so far: for who answers it in another way. */
void rq_forget_fault(struct rq *rq);
/* Forgets what was declared: what is declared from here on is committed with the refusal that follows. */
void rq_keep_refusal(struct rq *rq);
/* Reads; both record ERR_BUSY when storage fails. *ret NULL when there is no row. */
MUST_USE enum err rq_read(
    struct rq *rq, int statement, struct db_row **ret, const struct db_value *values, size_t count);
MUST_USE enum err rq_read_all(struct rq *rq, int statement, size_t max, struct db_row **ret,
    const struct db_value *values, size_t count);

/* The first column of rows as ids. */
MUST_USE enum err rq_ids(
    struct rq *rq, const struct db_row *rows, struct uuid **ret, size_t *ret_count);

/* Answers. rq_answer_json takes what out wrote; all set Cache-Control: no-store. */
enum err rq_answer_empty(struct rq *rq, int status);
enum err rq_answer_json(struct rq *rq, int status, const struct buf *body);
enum err rq_answer_text(struct rq *rq, int status, str content_type, str body);
/* 303 (never 307/308: OA-07) to a URL that has been checked by the caller. */
enum err rq_redirect(struct rq *rq, str url);
void rq_set_header(struct rq *rq, str name, str value);
/* Sets a cookie for the whole host: HttpOnly, SameSite=Lax, Secure as the base URL says;
 * max_age_s < 0: until the browser ends. */
void rq_set_cookie(struct rq *rq, str name, str value, int64_t max_age_s);
/* The name as set on this server: "__Host-" + name under https. */
str rq_cookie_name(const struct rq *rq, str name);
/* A JSON writer on the request's arena. */
void rq_json_out(struct rq *rq, struct buf *buf, struct json_out *out);

/* A browser says that this form was sent by another site or origin (OA-20). Pages of ours send
 * Origin: null, because they give no referrer, and Sec-Fetch-Site: same-origin. A second line: the
 * first is the cookie the sealed page is bound to. */
bool rq_is_from_elsewhere(const struct rq *rq);
/* ERR_OK on the hash pool, else ERR_MOVE: return it, and the handler is run again there. */
MUST_USE enum err rq_needs_hash(struct rq *rq);
/* Has the errand done: at once on a worker, else ERR_MOVE: return it, and the handler is run again where it was. Look
 * among rq->errands first. */
MUST_USE enum err rq_send(struct rq *rq, struct rq_errand *errand);
/* A fresh version-7 id. */
struct uuid rq_new_id(struct rq *rq);
/* The client wants JSON rather than a page (Accept, or a JSON body). */
bool rq_wants_json(const struct rq *rq);
