/* Owns the form in which a name is asked for, and whether it can be.
 * Must never know: who asks, or whom. */
#ifndef DNS_QUESTION_NAME_H
#define DNS_QUESTION_NAME_H

#include <assay/answer.h>

#include "base/text.h"

enum { QUESTION_NAME_SIZE = 256 };

/* Lower case, without the last dot; of a PTR question for an address, its reverse name. False, with *out empty, when
 * DNS has no such names: empty, too long, an empty label or one of more than 63 bytes, a byte that is not printable
 * ASCII, a backslash. *out lies in `bytes`. */
bool question_name(struct text *out, char bytes[QUESTION_NAME_SIZE], assay_question_type type, struct text name);

#endif
