/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator can set: by option, by CARDEA_... in the environment, by a YAML file; in
 * that order of weight. */
#pragma once
#include "base/str.h"

struct arena;

/* One row per setting: member, option and YAML key, what it is for. A setting without a value is
 * a switch. */
#define CONFIG_TEXTS(X)                                                                            \
    X(data, "data", "folder of the databases and the master key (./var)")                          \
    X(database, "database", "postgresql://... instead of files in the data folder")                \
    X(key_database, "key-database", "postgresql://... for users' keys, apart from the data")       \
    X(database_replica, "database-replica", "postgresql://... for lists that may be old")          \
    X(database_writers, "database-writers", "threads that commit to PostgreSQL (2)")               \
    X(workers, "workers", "threads for what waits (2; 8 with PostgreSQL)")                         \
    X(listen, "listen", "address and port to listen on (127.0.0.1:9011)")                          \
    X(url, "url", "base URL browsers and clients use (http://localhost:PORT)")                     \
    X(kickstart, "kickstart", "kickstart file, applied once to an empty database")                 \
    X(master_key_file, "master-key-file", "master key (DATA/master.key, made on first start)")     \
    X(tls_cert, "tls-cert",                                                                        \
        "PEM file of the certificate chain; with it the server speaks TLS 1.3")                    \
    X(tls_key, "tls-key", "PEM file of the certificate's key")                                     \
    X(loops, "loops", "I/O threads (one per core)")                                                \
    X(hash_threads, "hash-threads", "threads for passwords (one per core)")                        \
    X(outgoing_proxy, "outgoing-proxy",                                                            \
        "http://host:port that requests to other servers go through")                              \
    X(outgoing_ca, "outgoing-ca", "PEM file of who is trusted in requests (the system's)")         \
    X(breach_range_url, "breach-range-url",                                                        \
        "where passwords that got out are looked up (https://api.pwnedpasswords.com/range/)")      \
    X(secrets, "secrets",                                                                          \
        "export: folder for secrets, a file each (references to the environment)")                 \
    X(event_days, "event-days", "days events are kept, 7 or more; 0: for ever (365)")
#define CONFIG_SWITCHES(X)                                                                         \
    X(status, "status", "migrate: tell what is applied and what is missing, change nothing")       \
    X(dry_run, "dry-run", "apply: only show the plan; exit status 3 if it changes something")      \
    X(prune, "prune", "apply: delete what is of the files' kinds and tenants, and not in them")    \
    X(yes, "yes", "apply: do not ask at a terminal")                                               \
    X(kickstart_strict, "kickstart-strict",                                                        \
        "do not start when a request of the kickstart file is refused")                            \
    X(demo, "demo", "a demo tenant, application, users and relying party at /demo")                \
    X(quiet, "quiet", "no log line per request")                                                   \
    X(local_metrics, "local-metrics",                                                              \
        "show metrics and status without a key to who asks on this machine (no proxy on it)")      \
    X(no_rate_limit, "no-rate-limit", "no limits per address (behind a proxy that limits)")        \
    X(tls12, "tls12", "accept TLS 1.2 as well")                                                    \
    X(allow_private_fetch, "allow-private-fetch", "let outgoing requests reach private addresses")

enum { CONFIG_FILES_MAX = 64 };

struct config {
#define X(member, name, help) const char *member;
    CONFIG_TEXTS(X)
#undef X
#define X(member, name, help) bool member;
    CONFIG_SWITCHES(X)
#undef X
    const char *files[CONFIG_FILES_MAX]; /* -f FILE... */
    size_t file_count;
    const char *operand; /* what stands behind the options: the kickstart command's file */
};

/* Reads argv behind the command's name, then the environment, then --config FILE. False with
 * *ret_why, a sentence on the arena. */
MUST_USE bool config_read(
    struct arena *arena, int argc, char **argv, struct config *ret, const char **ret_why);
/* Prints the options. */
void config_print_help(void);
