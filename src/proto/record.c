/* Owns what every codec of connections shares: errors and their words.
 * Must never know: any one format. */
#include "proto/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/bytes.h"
#include "proto/near.h"

/* Copies the printable form of the bytes into a fixed buffer, ending with `...` where it does not fit. */
static void copy_printable(char *out, size_t cap, const char *ptr, size_t len) {
  struct bytes safe = {0};
  bytes_printable(&safe, ptr, len);
  size_t fits = safe.len < cap ? safe.len : cap - 1;
  if (fits > 0) memcpy(out, safe.ptr, fits);
  out[fits] = 0;
  if (fits < safe.len && cap > 4) memcpy(out + cap - 4, "...", 4);
  bytes_free(&safe);
}

enum proto_result proto_fail(struct proto_error *error, const char *format, ...) {
  char text[sizeof error->text];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  copy_printable(error->text, sizeof error->text, text, len < 0 ? 0 : strlen(text));
  return PROTO_BAD;
}

struct proto_shown proto_show(const char *ptr, size_t len) {
  struct proto_shown shown;
  size_t cap = sizeof shown.text - 2;
  shown.text[0] = '"';
  /* No more than the buffer's size can be shown: a line of a mebibyte is not escaped for nothing. */
  copy_printable(shown.text + 1, cap, ptr, len < sizeof shown.text ? len : sizeof shown.text);
  size_t end = strlen(shown.text);
  shown.text[end] = '"';
  shown.text[end + 1] = 0;
  return shown;
}

static const char *fact_name(void *user, size_t index) {
  (void)user;
  const assay_fact_info *info = assay_fact_at(index);
  return info ? info->name : NULL;
}

enum proto_result proto_find_fact(assay_fact *out, const char *what, const char *name, size_t len,
                                  struct proto_error *error) {
  if (assay_fact_find(out, name, len) == ASSAY_OK) return PROTO_OK;
  struct proto_shown shown = proto_show(name, len);
  const char *nearest = near_find(name, len, fact_name, NULL);
  if (nearest) return proto_fail(error, "%s %s is no fact; did you mean %s?", what, shown.text, nearest);
  return proto_fail(error, "%s %s is no fact; `assay facts` lists them", what, shown.text);
}

struct proto_shown proto_form(const assay_fact_info *info) {
  static const char *const forms[] = {
      [ASSAY_TYPE_BOOL] = "true or false",
      [ASSAY_TYPE_INT] = "a whole number",
      [ASSAY_TYPE_STRING] = "a string",
      [ASSAY_TYPE_NAME] = "a name as it was sent",
      [ASSAY_TYPE_ADDRESS] = "an IPv4 or IPv6 address, such as 192.0.2.1",
      [ASSAY_TYPE_MAILBOX] = "a mailbox, such as user@example.com",
      [ASSAY_TYPE_MAILBOX_LIST] = "mailboxes, such as user@example.com",
  };
  struct proto_shown form;
  bool known = (unsigned)info->type < sizeof forms / sizeof *forms; /* a later library may have more */
  snprintf(form.text, sizeof form.text, "%s%s%s", known ? forms[info->type] : "a value", info->range[0] ? ", " : "", info->range);
  return form;
}

enum proto_result proto_value_result(assay_status status, assay_fact fact, const char *ptr, size_t len,
                                     struct proto_error *error) {
  if (status == ASSAY_OK) return PROTO_OK;
  if (status == ASSAY_NO_MEMORY) return PROTO_NO_MEMORY;
  const assay_fact_info *info = assay_fact_at((size_t)fact);
  struct proto_shown shown = proto_show(ptr, len);
  if (status == ASSAY_BAD_VALUE)
    return proto_fail(error, "%s does not fit %s: write %s", shown.text, info->name, proto_form(info).text);
  return proto_fail(error, "%s does not fit %s: %s", shown.text, info->name, assay_status_text(status));
}
