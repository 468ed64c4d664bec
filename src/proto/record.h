/* Owns what every codec of connections shares: the id that is echoed, the outcome, the error and its words.
 * Must never know: any one format. */
#ifndef PROTO_RECORD_H
#define PROTO_RECORD_H

#include <assay/facts.h>
#include <stddef.h>

/* The id of a connection, to be echoed in its verdict; borrowed from the line it came in. */
enum proto_id_kind { PROTO_ID_NONE, PROTO_ID_JSON /* a scalar as JSON writes it */, PROTO_ID_BYTES };

struct proto_id {
  enum proto_id_kind kind;
  const char *ptr;
  size_t len;
};

enum proto_result {
  PROTO_OK,
  PROTO_BAD, /* the bytes are malformed; the error says how */
  PROTO_NO_MEMORY
};

/* One line for a person, without a full stop, printable whatever the input was. */
struct proto_error {
  char text[400];
};

/* Formats an error; controls in what is inserted are escaped. Always PROTO_BAD, for `return`. */
enum proto_result proto_fail(struct proto_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes from outside in quotes, printable and cut short, to insert in an error. */
struct proto_shown {
  char text[96];
};
struct proto_shown proto_show(const char *ptr, size_t len);

/* The number of a fact by its name; the error suggests the nearest. `what` is "key" or "column". */
enum proto_result proto_find_fact(assay_fact *out, const char *what, const char *name, size_t len,
                                  struct proto_error *error);

/* What became of setting a fact from these bytes; the error says which form the value needs. */
enum proto_result proto_value_result(assay_status status, assay_fact fact, const char *ptr, size_t len,
                                     struct proto_error *error);

/* "a whole number, 0 to 65535", "an IPv4 or IPv6 address, such as 192.0.2.1". */
struct proto_shown proto_form(const assay_fact_info *info);

#endif
