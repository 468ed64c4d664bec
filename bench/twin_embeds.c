/* Owns the twin's search for an IPv4 address in a name.
 * Must never know: which rule asks, or the engine. */
#include "twin.h"

static int digit_of(char c, int base) {
  int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : base;
  return digit < base ? digit : -1;
}

/* A whole run of digits. */
struct run {
  size_t at, len;
  uint64_t number; /* of the first sixteen digits */
};

static bool next_run(struct run *run, const char *name, size_t len, size_t from, int base) {
  while (from < len && digit_of(name[from], base) < 0) from++;
  *run = (struct run){from, 0, 0};
  for (; from < len && digit_of(name[from], base) >= 0; from++, run->len++)
    if (run->len < 16) run->number = run->number * (uint64_t)base + (uint64_t)digit_of(name[from], base);
  return run->len > 0;
}

/* All four octets in one run: twelve decimal digits, or eight hexadecimal ones. */
static bool joined(const struct run *run, const uint8_t octets[4], int base) {
  uint64_t scale = base == 10 ? 1000 : 256, forward = 0, backward = 0;
  if (run->len != (base == 10 ? 12 : 8)) return false;
  for (size_t i = 0; i < 4; i++) {
    forward = forward * scale + octets[i];
    backward = backward * scale + octets[3 - i];
  }
  return run->number == forward || run->number == backward;
}

static bool is_octet(const struct run *run, int base, uint8_t octet) {
  bool fits = base == 10 ? run->len <= 3 : run->len == 2;
  return fits && run->number == octet;
}

/* The octets in four runs from `first` on, with one byte between two of them, the same one each time. */
static bool separated(const char *name, size_t len, struct run first, const uint8_t octets[4], int base) {
  bool forward = is_octet(&first, base, octets[0]), backward = is_octet(&first, base, octets[3]);
  size_t end = first.at + first.len;
  char separator = end < len ? name[end] : 0;
  for (size_t i = 1; i < 4 && (forward || backward); i++) {
    struct run run;
    if (end >= len || name[end] != separator || !next_run(&run, name, len, end + 1, base) || run.at != end + 1)
      return false;
    forward = forward && is_octet(&run, base, octets[i]);
    backward = backward && is_octet(&run, base, octets[3 - i]);
    end = run.at + run.len;
  }
  return forward || backward;
}

static bool embeds_in_base(const char *name, size_t len, const uint8_t octets[4], int base) {
  struct run run;
  for (size_t from = 0; next_run(&run, name, len, from, base); from = run.at + run.len)
    if (joined(&run, octets, base) || separated(name, len, run, octets, base)) return true;
  return false;
}

bool twin_embeds(const char *name, size_t len, const uint8_t octets[4]) {
  return embeds_in_base(name, len, octets, 10) || embeds_in_base(name, len, octets, 16);
}
