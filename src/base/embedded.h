/* SPDX-License-Identifier: Apache-2.0 */
/* Files held whole in the program: what tools/embed_files writes. */
#pragma once

struct embedded { /* the last row of a list has no name */
    const char
        *name; /* below the folder of the first: "signin.mustache", "messages/en.properties" */
    const char *hash; /* the start of the content's SHA-256 */
    const char *start, *end;
};
