/* SPDX-License-Identifier: Apache-2.0 */
/* What the system says of this process. What it does not say is 0. */
#pragma once
#include "base/base.h"

struct process {
    uint64_t resident_bytes, virtual_bytes, cpu_us, open_files, max_files;
};

struct process process_look(void);
