/* Owns DNS messages for tests: written from lines of text, with compressed names or without.
 * Must never know: how they are read. */
#include "support/dns_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- bytes and names --- */

static void must(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "not a message: %s\n", what);
  abort();
}

void dns_put(struct dns_message *m, unsigned long value, size_t bytes) {
  must(m->len + bytes <= sizeof m->bytes, "too long");
  for (size_t i = bytes; i-- > 0;) m->bytes[m->len++] = (uint8_t)(value >> 8 * i);
}

/* One label in its form on the wire; answers what is behind it. */
static const char *wire_label(uint8_t out[64], const char *text) {
  size_t len = 0;
  for (; *text && *text != '.'; len++) {
    must(len < 63, text);
    bool escaped = *text == '\\';
    if (escaped) text++;
    if (escaped && *text >= '0' && *text <= '9') {
      char digits[4] = {text[0], text[1], text[2], '\0'};
      out[1 + len] = (uint8_t)strtoul(digits, NULL, 10);
      text += 3;
    } else {
      out[1 + len] = (uint8_t)*text++;
    }
  }
  out[0] = (uint8_t)len;
  return *text == '.' ? text + 1 : text;
}

static size_t wire_name(uint8_t out[256], const char *text) {
  size_t len = 0;
  while (*text && strcmp(text, ".") != 0) {
    uint8_t label[64];
    text = wire_label(label, text);
    must(len + label[0] + 1u < 256, "a name");
    memcpy(out + len, label, label[0] + 1u);
    len += label[0] + 1u;
  }
  out[len] = 0;
  return len + 1;
}

/* Whether the name that begins at `at` of the message is this one. */
static bool stands_there(const struct dns_message *m, size_t at, const uint8_t *wire) {
  for (;;) {
    while (m->bytes[at] >= 0xc0) at = (size_t)(m->bytes[at] & 0x3f) << 8 | m->bytes[at + 1];
    if (memcmp(m->bytes + at, wire, wire[0] + 1u) != 0) return false;
    if (wire[0] == 0) return true;
    at += wire[0] + 1u;
    wire += wire[0] + 1u;
  }
}

static bool put_pointer(struct dns_message *m, const uint8_t *wire) {
  for (size_t i = 0; m->compress && i < m->name_count; i++) {
    if (!stands_there(m, m->names[i], wire)) continue;
    dns_put(m, 0xc000u | m->names[i], 2);
    return true;
  }
  return false;
}

void dns_put_name(struct dns_message *m, const char *text) {
  uint8_t wire[256];
  size_t len = wire_name(wire, text), starts[128], start_count = 0;
  for (size_t at = 0; at < len; at += wire[at] + 1u) {
    if (wire[at] > 0 && put_pointer(m, wire + at)) break;
    if (wire[at] > 0 && m->len < 0x4000) starts[start_count++] = m->len;
    for (size_t i = 0; i <= wire[at]; i++) dns_put(m, wire[at + i], 1);
  }
  for (size_t i = 0; i < start_count && m->name_count < 1024; i++) m->names[m->name_count++] = starts[i];
}

/* --- records --- */

/* By what a type is called; those of questions stand in their order. */
static const struct {
  const char *word;
  unsigned type;
} types[] = {{"A", 1},  {"AAAA", 28}, {"PTR", 12}, {"MX", 15},  {"TXT", 16},
             {"NS", 2}, {"CNAME", 5}, {"SOA", 6},  {"OPT", 41}, {"HINFO", 13}};

enum { TYPE_COUNT = sizeof types / sizeof *types };

unsigned dns_type(const char *word) {
  size_t i = 0;
  while (i < TYPE_COUNT && strcmp(types[i].word, word) != 0) i++;
  must(i < TYPE_COUNT, word);
  return types[i].type;
}

const char *dns_type_word(assay_question_type type) {
  return types[type].word;
}

/* The next word between blanks; NULL when there is none. What is behind it begins with no blank. */
static char *next_word(char **rest) {
  char *word = *rest;
  if (!*word) return NULL;
  char *end = word + strcspn(word, " "), *next = end + strspn(end, " ");
  *end = '\0';
  *rest = next;
  return word;
}

static void put_numbers(struct dns_message *m, char *data) {
  for (char *end = data; *data; data = *end == '.' ? end + 1 : end) dns_put(m, strtoul(data, &end, 10), 1);
}

static void put_mx(struct dns_message *m, char *data) {
  char *name;
  dns_put(m, strtoul(data, &name, 10), 2);
  dns_put_name(m, name + 1);
}

static void put_strings(struct dns_message *m, char *data) {
  for (char *string = next_word(&data); string; string = next_word(&data)) {
    size_t len = strlen(string);
    must(len >= 2 && string[0] == '"' && string[len - 1] == '"', string);
    dns_put(m, len - 2, 1);
    for (size_t i = 1; i + 1 < len; i++) dns_put(m, (uint8_t)string[i], 1);
  }
}

static void put_name(struct dns_message *m, char *data) {
  dns_put_name(m, data);
}

static void put_soa(struct dns_message *m, char *data) {
  dns_put_name(m, "ns.example.com");
  dns_put_name(m, "hostmaster.example.com");
  for (unsigned i = 1; i <= 4; i++) dns_put(m, i, 4);
  dns_put(m, strtoul(data, NULL, 10), 4);
}

static void put_hex(struct dns_message *m, char *data) {
  for (; data[0]; data += 2) {
    char digits[3] = {data[0], data[1], '\0'};
    must(data[1] != '\0', data);
    dns_put(m, strtoul(digits, NULL, 16), 1);
  }
}

static void put_data(struct dns_message *m, const char *type, char *data) {
  static const struct {
    const char *type;
    void (*put)(struct dns_message *m, char *data);
  } kinds[] = {{"A", put_numbers},   {"MX", put_mx}, {"TXT", put_strings}, {"SOA", put_soa},
               {"CNAME", put_name}, {"PTR", put_name}, {"NS", put_name}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].type, type) == 0) {
      kinds[i].put(m, data);
      return;
    }
  put_hex(m, data);
}

static size_t section_at(const char *word) {
  static const char *const sections[] = {"an", "ns", "ar"};
  size_t i = 0;
  while (i < 3 && strcmp(sections[i], word) != 0) i++;
  must(i < 3, word);
  return 6 + 2 * i;
}

static void add_line(struct dns_message *m, char *data) {
  const char *section = next_word(&data), *owner = next_word(&data), *ttl = next_word(&data), *type = next_word(&data);
  must(type != NULL, "a line of few words");
  bool chaos = strcmp(type, "CH") == 0;
  if (chaos) type = next_word(&data);
  dns_put_name(m, owner);
  dns_put(m, dns_type(type), 2);
  dns_put(m, chaos ? 3 : 1, 2);
  dns_put(m, strtoul(ttl, NULL, 10), 4);
  dns_put(m, 0, 2);
  size_t begin = m->len, counted = section_at(section);
  put_data(m, type, data);
  size_t len = m->len - begin;
  m->bytes[begin - 2] = (uint8_t)(len >> 8);
  m->bytes[begin - 1] = (uint8_t)len;
  if (++m->bytes[counted + 1] == 0) m->bytes[counted]++;
}

/* --- messages --- */

void dns_begin(struct dns_message *m, unsigned flags, const char *name, unsigned type) {
  m->len = m->name_count = 0;
  dns_put(m, 0x1234, 2);
  dns_put(m, flags, 2);
  dns_put(m, 1, 2);
  dns_put(m, 0, 6);
  dns_put_name(m, name);
  dns_put(m, type, 2);
  dns_put(m, 1, 2);
}

void dns_add(struct dns_message *m, const char *lines) {
  while (*lines) {
    char line[2048];
    size_t len = strcspn(lines, "\n");
    must(len < sizeof line, lines);
    memcpy(line, lines, len);
    line[len] = '\0';
    if (len > 0) add_line(m, line);
    lines += len + (lines[len] == '\n');
  }
}
