/* SPDX-License-Identifier: Apache-2.0 */
/* cardea apply: files say what the configuration is to be; what differs is shown, then made so through the API. */
#pragma once
#include "app/serve.h"
#include "app/state.h"

struct apply {
    const struct serve_inside *inside;
    const struct config *config;
    struct arena *arena;
    struct things here, wanted; /* on the server; in the files */
    struct things
        beside; /* entities of which an item says only more grants: the parents of those */
    struct uuid
        first_tenant; /* defaultTenantId: what an empty database's first tenant is to be called */
    str tenant_id;    /* of the default tenant; empty: there is none yet */
    bool has_opened;  /* the default tenant was made by this run */
    uint32_t named;   /* bits of the kinds that the files name */
    size_t faults;    /* told so far */
};

/* cardea apply -f FILE...: the exit status. */
enum { APPLY_DIFFERS = 3 /* of --dry-run */ };
int apply_run(const struct config *config);

/* Tells a fault: "cardea: PLACE: WHAT". */
void apply_fault(struct apply *apply, str place, str what);
/* Tells FusionAuth's Errors, each field by its path; false when it is none. */
bool apply_faults(struct apply *apply, const struct thing *thing, str errors);

/* Reads the files into wanted: items, and where they stand. */
void apply_read_files(struct apply *apply);
/* Finds each wanted thing on the server, by id or name; gives new ones their ids; replaces what its texts name. */
void apply_settle(struct apply *apply);

/* Reads each wanted thing by its table and compares; faults are told. */
void apply_compare(struct apply *apply);
/* Leaves out, and says so, new grants to people who are not there. */
void apply_find_people(struct apply *apply);
/* Tells what things name and is nowhere, and names that are taken. */
void apply_check_whole(struct apply *apply);
/* A key of the files is to be its tenant's own, and is not. */
bool apply_becomes_own(const struct thing *thing);
/* The thing of the files is to be made or changed. */
bool apply_differs(const struct thing *thing);
/* The thing of the server is deleted by --prune. */
bool apply_prunes(const struct apply *apply, const struct thing *thing);
/* Tells what hinders the deletion of those. */
void apply_check_prune(struct apply *apply);
/* Prints what is made, changed and deleted; how many that are. */
size_t apply_print_plan(const struct apply *apply);
