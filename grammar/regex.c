/* Owns the check of a regular expression at compile time: PCRE2's verdict under the options of the run-time
 * half, and what we refuse or warn of beyond it. Must never know: which rule the expression stands in. */
#include "grammar/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>

#include "grammar/regex_loops.h"

/* The run-time half has the same limits and options; a test of both holds them together. */
enum { PARENS_MAX = 200, MATCH_LIMIT = 500000 };

static void refuse(struct regex_report *out, size_t offset, const char *message) {
  out->ok = false;
  out->error_offset = offset;
  snprintf(out->message, sizeof out->message, "%s", message);
}

static uint32_t options_of(unsigned flags) {
  static const struct {
    unsigned flag;
    uint32_t option;
  } table[] = {{REGEX_I, PCRE2_CASELESS}, {REGEX_M, PCRE2_MULTILINE}, {REGEX_S, PCRE2_DOTALL},
               {REGEX_X, PCRE2_EXTENDED}, {REGEX_U, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_UCP}};
  uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (flags & table[i].flag) options |= table[i].option;
  return flags & REGEX_U ? options : options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
}

/* Verbs at the very start change options behind our back. The backtracking verbs, which may stand there too, do
 * not. */
static bool begins_with_option(struct text source) {
  static const struct text harmless[] = {{"ACCEPT", 6}, {"COMMIT", 6}, {"FAIL", 4}, {"F", 1},   {"MARK", 4},
                                         {"PRUNE", 5},  {"SKIP", 4},   {"THEN", 4}, {"", 0}};
  if (!text_starts(source, TEXT("(*"))) return false;
  size_t end = 2;
  while (end < source.len && ((source.ptr[end] >= 'A' && source.ptr[end] <= 'Z') || source.ptr[end] == '_')) end++;
  for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
    if (text_eq(text_of(source.ptr + 2, end - 2), harmless[i])) return false;
  return true;
}

static pcre2_code *compile(struct regex_report *out, struct text source, unsigned flags) {
  int error = 0;
  size_t offset = 0;
  pcre2_compile_context *context = pcre2_compile_context_create(NULL);
  if (!context) {
    refuse(out, 0, "out of memory");
    return NULL;
  }
  pcre2_set_max_pattern_length(context, REGEX_SOURCE_MAX);
  pcre2_set_parens_nest_limit(context, PARENS_MAX);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
  PCRE2_SPTR at = (PCRE2_SPTR)(source.len ? source.ptr : "");
  pcre2_code *code = pcre2_compile(at, source.len, options_of(flags), &error, &offset, context);
  pcre2_compile_context_free(context);
  if (code) return code;
  unsigned char words[REGEX_MESSAGE_MAX] = "";
  pcre2_get_error_message(error, words, sizeof words);
  const char *message = (const char *)words;
  if (error == PCRE2_ERROR_BACKSLASH_C_CALLER_DISABLED || error == PCRE2_ERROR_BACKSLASH_C_LIBRARY_DISABLED)
    message = "\\C may split a character and is not allowed; a dot with the flag s matches any byte";
  refuse(out, offset < source.len ? offset : source.len, message);
  return NULL;
}

/* By trying it: that the shortest match may be empty does not make the empty string one, as in \b. */
static bool matches_empty(const pcre2_code *code) {
  bool answer = false;
  pcre2_match_context *context = pcre2_match_context_create(NULL);
  pcre2_match_data *data = pcre2_match_data_create(1, NULL);
  if (context && data) {
    pcre2_set_match_limit(context, MATCH_LIMIT);
    answer = pcre2_match(code, (PCRE2_SPTR) "", 0, 0, 0, data, context) >= 0;
  }
  pcre2_match_data_free(data);
  pcre2_match_context_free(context);
  return answer;
}

void regex_check(struct regex_report *out, struct text source, unsigned flags) {
  struct regex_loops loops;
  *out = (struct regex_report){.ok = true};
  if (source.len > REGEX_SOURCE_MAX) {
    refuse(out, REGEX_SOURCE_MAX, "a regular expression has at most 4096 bytes");
    return;
  }
  if (begins_with_option(source)) {
    refuse(out, 0, "a verb that changes options is not allowed; use the flags behind the closing slash");
    return;
  }
  pcre2_code *code = compile(out, source, flags);
  if (!code) return;
  regex_find_loops(&loops, source, flags);
  if (loops.has_callout) {
    refuse(out, loops.callout_at, "a callout (?C) is not allowed: there is nothing for it to call");
  } else {
    out->matches_empty = matches_empty(code);
    out->may_explode = loops.found;
    out->explode_begin = loops.found ? loops.begin : 0;
    out->explode_end = loops.found ? loops.end : 0;
  }
  pcre2_code_free(code);
}
