/* Owns how bytes of any kind are shown to a person and to a JSON reader.
 * Must never know: what the bytes mean. */
#include "proto/bytes.h"

#define UTF8_BAD UINT32_MAX

/* Each row is a lead byte's range, with the range its second byte must lie in: that alone shuts out overlong
 * forms, surrogates and what is past U+10FFFF. */
static const struct utf8_row {
  unsigned char lead_low, lead_high, second_low, second_high, len, mask;
} utf8_rows[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2, 0x1F}, {0xE0, 0xE0, 0xA0, 0xBF, 3, 0x0F}, {0xE1, 0xEC, 0x80, 0xBF, 3, 0x0F},
    {0xED, 0xED, 0x80, 0x9F, 3, 0x0F}, {0xEE, 0xEF, 0x80, 0xBF, 3, 0x0F}, {0xF0, 0xF0, 0x90, 0xBF, 4, 0x07},
    {0xF1, 0xF3, 0x80, 0xBF, 4, 0x07}, {0xF4, 0xF4, 0x80, 0x8F, 4, 0x07},
};

/* The code point at ptr and its length, or UTF8_BAD and 1. */
static uint32_t utf8_take(const unsigned char *ptr, size_t len, size_t *used) {
  *used = 1;
  if (ptr[0] < 0x80) return ptr[0];
  const struct utf8_row *row = NULL;
  for (size_t i = 0; i < sizeof utf8_rows / sizeof *utf8_rows; i++)
    if (ptr[0] >= utf8_rows[i].lead_low && ptr[0] <= utf8_rows[i].lead_high) row = &utf8_rows[i];
  if (!row || len < row->len || ptr[1] < row->second_low || ptr[1] > row->second_high) return UTF8_BAD;
  uint32_t code = ptr[0] & row->mask;
  for (size_t i = 1; i < row->len; i++) {
    if (ptr[i] < 0x80 || ptr[i] > 0xBF) return UTF8_BAD;
    code = code << 6 | (ptr[i] & 0x3Fu);
  }
  *used = row->len;
  return code;
}

/* Characters that a terminal obeys, hides, or lets turn the direction of the text about them. */
static bool unseen(uint32_t code) {
  static const struct {
    uint32_t low, high;
  } ranges[] = {{0, 0x1F},         {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x200B, 0x200F},
                {0x2028, 0x202E},  {0x2060, 0x206F}, {0xE000, 0xF8FF}, {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB},
                {0xE0000, UTF8_BAD}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (code >= ranges[i].low && code <= ranges[i].high) return true;
  return false;
}

static const char hex[] = "0123456789abcdef";

static void printable_odd(struct bytes *bytes, const char *ptr, uint32_t code, size_t used) {
  bool plain = !unseen(code);
  if (plain) bytes_add(bytes, ptr, used);
  for (size_t i = 0; !plain && i < used; i++) {
    unsigned char byte = (unsigned char)ptr[i];
    char escaped[4] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    bytes_add(bytes, escaped, sizeof escaped);
  }
}

static bool printable_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7F;
}

static bool json_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

static void json_unit(struct bytes *bytes, uint32_t unit) {
  char escaped[6] = {'\\', 'u', hex[unit >> 12], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
  bytes_add(bytes, escaped, sizeof escaped);
}

/* A character beyond the first plane is a pair of surrogates. */
static void json_code(struct bytes *bytes, uint32_t code) {
  if (code > 0xFFFF) json_unit(bytes, 0xD800 + ((code - 0x10000) >> 10));
  json_unit(bytes, code > 0xFFFF ? 0xDC00 + (code & 0x3FF) : code);
}

static void json_odd(struct bytes *bytes, const char *ptr, uint32_t code, size_t used) {
  static const char letters[] = "btn\0fr"; /* for bytes 8 to 13; 11 has none */
  if (code == UTF8_BAD) {
    json_code(bytes, 0xFFFD);
  } else if (code == '"' || code == '\\') {
    char escaped[2] = {'\\', (char)code};
    bytes_add(bytes, escaped, sizeof escaped);
  } else if (code >= 8 && code <= 13 && letters[code - 8]) {
    char escaped[2] = {'\\', letters[code - 8]};
    bytes_add(bytes, escaped, sizeof escaped);
  } else if (unseen(code)) {
    json_code(bytes, code);
  } else {
    bytes_add(bytes, ptr, used);
  }
}

/* Quotes and backslashes are JSON's own here, and what is unseen can only stand in a string. */
static void json_again_odd(struct bytes *bytes, const char *ptr, uint32_t code, size_t used) {
  if (code != UTF8_BAD && code >= 0x7F && unseen(code))
    json_code(bytes, code);
  else
    bytes_add(bytes, ptr, used);
}

/* Runs of plain bytes go through as they are; what lies between them one character at a time. */
static void escape(struct bytes *bytes, const char *ptr, size_t len, bool plain(unsigned char byte),
                   void odd(struct bytes *bytes, const char *ptr, uint32_t code, size_t used)) {
  size_t i = 0;
  while (i < len) {
    size_t from = i;
    while (i < len && plain((unsigned char)ptr[i])) i++;
    bytes_add(bytes, ptr + from, i - from);
    if (i == len) break;
    size_t used;
    uint32_t code = utf8_take((const unsigned char *)ptr + i, len - i, &used);
    odd(bytes, ptr + i, code, used);
    i += used;
  }
}

void bytes_printable(struct bytes *bytes, const char *ptr, size_t len) {
  escape(bytes, ptr, len, printable_plain, printable_odd);
}

void bytes_json_again(struct bytes *bytes, const char *ptr, size_t len) {
  escape(bytes, ptr, len, printable_plain, json_again_odd);
}

void bytes_json(struct bytes *bytes, const char *ptr, size_t len) {
  bytes_byte(bytes, '"');
  escape(bytes, ptr, len, json_plain, json_odd);
  bytes_byte(bytes, '"');
}
