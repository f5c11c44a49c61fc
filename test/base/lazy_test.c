/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's own parts, opened a second time by name: addresses that work, and reasons that say what is missing. */
#define UNIT lazy
#include "base/lazy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define MATH_FUNCTIONS(X) X(sqrt) X(pow)

static struct {
    MATH_FUNCTIONS(LAZY_MEMBER)
} math;
static const char *const math_names[] = {MATH_FUNCTIONS(LAZY_NAME)};

TEST(functions_come_in_the_order_of_their_names)
{
    REQUIRE(lazy_open("libm.so.6", math_names, COUNT(math_names), &math) == NULL);
    EXPECT(math.sqrt(81.0) == 9.0);
    EXPECT(math.pow(2.0, 10.0) == 1024.0);
}

TEST(a_library_opens_any_number_of_times)
{
    REQUIRE(lazy_open("libm.so.6", math_names, COUNT(math_names), &math) == NULL);
    REQUIRE(lazy_open("libm.so.6", math_names, COUNT(math_names), &math) == NULL);
    EXPECT(math.sqrt(4.0) == 2.0);
}

TEST(a_missing_library_is_named)
{
    void *function = &math;
    const char *why = lazy_open("libcardea-has-none.so.0", math_names, 1, &function);

    REQUIRE(why != NULL);
    EXPECT(strstr(why, "libcardea-has-none.so.0") != NULL);
    EXPECT(function == &math);
}

TEST(a_missing_function_is_named_and_nothing_is_written)
{
    static const char *const names[] = {"sqrt", "cardea_has_no_such_function"};
    void *functions[2] = {NULL, NULL};
    const char *why = lazy_open("libm.so.6", names, COUNT(names), functions);

    REQUIRE(why != NULL);
    EXPECT(strstr(why, "cardea_has_no_such_function") != NULL);
    EXPECT(functions[0] == NULL && functions[1] == NULL);
}
