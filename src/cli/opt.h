/* Owns the reading of a verb's command line from a table, and the help that is printed from the same table.
 * Must never know: what an option does. */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

/* Where a value goes, by kind; the last one given stays. A duration is never 0, so that 0 says that there was none. */
enum opt_kind {
  OPT_FLAG,     /* a bool */
  OPT_TEXT,     /* a const char * */
  OPT_MAYBE,    /* a const char *: glued to the option by =, else opt_bare; the next argument is not its value */
  OPT_DURATION, /* a uint32_t, milliseconds: 700ms, 5s, 2m */
  OPT_LIST      /* the end of a struct opt_list */
};

/* The value of an OPT_MAYBE that was given without one; to be known by its address. */
extern const char opt_bare[];

struct opt {
  const char *name; /* without its two hyphens */
  char letter;      /* its short form, or 0 */
  enum opt_kind kind;
  const char *value; /* what help calls its value */
  size_t offset;     /* of the member in the verb's struct */
  const char *key;   /* OPT_LIST: goes into the list beside the value; may be NULL */
  const char *doc;
};

struct opt_pair {
  const char *key, *value;
};

struct opt_list {
  struct opt_pair *items; /* caller frees with opt_list_free */
  size_t count;
};

struct opt_spec {
  const char *usage; /* "assay check PATH…" */
  const char *about;
  const struct opt *options;
  size_t count;
  size_t arguments; /* offset of the struct opt_list that takes what is no option */
  const char *wanted; /* what the first of them is where there must be one, "a rule file"; else NULL */
  size_t most;
};

/* False when there is nothing more to do; the exit code is then in *code: help was asked for, or the line is
 * wrong. */
bool opt_parse(const struct opt_spec *spec, struct cli *cli, void *into, int argc, char **argv, int *code);
void opt_list_free(struct opt_list *list);

#endif
