/* Owns the one status type that every layer returns, and the names of its values.
 * Must never know: what any layer does. It includes nothing of ours. */
#ifndef ASSAY_STATUS_H
#define ASSAY_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what the library gives out. What a comment calls static lives as long as the process, and is never freed;
 * what is borrowed lives as long as its owner, or as the comment says. Since 0.1. */
#if defined(__GNUC__)
#define ASSAY_API __attribute__((visibility("default")))
#else
#define ASSAY_API
#endif

/* What a call answers. Zero is success. A failed call leaves a pointer that it was to hand out NULL, and a struct
 * that it was to fill as it was; where a comment names no other status, a call answers only ASSAY_BAD_ARGUMENT
 * besides. Since 0.1. */
typedef enum assay_status {
  ASSAY_OK = 0,
  ASSAY_NO_MEMORY,    /* the allocator answered NULL, or a limit on memory was reached */
  ASSAY_BAD_ARGUMENT, /* the call broke its contract: a NULL, an id that does not exist */
  ASSAY_BAD_VALUE,    /* a value does not have the form its type needs (an address, a number) */
  ASSAY_BAD_RULES,    /* the rules have errors; the diagnostics say which */
  ASSAY_NOT_FOUND,    /* a file or a name does not exist */
  ASSAY_IO_ERROR,     /* the system could not read or write */
  ASSAY_OVER_LIMIT,   /* a documented limit was reached */
  ASSAY_UNVERIFIED,   /* the verifier refused what the compiler made: a fault of this library */
  ASSAY_BAD_SETTINGS  /* the settings have errors; the diagnostics say which */
} assay_status;

/* The status in words, for a person: "out of memory"; "unknown status" for what is none. Static; never NULL. From
 * any thread. Since 0.1. */
ASSAY_API const char *assay_status_text(assay_status status);

#ifdef __cplusplus
}
#endif
#endif
