/* SPDX-License-Identifier: Apache-2.0 */
/* What the requests of a process share. */
#pragma once
#include "base/fault.h"
#include "base/str.h"

#include <stdatomic.h>

struct attempts;
struct authorization;
struct breaches;
struct cache;
struct captchas;
struct db;
struct fetch;
struct keyring;
struct lockouts;
struct metrics;
struct rng;
struct rq;
struct rq_counts;
struct verdicts;

struct house { /* what the whole process shares; made by app/, read-only for flows */
    struct db *db;
    struct keyring *keyring;
    struct cache *cache;       /* compiled tenants, applications, signing keys */
    struct verdicts *verdicts; /* recently verified access tokens */
    struct lockouts
        *lockouts; /* failed sign-ins, counted in memory: anonymous traffic never writes */
    struct attempts *attempts; /* those that are to be written down; NULL: none are */
    struct fetch *fetch;
    void (*wake_mailer)(
        void *jobs); /* when something for it was committed; NULL: it looks now and then */
    void (*wake_locker)(void *jobs); /* when somebody is due for the lock of failed sign-ins */
    void *jobs;
    struct captchas *captchas; /* captchas' tokens that were used */
    struct breaches
        *breaches; /* the service that knows passwords that got out; NULL: none is asked */
    struct rq_counts *counts; /* what requests did; NULL: nobody counts */
    struct metrics *metrics;  /* app/metrics: what the process shows of itself; NULL: nothing */
    struct rng *rng;
    struct house_segment { /* model/word: the newest segment, as it was read or begun last */
        _Atomic int64_t number, read_at;
    } word_segment;
    str base_url; /* "https://id.example.com", no slash at the end: never taken from a Host header */
    bool is_https; /* base_url is https: cookies get Secure and the __Host- prefix */
    bool is_demo;
    bool shows_locally; /* --local-metrics: how it is, to who asks on this machine */
    /* The door from flow/oauth/authorize to flow/signin, hung by app/ because rooms do not
     * include each other. */
    enum err (*ask_user)(struct rq *rq, struct authorization *authorization);
};
