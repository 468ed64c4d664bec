/* Owns the conversion of internationalised labels to their A-labels, through libidn2.
 * Must never know: the properties of a name, or what makes an ASCII label malformed. */
#include "facts/host_idn.h"

#include <idn2.h>
#include <stdint.h>

#include "base/num.h"

/* A name of more than NAME_MOST bytes has more than 253 octets as A-labels: a code point is four bytes of UTF-8
 * at most and costs one octet at least. So no label of it belongs to a domain name, and libidn2 is not asked. */
enum { NAME_MOST = 4 * 253, LABEL_MOST = 4 * 63, A_LABEL_MOST = 63 };

/* libidn2 would take an underscore, a space or a NUL inside a U-label, where RFC 5892 allows letters, digits and
 * hyphens alone of all ASCII. */
static bool is_candidate(struct text label) {
  if (label.len > LABEL_MOST) return false;
  for (size_t i = 0; i < label.len; i++) {
    char c = label.ptr[i];
    if ((unsigned char)c < 0x80 && !ascii_alpha(c) && !ascii_digit(c) && c != '-') return false;
  }
  return true;
}

/* It would also take U+3002 for a dot, and let a label pass that is mapped to plain ASCII. */
static bool is_a_label(struct text label) {
  if (!text_starts(label, TEXT("xn--")) || label.len > A_LABEL_MOST) return false;
  for (size_t i = 0; i < label.len; i++)
    if (!ascii_alpha(label.ptr[i]) && !ascii_digit(label.ptr[i]) && label.ptr[i] != '-') return false;
  return true;
}

/* Writes the A-label of a lower-case label to out, room for A_LABEL_MOST; *size 0 when it is no U-label. False
 * when libidn2 had no memory. */
static bool convert(char *out, size_t *size, struct text label) {
  *size = 0;
  if (!is_candidate(label)) return true;
  uint8_t copy[LABEL_MOST + 1], *found = NULL;
  memcpy(copy, label.ptr, label.len);
  copy[label.len] = 0;
  int code = idn2_lookup_u8(copy, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  struct text a_label = text_from(code == IDN2_OK ? (const char *)found : NULL);
  if (is_a_label(a_label)) {
    memcpy(out, a_label.ptr, a_label.len);
    *size = a_label.len;
  }
  idn2_free(found);
  return code != IDN2_MALLOC;
}

/* Copies one label in lower case to out and tells whether a byte above 127 is in it. */
static bool copy_lower(char *out, struct text label) {
  unsigned char any = 0;
  for (size_t i = 0; i < label.len; i++) {
    out[i] = ascii_lower(label.ptr[i]);
    any |= (unsigned char)out[i];
  }
  return any > 0x7f;
}

/* Room for every label kept or turned into an A-label, whichever is longer. */
static char *new_room(struct text name, bool convertible, struct arena *arena) {
  size_t labels = convertible, room;
  for (size_t i = 0; convertible && i < name.len; i++) labels += name.ptr[i] == '.';
  return num_add_size(name.len, labels * A_LABEL_MOST, &room) ? arena_new(arena, room) : NULL;
}

bool host_idn_fold(struct text *out, bool *invalid, struct text name, struct arena *arena) {
  *out = text_of("", 0);
  *invalid = false;
  bool convertible = name.len - text_ends(name, TEXT(".")) <= NAME_MOST;
  char *start = new_room(name, convertible, arena), *at = start;
  if (!start) return false;
  for (size_t i = 0; i <= name.len; i++) {
    const char *dot = i < name.len ? memchr(name.ptr + i, '.', name.len - i) : NULL;
    size_t len = dot ? (size_t)(dot - name.ptr) - i : name.len - i, size = 0;
    if (copy_lower(at, text_of(name.ptr + i, len))) {
      if (convertible && !convert(at, &size, text_of(at, len))) return false;
      *invalid |= size == 0;
    }
    at += size ? size : len;
    i += len;
    if (dot) *at++ = '.';
  }
  *out = text_of(start, (size_t)(at - start));
  return true;
}
