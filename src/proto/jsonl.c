/* Owns connections as JSON objects, one a line.
 * Must never know: where lines come from. */
#include "proto/jsonl.h"

#include <jansson.h>
#include <stdio.h>

#include "proto/base64.h"

void jsonl_free(struct jsonl *jsonl) {
  bytes_free(&jsonl->raw);
}

/* One value on its way into one fact. */
struct setting {
  struct jsonl *jsonl;
  assay_facts *facts;
  assay_fact fact;
  const assay_fact_info *info;
  struct proto_error *error;
};

typedef assay_status set_text_fn(assay_facts *facts, assay_fact fact, const char *bytes, size_t len);

static enum proto_result wrong_kind(const struct setting *to, const char *got) {
  return proto_fail(to->error, "key \"%s\" cannot be %s: write %s, or null where it is unknown", to->info->name,
                    got, proto_form(to->info).text);
}

static enum proto_result set_text(const struct setting *to, const json_t *value, set_text_fn *set) {
  const char *text = json_string_value(value);
  size_t len = json_string_length(value);
  return proto_value_result(set(to->facts, to->fact, text, len), to->fact, text, len, to->error);
}

/* {"base64":"…"}, and nothing else. */
static enum proto_result set_raw(const struct setting *to, const json_t *value, set_text_fn *set) {
  const json_t *text = json_object_get(value, "base64");
  struct bytes *raw = &to->jsonl->raw;
  if (!json_is_string(text) || json_object_size(value) != 1)
    return proto_fail(to->error, "key \"%s\": an object here is {\"base64\":\"...\"} and has no other key",
                      to->info->name);
  raw->len = 0;
  if (!base64_decode(raw, json_string_value(text), json_string_length(text))) {
    if (raw->failed) return PROTO_NO_MEMORY;
    return proto_fail(to->error, "key \"%s\": the text is not base64 with its padding (RFC 4648)", to->info->name);
  }
  const char *bytes = raw->len > 0 ? raw->ptr : "";
  return proto_value_result(set(to->facts, to->fact, bytes, raw->len), to->fact, bytes, raw->len, to->error);
}

static enum proto_result set_array(const struct setting *to, const json_t *value) {
  if (to->info->type != ASSAY_TYPE_MAILBOX_LIST) return wrong_kind(to, "an array");
  assay_status emptied = assay_facts_set(to->facts, to->fact, "", 0);
  if (emptied != ASSAY_OK) return proto_value_result(emptied, to->fact, "", 0, to->error);
  for (size_t i = 0; i < json_array_size(value); i++) {
    const json_t *element = json_array_get(value, i);
    enum proto_result result;
    if (json_is_string(element))
      result = set_text(to, element, assay_facts_append);
    else if (json_is_object(element))
      result = set_raw(to, element, assay_facts_append);
    else
      result = proto_fail(to->error, "key \"%s\": element %zu of the array is no string", to->info->name, i + 1);
    if (result != PROTO_OK) return result;
  }
  return PROTO_OK;
}

static enum proto_result set_number(const struct setting *to, const json_t *value) {
  if (to->info->type != ASSAY_TYPE_INT || !json_is_integer(value)) return wrong_kind(to, "this number");
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  assay_status status = assay_facts_set_int(to->facts, to->fact, json_integer_value(value));
  return proto_value_result(status, to->fact, digits, (size_t)len, to->error);
}

static enum proto_result set_bool(const struct setting *to, const json_t *value) {
  if (to->info->type != ASSAY_TYPE_BOOL) return wrong_kind(to, json_is_true(value) ? "true" : "false");
  return proto_value_result(assay_facts_set_bool(to->facts, to->fact, json_is_true(value)), to->fact, "", 0,
                            to->error);
}

static enum proto_result set_value(const struct setting *to, const json_t *value) {
  switch (json_typeof(value)) {
    case JSON_NULL: return PROTO_OK;
    case JSON_STRING: return set_text(to, value, assay_facts_set);
    case JSON_OBJECT: return set_raw(to, value, assay_facts_set);
    case JSON_ARRAY: return set_array(to, value);
    case JSON_INTEGER:
    case JSON_REAL: return set_number(to, value);
    case JSON_TRUE:
    case JSON_FALSE: return set_bool(to, value);
  }
  return wrong_kind(to, "this value");
}

/* What follows walks over text that may be no JSON, and then finds no id in it. */
static const char *skip_string(const char *at, const char *end) {
  for (at++; at < end && *at != '"'; at++) at += *at == '\\';
  return at < end ? at + 1 : end;
}

static const char *skip_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
  return at;
}

/* Past one value. */
static const char *skip_value(const char *at, const char *end) {
  size_t depth = 0;
  while (at < end && (depth > 0 || (*at != ',' && *at != '}'))) {
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    depth += *at == '{' || *at == '[';
    if (*at == '}' || *at == ']') {
      if (depth == 0) return at;
      depth--;
    }
    at++;
  }
  return at;
}

/* The id as the line spells it: a reader may need 1.50 or 1e3 back as it wrote them. */
static bool find_id(const char *line, size_t len, struct proto_id *id) {
  const char *end = line + len, *at = skip_space(line, end);
  while (at < end && *at != '}') {
    at = skip_space(at + 1, end); /* behind the brace or the comma */
    if (at >= end || *at != '"') return false;
    const char *key = at;
    at = skip_string(at, end);
    bool is_id = at - key == 4 && key[1] == 'i' && key[2] == 'd';
    at = skip_space(at, end);
    if (at >= end || *at != ':') return false;
    const char *value = skip_space(at + 1, end);
    at = skip_value(value, end);
    const char *stop = at;
    while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r')) stop--;
    if (is_id) {
      *id = (struct proto_id){PROTO_ID_JSON, value, (size_t)(stop - value)};
      return true;
    }
    at = skip_space(at, end);
  }
  return false;
}

static size_t digits(const char *at, size_t len) {
  size_t count = 0;
  while (count < len && at[count] >= '0' && at[count] <= '9') count++;
  return count;
}

/* A number by the grammar of RFC 8259, of any size. */
static bool is_number(const char *at, size_t len) {
  size_t i = len > 0 && at[0] == '-', whole = digits(at + i, len - i);
  if (whole == 0 || (whole > 1 && at[i] == '0')) return false;
  i += whole;
  if (i < len && at[i] == '.') {
    size_t fraction = digits(at + i + 1, len - i - 1);
    if (fraction == 0) return false;
    i += 1 + fraction;
  }
  if (i < len && (at[i] == 'e' || at[i] == 'E')) {
    i++;
    if (i < len && (at[i] == '+' || at[i] == '-')) i++;
    size_t exponent = digits(at + i, len - i);
    if (exponent == 0) return false;
    i += exponent;
  }
  return i == len;
}

/* A number that is larger than a machine's is a good id, for it is only echoed: the line is read with a 0 in its
 * place. */
static json_t *load(struct jsonl *jsonl, const char *line, size_t len, json_error_t *wrong) {
  static const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
  struct proto_id id;
  json_t *root = json_loadb(line, len, flags, wrong);
  if (root || json_error_code(wrong) != json_error_numeric_overflow) return root;
  if (!find_id(line, len, &id) || !is_number(id.ptr, id.len)) return NULL;
  struct bytes *copy = &jsonl->raw;
  copy->len = 0;
  bytes_add(copy, line, len);
  if (copy->failed) return NULL;
  memset(copy->ptr + (id.ptr - line), ' ', id.len);
  copy->ptr[id.ptr - line] = '0';
  return json_loadb(copy->ptr, len, flags, wrong);
}

static enum proto_result take_id(const char *line, size_t len, const json_t *value, struct proto_id *id,
                                 struct proto_error *error) {
  if (json_is_object(value) || json_is_array(value))
    return proto_fail(error, "key \"id\" must be a string, a number, true, false or null");
  if (json_is_null(value)) return PROTO_OK; /* as if it had none */
  if (!find_id(line, len, id)) return proto_fail(error, "write the key \"id\" without escapes");
  return PROTO_OK;
}

static enum proto_result take_object(struct setting *to, const char *line, size_t len, json_t *root,
                                     struct proto_id *id) {
  for (void *at = json_object_iter(root); at; at = json_object_iter_next(root, at)) {
    const char *key = json_object_iter_key(at);
    size_t key_len = json_object_iter_key_len(at);
    const json_t *value = json_object_iter_value(at);
    enum proto_result result;
    if (key_len == 2 && memcmp(key, "id", 2) == 0) {
      result = take_id(line, len, value, id, to->error);
    } else {
      result = proto_find_fact(&to->fact, "key", key, key_len, to->error);
      if (result == PROTO_OK) {
        to->info = assay_fact_at((size_t)to->fact);
        result = set_value(to, value);
      }
    }
    if (result != PROTO_OK) return result;
  }
  return PROTO_OK;
}

enum proto_result jsonl_line(struct jsonl *jsonl, const char *line, size_t len, assay_facts *facts,
                             struct proto_id *id, struct proto_error *error) {
  *id = (struct proto_id){0};
  assay_facts_clear(facts);
  json_error_t wrong;
  json_t *root = load(jsonl, line, len, &wrong);
  if (!root && (jsonl->raw.failed || json_error_code(&wrong) == json_error_out_of_memory)) return PROTO_NO_MEMORY;
  if (!root && json_error_code(&wrong) == json_error_invalid_utf8)
    return proto_fail(error, "not JSON at column %d: not UTF-8; odd bytes are written {\"base64\":\"...\"}",
                      wrong.column);
  if (!root && json_error_code(&wrong) == json_error_numeric_overflow)
    return proto_fail(error, "the number that ends at column %d is too large", wrong.column);
  if (!root) return proto_fail(error, "not JSON at column %d: %s", wrong.column, wrong.text);
  struct setting to = {.jsonl = jsonl, .facts = facts, .error = error};
  enum proto_result result =
      json_is_object(root) ? take_object(&to, line, len, root, id)
                           : proto_fail(error, "a line is one JSON object, {\"client.ip\":\"192.0.2.1\",...}");
  json_decref(root);
  return result;
}
