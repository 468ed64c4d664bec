/* Owns the types of values, and the shape in which a function of a host gets and gives them.
 * Must never know: rules, or a connection. It includes nothing of ours but the status. */
#ifndef ASSAY_VALUE_H
#define ASSAY_VALUE_H

#include <assay/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The type of a fact, of an argument, of a result. Since 0.1. */
typedef enum assay_type {
  ASSAY_TYPE_BOOL,
  ASSAY_TYPE_INT,
  ASSAY_TYPE_STRING,       /* bytes */
  ASSAY_TYPE_NAME,         /* a DNS name as received: any bytes */
  ASSAY_TYPE_ADDRESS,      /* IPv4 or IPv6 */
  ASSAY_TYPE_MAILBOX,      /* local@domain, or empty for <> */
  ASSAY_TYPE_MAILBOX_LIST, /* of facts only */
  ASSAY_TYPE_REAL          /* of functions only */
} assay_type;

/* A value that a rule hands to a function of the host, or that it answers. Which members count, `type` says. An empty
 * name, string, mailbox or address has len 0. Bytes of an argument live until the function returns. Since 0.1. */
typedef struct assay_value {
  assay_type type;
  int64_t number;    /* INT; BOOL: 0 or 1 */
  double real;       /* REAL */
  const char *bytes; /* STRING; NAME as received; MAILBOX in lower case, without <>; ADDRESS: 4 or 16 bytes, RFC 791
                        or RFC 4291 order. Not NUL-terminated; may hold any byte */
  size_t len;
} assay_value;

/* A call that is going on: the function may take memory from it. Since 0.1. */
typedef struct assay_call assay_call;

/* A function of the host. It must be pure: the same arguments, the same answer, and no I/O, lock or wait, for it runs
 * in the midst of an evaluation, on whichever thread evaluates. All arguments are known, and of the types asked for.
 * ASSAY_OK: *result, which comes in with its type set and otherwise zero, has the answer; its bytes are copied when
 * the function has returned, so they lie in static memory, in an argument, or in memory from assay_call_memory.
 * ASSAY_NO_MEMORY ends the evaluation with that status. Any other status, and a result that is not of its type: there
 * is no answer, the value is unknown, *failed*. Since 0.1. */
typedef assay_status (*assay_function_fn)(void *user, const assay_value *arguments, assay_value *result,
                                          assay_call *call);

#ifdef __cplusplus
}
#endif
#endif
