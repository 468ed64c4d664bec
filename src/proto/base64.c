/* Owns the reading of base64 (RFC 4648 section 4), strictly: padded, no white space, no spare bits.
 * Must never know: what the bytes are. */
#include "proto/base64.h"

static int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

bool base64_decode(struct bytes *out, const char *text, size_t len) {
  if (len % 4 != 0) return false;
  for (size_t i = 0; i < len; i += 4) {
    size_t pads = i + 4 < len || text[i + 3] != '=' ? 0 : text[i + 2] == '=' ? 2 : 1;
    unsigned group = 0;
    for (size_t k = 0; k < 4; k++) {
      int value = k + pads < 4 ? digit(text[i + k]) : 0;
      if (value < 0) return false;
      group = group << 6 | (unsigned)value;
    }
    /* The bits that padding leaves over must be zero, so that one run of bytes has one spelling. */
    if (group & ((1u << (8 * pads)) - 1)) return false;
    char three[3] = {(char)(unsigned char)(group >> 16), (char)(unsigned char)(group >> 8 & 255),
                     (char)(unsigned char)(group & 255)};
    bytes_add(out, three, 3 - pads);
  }
  return !out->failed;
}
