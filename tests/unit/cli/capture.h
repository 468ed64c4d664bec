/* Owns what tests of the command line share: standard error taken down, bytes compared with their difference shown.
 * Must never know: what is tested. */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H

#include "cli/cli.h"

struct capture {
  int saved, into;
};

/* From here on what is written on standard error is kept; the text of it, caller frees, when it ends. */
void capture_begin(struct capture *capture);
char *capture_end(struct capture *capture);

/* A file without a name, with these bytes, to be read from its start. */
int capture_file(const char *ptr, size_t len);

/* Fails and shows both where they differ. */
void assert_bytes(const struct bytes *bytes, const char *want);

/* A program that writes no colours and to no terminal. */
struct cli plain_cli(void);

#endif
