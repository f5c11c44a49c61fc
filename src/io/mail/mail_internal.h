/* SPDX-License-Identifier: Apache-2.0 */
/* Between mail_format.c and mail.c. */
#pragma once
#include "io/mail/mail.h"

/* True for local@domain in ASCII as RFC 5321 s4.1.2 writes it, without quoted strings and literals. */
bool mail_format_address_ok(str address);
/* What follows the @; empty if there is none. */
str mail_format_domain(str address);
