/* SPDX-License-Identifier: Apache-2.0 */
/* A User-Agent header in three words, for the list of a person's sessions: "Firefox on Windows". */
#pragma once
#include "base/str.h"

struct useragent {
    str browser; /* "Chrome", "Safari", "curl", "Unknown" ...: fixed text */
    str os;      /* "Windows", "macOS", "iOS", "Android", "Linux", "Unknown" */
    str device;  /* FusionAuth's DeviceType: "DESKTOP", "MOBILE", "TABLET", "BROWSER", "UNKNOWN" */
};

/* Never fails; reads at most the first 512 bytes; echoes nothing of the input. */
struct useragent useragent_read(str header);
