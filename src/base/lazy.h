/* SPDX-License-Identifier: Apache-2.0 */
/* Shared libraries opened when they are first needed: binding one takes milliseconds and megabytes, which a
 * process that never needs it should not pay. The library's own header gives the types of its functions:
 *
 *     #define ZIP_FUNCTIONS(X) X(compress) X(uncompress)
 *     static struct { ZIP_FUNCTIONS(LAZY_MEMBER) } zip;
 *     static const char *const zip_names[] = { ZIP_FUNCTIONS(LAZY_NAME) };
 *     ... is_ready = lazy_open_or_log("libz.so.1", zip_names, COUNT(zip_names), &zip); ... zip.compress(...) */
#pragma once
#include "base/base.h"

#define LAZY_MEMBER(function) __typeof__(function) *function;
#define LAZY_NAME(function) #function,

/* Opens the library for good and writes the addresses of the named functions to ret_functions, a struct of as many
 * function pointers in the same order. NULL, or why not: a text for the operator, this thread's until its next call;
 * then nothing is written. Callers run it under pthread_once or before there are threads. */
MUST_USE const char *lazy_open(
    const char *soname, const char *const *names, size_t count, void *ret_functions);
/* The same for who can do without: false when the log says why (library.missing). */
MUST_USE bool lazy_open_or_log(
    const char *soname, const char *const *names, size_t count, void *ret_functions);
