/* Owns the text functions of the language, as pure functions of bytes.
 * Must never know: facts, rules, or that an answer may be unknown. */
#ifndef RUN_STRFN_H
#define RUN_STRFN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/text.h"

/* `*` any run of bytes, dots too; `?` one byte; `[a-z]`, `[!a-z]` a class, in which a `]` in first place is a
 * member; `\` takes the next byte as it is, in a class too. Matches the whole text. Constant space, time at most
 * length × pattern. A class without its closing bracket is taken literally, and so is a backslash at the very
 * end. */
bool strfn_glob(struct text text, struct text pattern);

/* How many bytes are ASCII digits. */
int64_t strfn_digits(struct text text);

/* Shannon entropy of the bytes, in bits a byte; 0 for an empty text. */
double strfn_entropy(struct text text);

enum { STRFN_EDIT_MAX = 512 };

/* Levenshtein distance of bytes. Texts are cut to STRFN_EDIT_MAX bytes first, so the cost is bounded. */
int64_t strfn_edit_distance(struct text a, struct text b);

/* Whether the lower-case name spells the whole address out, for 192.0.2.17 and 2001:db8::25 as
 *   decimal octets, with or without leading zeros   dsl-192-0-2-17  host192.000.002.017  x192x0x2x17
 *   decimal octets of three digits, joined          192000002017
 *   hexadecimal octets of two digits                pc0-00-02-11
 *   hexadecimal octets of two digits, joined        c0000211  0xc0000211
 *   eight groups, with or without leading zeros     2001-db8-0-0-0-0-0-25  2001-0db8-0000-…-0025
 *   32 nibbles, one by one                          2.0.0.1.0.d.b.8.…
 *   32 nibbles, joined                              20010db8000000000000000000000025
 *   groups, a run of zero ones compressed           2001-db8--25
 * each but the last also with its octets, groups or nibbles in reverse order (17.2.0.192, the ip6.arpa name). A
 * separator is any one byte that is no digit of the form's base, the same one throughout. A number must be a
 * whole run of digits: neither 1192-0-2-17 nor 192-0-2-170 has the octets, nor dc0000211 the eight hexadecimal
 * digits. More numbers may stand before or behind (4-192-0-2-17), except that a compressed form may not go on
 * (2001-db8--25-1 is another address). Part of an address (2-17) is nothing, nor are plain octets without a
 * separator (1920217), single hexadecimal digits for octets (c0-0-2-11), ::1 as --1, 2001:: as 2001--. False for
 * the empty address. */
bool strfn_embeds_address(struct text name, struct addr address);

/* Whether `key` is a whole piece of `name`, pieces being delimited by dots and hyphens and the ends. The key may
 * itself hold dots and hyphens. Both lower case. */
bool strfn_has_piece(struct text name, struct text key);

#endif
