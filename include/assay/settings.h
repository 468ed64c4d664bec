/* Owns files of settings in the lexical form of rule files, for whatever a host calls its settings.
 * Must never know: what a setting is for. */
#ifndef ASSAY_SETTINGS_H
#define ASSAY_SETTINGS_H

#include <assay/alloc.h>
#include <assay/diag.h>
#include <assay/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What was set in a file, in its order. Immutable: any number of threads may read it. It knows nothing of the host's
 * forms any more. Caller frees with assay_settings_free. Since 0.1. */
typedef struct assay_settings assay_settings;

/* What one setting is called and takes. A file has one setting a line: its name, and behind it the values that the form
 * says, with blanks between. Only used while settings are read. Since 0.1. */
typedef struct assay_setting_form {
  const char *name;   /* "workers"; several words make it one of a family: "limit idle", "limit request" */
  const char *values; /* "spamd|policy ENDPOINT [owner TEXT] [mode OCTAL(0..0777)]": see below; "": it takes none */
  bool repeats;       /* it may stand any number of times, else once */
  const char *doc;    /* a few words that stand behind the form where a message shows it, or NULL */
} assay_setting_form;

/* The language of assay_setting_form.values: places, with one blank between them. A place is what may stand there, with
 * | between several: a word in lower case stands for itself, one in upper case for a value:
 *   WORD     letters, digits and _ . - that begin with a letter or _
 *   STRING   "a text", with the escapes of the rule language; it holds no NUL byte
 *   TEXT     either of them
 *   NUMBER   a whole number, also 512k, 5M, 1G: of 1024, 1024 k, 1024 M. NUMBER(1..4k) is one from 1 to 4096
 *   OCTAL    a number in octal digits, such as a file's mode; with a range as above
 *   DURATION 250ms, 30s, 5m, 1h; with a range as above: DURATION(1s..1h)
 *   ADDRESS  an IP address
 *   NETWORK  192.0.2.0/24, or an address: the network that holds nothing else
 *   ENDPOINT where something can listen: tcp:192.0.2.1:783, tcp:[::1]:783, tcp:*:783, unix:/path
 *   SERVER   where something can be asked: 192.0.2.1, 192.0.2.1:53, ::1, [::1]:53
 * A list is a place with ... behind it: NETWORK... It takes one value or more, and is the last place. Behind all places
 * may stand optional parts, each of a name and places of its own, or of a name alone: [owner TEXT] [tls]. They may come
 * in any order, each at most once; in their setting, their names begin them wherever they stand. Words that a form
 * names are letters, digits, _ and -, and begin with a letter in lower case. Since 0.1. */

/* What a value is. Since 0.1. */
typedef enum assay_setting_kind {
  ASSAY_SETTING_WORD,     /* also one that stands for itself in the form */
  ASSAY_SETTING_STRING,
  ASSAY_SETTING_NUMBER,   /* NUMBER and OCTAL */
  ASSAY_SETTING_DURATION,
  ASSAY_SETTING_ADDRESS,
  ASSAY_SETTING_NETWORK,
  ASSAY_SETTING_TCP,      /* an ENDPOINT of TCP, */
  ASSAY_SETTING_UNIX,     /* and a Unix socket */
  ASSAY_SETTING_SERVER
} assay_setting_kind;

/* One setting. Texts are NUL-terminated, borrowed, and live as long as the settings. Since 0.1. */
typedef struct assay_setting {
  const char *name;  /* that of its form */
  size_t form;       /* its place in the table of forms */
  size_t value_count;
  assay_place place; /* of the name; without a label */
} assay_setting;

/* One value. Texts are NUL-terminated, borrowed, and live as long as the settings. Since 0.1. */
typedef struct assay_setting_value {
  assay_setting_kind kind;
  const char *part;    /* the optional part it stands in; "": in none. One without places has its name for its value */
  const char *text;    /* a word; the bytes of a string; the path of a Unix socket; else as it is written */
  int64_t number;      /* a number; a duration in milliseconds; else 0 */
  const char *address; /* an IP address (RFC 5952), the first one of a network; of TCP "*" for all; else "" */
  unsigned family;     /* of the address: 4, 6; 0: there is none */
  unsigned bits;       /* of a network: its length; else 0 */
  unsigned port;       /* TCP: 0 lets the system choose. Server: 0 when it says none */
  assay_place place;   /* without a label */
  size_t index;        /* among the values of its setting */
} assay_setting_value;

/* Reads a file by `count` forms: a regular one, of 1 MiB at the most. alloc NULL: malloc; else it must outlive settings
 * and diagnostics. Caller frees *out with assay_settings_free. *diags, if diags is not NULL, gets the list of
 * diagnostics, in success and in failure; caller frees it. It is NULL when the contract was broken, and may be when
 * memory was out. ASSAY_BAD_SETTINGS when the diagnostics hold an error, and they hold all there are; ASSAY_NOT_FOUND,
 * ASSAY_IO_ERROR or ASSAY_OVER_LIMIT when the file cannot be read, and the diagnostics say why; ASSAY_NO_MEMORY;
 * ASSAY_BAD_ARGUMENT when a pointer is NULL that may not be, a form is none, or two have one name. From any thread.
 * Since 0.1. */
ASSAY_API assay_status assay_settings_read_file(assay_settings **out, const char *path, const assay_setting_form *forms,
                                                size_t count, const assay_alloc *alloc, assay_diags **diags);

/* Reads one text of len bytes, which may be NULL where len is 0; `name` stands for the file in diagnostics. Both are
 * copied. Statuses as above. Since 0.1. */
ASSAY_API assay_status assay_settings_read_text(assay_settings **out, const char *name, const char *text, size_t len,
                                                const assay_setting_form *forms, size_t count, const assay_alloc *alloc,
                                                assay_diags **diags);

/* Frees the settings; NULL is allowed. Since 0.1. */
ASSAY_API void assay_settings_free(assay_settings *settings);

/* How many there are, and each of them, in the order of the file; 0 of NULL. ASSAY_BAD_ARGUMENT past the end, and when
 * a pointer is NULL. Since 0.1. */
ASSAY_API size_t assay_settings_count(const assay_settings *settings);
ASSAY_API assay_status assay_settings_at(const assay_settings *settings, size_t index, assay_setting *out);

/* Fills *out with a value of a setting, in their order, those of its parts too. ASSAY_BAD_ARGUMENT past the end, and
 * when a pointer is NULL. Since 0.1. */
ASSAY_API assay_status assay_settings_value(const assay_settings *settings, size_t index, size_t value,
                                            assay_setting_value *out);

/* Fills *out with the nth value, from 0, of a part of a setting, "" being the places in front. ASSAY_NOT_FOUND when it
 * has no such value; ASSAY_BAD_ARGUMENT when there is no such setting, or a pointer is NULL. Since 0.1. */
ASSAY_API assay_status assay_settings_part(const assay_settings *settings, size_t index, const char *part, size_t nth,
                                           assay_setting_value *out);

/* For assay_settings_complain: not one value, but the whole setting. Since 0.1. */
#define ASSAY_SETTING_WHOLE ((size_t)-1)

/* Adds an error of the host's own to the diagnostics: E408 with its message (one line, no full stop) at that value, or
 * at the name. help says what to do, or is NULL. Both are copied. diags is the list that came of reading these
 * settings; nobody may read it meanwhile. ASSAY_NO_MEMORY, and then the error is counted, but perhaps not kept;
 * ASSAY_BAD_ARGUMENT when another pointer is NULL, or there is no such value. Since 0.1. */
ASSAY_API assay_status assay_settings_complain(const assay_settings *settings, size_t index, size_t value,
                                               const char *message, const char *help, assay_diags *diags);

#ifdef __cplusplus
}
#endif
#endif
