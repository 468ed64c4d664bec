/* Owns the making of one rule set that may be put to use: compiled, its tests run, all that is wrong said.
 * Must never know: that there is an older one, or threads. */
#include "daemon/rules_compile.h"

#include <stdarg.h>
#include <stdio.h>

/* --- saying --- */

static void say_printable(const struct rules_options *options, const char *level, const char *text, size_t len) {
  struct bytes line = {0};
  bytes_printable(&line, text, len);
  if (line.failed)
    options->say(options->user, level, "out of memory", strlen("out of memory"));
  else if (line.len)
    options->say(options->user, level, line.ptr, line.len);
  bytes_free(&line);
}

void rules_say(const struct rules_options *options, const char *level, const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  say_printable(options, level, line, strlen(line));
}

/* Each line by itself. */
static void say_lines(const struct rules_options *options, const char *text, size_t len) {
  while (len > 0) {
    const char *end = memchr(text, '\n', len);
    size_t line = end ? (size_t)(end - text) : len;
    say_printable(options, "warning", text, line);
    line += end != NULL;
    text += line;
    len -= line;
  }
}

/* --- what the compiler says --- */

static void gather(void *user, const char *bytes, size_t len) {
  bytes_add(user, bytes, len);
}

static void say_diags(const struct rules_options *options, const assay_diags *diags) {
  size_t count = assay_diags_count(diags), all = assay_diags_errors(diags) + assay_diags_warnings(diags);
  for (size_t i = 0; i < count; i++) {
    struct bytes text = {0};
    assay_status status = assay_diags_render(diags, i, false, gather, &text);
    if (status != ASSAY_OK || text.failed)
      rules_say(options, "warning", "a diagnostic cannot be shown: %s", assay_status_text(ASSAY_NO_MEMORY));
    else
      say_lines(options, text.ptr, text.len);
    bytes_free(&text);
  }
  if (all > count) rules_say(options, "warning", "and %zu more", all - count);
}

/* --- tests --- */

struct testing {
  const struct rules_options *options;
  struct rules_made *made;
};

static bool look_at_test(void *user, const assay_test_result *result) {
  struct testing *t = user;
  t->made->tests++;
  if (result->passed) return true;
  t->made->failed++;
  rules_say(t->options, "warning", "%s:%u: the test `%s%s%s` fails: expected %s, got %s", result->file, result->line,
            result->rule ? result->rule : "", result->rule ? " " : "", result->title, result->expected, result->got);
  say_lines(t->options, result->trace, strlen(result->trace));
  return true;
}

void rules_make(struct rules_made *made, const struct rules_options *options) {
  assay_compile_options compile = ASSAY_COMPILE_OPTIONS_INIT;
  *made = (struct rules_made){.status = ASSAY_OK};
  compile.tests = true;
  made->status = assay_ruleset_compile_files(&made->ruleset, options->paths, options->count, &compile, &made->diags);
  say_diags(options, made->diags);
  if (made->status != ASSAY_OK) return;
  struct testing testing = {options, made};
  made->status = assay_ruleset_test(made->ruleset, look_at_test, &testing);
}

void rules_made_free(struct rules_made *made) {
  assay_ruleset_unref(made->ruleset);
  assay_diags_free(made->diags);
  *made = (struct rules_made){.status = ASSAY_OK};
}

bool rules_made_good(const struct rules_made *made) {
  return made->status == ASSAY_OK && made->failed == 0;
}

void rules_made_fault(const struct rules_made *made, char *words, size_t size) {
  size_t errors = assay_diags_errors(made->diags);
  if (errors)
    snprintf(words, size, "%zu error%s", errors, errors == 1 ? "" : "s");
  else if (made->status != ASSAY_OK)
    snprintf(words, size, "%s", assay_status_text(made->status));
  else
    snprintf(words, size, "%zu of %zu tests fail", made->failed, made->tests);
}
