/* Owns the buffered writing of standard output, and the memory of its failure.
 * Must never know: what is written. */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "proto/bytes.h"

#define OUT_FULL (64u * 1024u) /* what is worth a system call */

/* Writers append to `bytes`; out_drain, now and then, hands a full buffer to the system. */
struct out {
  struct bytes bytes;
  int fd;
  int error; /* errno of the first failure; nothing is written after it */
};

/* Writes all bytes; 0, or errno. */
int out_all(int fd, const char *ptr, size_t len);

/* Writes when the buffer is full; false when writing has failed. */
bool out_drain(struct out *out);

/* Writes what there is. */
bool out_flush(struct out *out);

/* An assay_write_fn whose user is a struct out. */
void out_write(void *user, const char *ptr, size_t len);

#endif
