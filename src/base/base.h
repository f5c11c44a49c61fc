/* SPDX-License-Identifier: Apache-2.0 */
/* The handful of words every file may use: attributes, checks, cleanup, sizes. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

/* Runs fn(&variable) when the variable leaves its scope; only for what an arena cannot free. */
#define AUTO(fn) __attribute__((cleanup(fn)))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KB(n) ((size_t)(n)*1024)
#define MB(n) ((size_t)(n)*1024 * 1024)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* States an invariant of ours and stays on in release; input is never checked with it, it is
 * refused. A false CHECK ends the process with its place on standard error. */
#define CHECK(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))

NORETURN void check_failed(const char *what, const char *file, int line);
