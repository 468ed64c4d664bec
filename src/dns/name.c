/* Owns names as they stand in a DNS message: reading them, compressed or not, into text.
 * Must never know: records, or what a name is for. */
#include "dns/name.h"

/* Pointers to pointers cost time and say nothing, so of a name only so many are followed: one a label would do. */
enum { LABEL_MAX = 63, POINTER = 0xC0, WIRE_MAX = 255, POINTERS_MAX = 127 };

static size_t escape(char *out, uint8_t byte) {
  bool printable = byte > ' ' && byte <= '~';
  bool special = byte == '.' || byte == '\\';
  size_t len = 0;
  if (special || !printable) out[len++] = '\\';
  if (printable) {
    out[len++] = (char)byte;
    return len;
  }
  out[len++] = (char)('0' + byte / 100);
  out[len++] = (char)('0' + byte / 10 % 10);
  out[len++] = (char)('0' + byte % 10);
  return len;
}

struct walk {
  size_t at;
  size_t began;  /* where the run of labels at hand begins */
  size_t behind; /* the first pointer; 0: there was none */
  unsigned pointers;
};

/* Goes to the length byte of the next label. Pointers lead to before the run of labels at hand, so each leads to a
 * smaller place than the last, and this ends. */
static bool next_label(const struct message *message, struct walk *walk) {
  while (walk->at < message->len && (message->bytes[walk->at] & POINTER) == POINTER) {
    if (message->len - walk->at < 2 || ++walk->pointers > POINTERS_MAX) return false;
    size_t target = (size_t)(message->bytes[walk->at] & ~POINTER) << 8 | message->bytes[walk->at + 1];
    if (walk->behind == 0) walk->behind = walk->at + 2;
    if (target >= walk->began) return false;
    walk->at = walk->began = target;
  }
  if (walk->at >= message->len) return false;
  uint8_t len = message->bytes[walk->at];
  return len <= LABEL_MAX && len < message->len - walk->at;
}

bool name_read(char out[NAME_TEXT_MAX], size_t *out_len, const struct message *message, size_t *at) {
  struct walk walk = {.at = *at, .began = *at};
  size_t wire = 0, len = 0;
  for (;;) {
    if (!next_label(message, &walk)) return false;
    size_t label = message->bytes[walk.at++];
    wire += label + 1;
    if (wire > WIRE_MAX) return false;
    if (label == 0) break;
    if (len > 0) out[len++] = '.';
    for (size_t i = 0; i < label; i++) len += escape(out + len, message->bytes[walk.at + i]);
    walk.at += label;
  }
  *at = walk.behind > 0 ? walk.behind : walk.at;
  *out_len = len;
  return true;
}

bool name_skip(const struct message *message, size_t *at) {
  while (*at < message->len) {
    uint8_t byte = message->bytes[*at];
    if ((byte & POINTER) == POINTER) {
      *at += 2;
      return *at <= message->len;
    }
    if (byte > LABEL_MAX) return false;
    *at += (size_t)byte + 1;
    if (byte == 0) return *at <= message->len;
  }
  return false;
}
