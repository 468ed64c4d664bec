/* Holds engine/facts/host.c to a slow reading of docs/language.md, written without it, on random byte strings.
 * The reference splits labels by hand, keeps one flag a property, and has its own Punycode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts/host.h"

enum { ROUNDS = 200000, NAME_MOST = 400, FORM_MOST = 64 * NAME_MOST };

/* Every boolean property as a flag of its own. */
struct flags {
#define PROP(id, word, doc, class) bool word;
#include "facts/host_props.def"
#undef PROP
};

struct reference {
  struct flags is;
  char form[FORM_MOST];
  size_t len;
  size_t labels;
};

/* RFC 3492 for labels whose only code point over 127 is U+00FC: `text` has it as the byte 0xfc. The length. */
static size_t punycode(char *out, const unsigned char *text, size_t len) {
  size_t n = 0, basic = 0;
  for (size_t i = 0; i < len; i++)
    if (text[i] < 0x80) out[n++] = (char)text[i];
  basic = n;
  if (basic > 0) out[n++] = '-';
  size_t done = basic, bias = 72, delta = (0xfcu - 0x80u) * (basic + 1);
  bool first = true;
  for (size_t i = 0; i < len; i++) {
    if (text[i] < 0x80) {
      delta++;
      continue;
    }
    size_t q = delta;
    for (size_t k = 36;; k += 36) {
      size_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias, digit = q < t ? q : t + (q - t) % (36 - t);
      out[n++] = (char)(digit < 26 ? 'a' + digit : '0' + (digit - 26));
      if (q < t) break;
      q = (q - t) / (36 - t);
    }
    done++;
    delta = first ? delta / 700 : delta / 2;
    delta += delta / done;
    for (bias = 0; delta > 455; bias += 36) delta /= 35;
    bias += 36 * delta / (delta + 38);
    delta = 0;
    first = false;
  }
  return n;
}

/* One label to its compared form; false when it has bytes over 127 and is no U-label. */
static bool label_form(char *out, size_t *size, const char *label, size_t len) {
  unsigned char points[NAME_MOST];
  size_t n = 0;
  bool high = false, valid = true;
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)label[i];
    if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
    out[i] = (char)c;
    if (c >= 0x80) {
      high = true;
      if (c == 0xc3 && i + 1 < len && (unsigned char)label[i + 1] == 0xbc) {
        points[n++] = 0xfc;
        i++;
        out[i] = (char)0xbc;
      } else {
        valid = false;
      }
    } else {
      points[n++] = c;
      valid = valid && (strchr("abcdefghijklmnopqrstuvwxyz0123456789-", c) && c != 0);
    }
  }
  *size = len;
  if (!high) return true;
  if (!valid || points[0] == '-' || points[n - 1] == '-') return false;
  if (n >= 4 && points[2] == '-' && points[3] == '-') return false;
  char coded[8 * NAME_MOST];
  size_t coded_len = punycode(coded, points, n);
  if (coded_len + 4 > 63) return false;
  memcpy(out, "xn--", 4);
  memcpy(out + 4, coded, coded_len);
  *size = coded_len + 4;
  return true;
}

static bool white(char c) {
  return strchr(" \t\n\v\f\r", c) && c != 0;
}

/* The three kinds that are not names: all or nothing. */
static bool refer_address(struct reference *ref, const char *name, size_t len) {
  struct addr addr;
  char first = name[0], last = name[len - 1];
  if (first == '[' || first == ']' || last == '[' || last == ']') {
    bool quad = len > 2 && first == '[' && last == ']' &&
                addr_parse(&addr, text_of(name + 1, len - 2)) == ADDR_OK && !memchr(name, ':', len);
    bool tagged = len > 7 && text_eq_nocase(text_of(name, 6), TEXT("[ipv6:")) && last == ']' &&
                  addr_parse(&addr, text_of(name + 6, len - 7)) == ADDR_OK && memchr(name + 6, ':', len - 7);
    ref->is.is_literal = quad || tagged;
    ref->is.is_bad_literal = !ref->is.is_literal;
  } else {
    ref->is.is_address = addr_parse(&addr, text_of(name, len)) == ADDR_OK;
    if (!ref->is.is_address) return false;
  }
  for (size_t i = 0; i < len; i++) ref->form[i] = ascii_lower(name[i]);
  ref->len = len;
  return true;
}

static void refer_label(struct reference *ref, const char *label, size_t len, bool first) {
  char form[8 * NAME_MOST];
  size_t size;
  if (len == 0) {
    ref->is.leading_dot |= first;
    ref->is.empty_label |= !first;
    return;
  }
  if (!label_form(form, &size, label, len)) ref->is.has_bad_char = true;
  ref->is.label_too_long |= size > 63;
  ref->is.bad_hyphen |= label[0] == '-' || label[len - 1] == '-';
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)label[i];
    ref->is.has_underscore |= c == '_';
    ref->is.has_non_ascii |= c >= 0x80;
    ref->is.has_space |= white(label[i]);
    ref->is.has_bad_char |= c < 0x80 && !ascii_alpha((char)c) && !ascii_digit((char)c) && c != '-' && c != '_';
  }
  memcpy(ref->form + ref->len, form, size);
  ref->len += size;
}

static void refer(struct reference *ref, const char *name, size_t len) {
  memset(ref, 0, sizeof *ref);
  while (len > 0 && white(name[0])) name++, len--;
  while (len > 0 && white(name[len - 1])) len--;
  ref->is.is_empty = len == 0;
  if (len == 0 || refer_address(ref, name, len)) return;
  ref->is.trailing_dot = name[len - 1] == '.';
  size_t end = ref->is.trailing_dot ? len - 1 : len, start = 0, last = 0;
  for (size_t i = 0; i <= end; i++) {
    if (i < end && name[i] != '.') continue;
    last = ref->len;
    refer_label(ref, name + start, i - start, start == 0);
    ref->labels++;
    if (i < end) ref->form[ref->len++] = '.';
    start = i + 1;
  }
  ref->is.too_long = ref->len > 253;
  ref->is.numeric_tld = ref->len > last;
  for (size_t i = last; i < ref->len; i++)
    if (ref->form[i] < '0' || ref->form[i] > '9') ref->is.numeric_tld = false;
  struct flags *is = &ref->is;
  bool valid = !is->has_bad_char && !is->has_underscore && !is->leading_dot && !is->empty_label;
  valid = valid && !is->bad_hyphen && !is->label_too_long && !is->too_long;
  is->is_single_label = valid && ref->labels == 1;
  is->is_fqdn = valid && ref->labels >= 2 && !is->numeric_tld;
  if (is->trailing_dot && (ref->len == 0 || ref->form[ref->len - 1] == '.' || white(ref->form[ref->len - 1]))) {
    ref->form[ref->len++] = '.';
    ref->labels++;
  }
}

static uint32_t bits_of(const struct flags *is) {
  uint32_t bits = 0;
#define PROP(id, word, doc, class) bits |= is->word ? 1u << HOST_##id : 0;
#include "facts/host_props.def"
#undef PROP
  return bits;
}

/* Marsaglia's xorshift with a fixed seed, so that a failure comes again. */
static uint32_t next(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return (uint32_t)(*seed >> 32);
}

/* Pieces rather than bytes: well-formed parts meet the odd ones so often that every property comes both ways. */
static size_t invent(char *out, uint64_t *seed) {
  static const struct text pieces[] = {
      {".", 1},    {".", 1},        {".", 1},        {"-", 1},           {"_", 1},      {"[", 1},
      {"]", 1},    {":", 1},        {"%", 1},        {" ", 1},           {"\t", 1},     {"\0", 1},
      {"\xff", 1}, {"\xc3\xbc", 2}, {"\xc3\xbc", 2}, {"\xc3", 1},        {"xn--", 4},   {"a", 1},
      {"m", 1},    {"Z", 1},        {"0", 1},        {"1", 1},           {"25", 2},     {"192.0.2.", 8},
      {"::1", 3},  {"IPv6:", 5},    {"[IPv6:", 6},   {"2001:db8::", 10}, {"mail", 4},   {"192.0.2.1", 9},
      {"]", 1},    {".com.", 5},    {".example", 8}, {"[192.0.2.1", 10}, {"]", 1},      {"-", 1},
  };
  size_t len = 0, parts = next(seed) % 9, plain = next(seed) % 3;
  for (size_t i = 0; i < parts; i++) {
    struct text piece = pieces[next(seed) % (sizeof pieces / sizeof *pieces)];
    if (plain == 0) piece = (struct text){&"abcxn09.."[next(seed) % 9], 1};
    memcpy(out + len, piece.ptr, piece.len);
    len += piece.len;
  }
  if (len > 0 && next(seed) % 8 == 0) { /* one long run, around the limits of 63 and 253 */
    size_t run = next(seed) % 2 ? 50 + next(seed) % 20 : 200 + next(seed) % 60;
    memset(out + len, next(seed) % 4 ? 'a' : '1', run);
    for (size_t i = 40; run > 100 && i < run; i += 40) out[len + i] = '.';
    len += run;
  }
  return len;
}

static void show(const char *name, size_t len, struct text got, const struct reference *ref) {
  struct buf buf;
  buf_init(&buf, &mem_default);
  buf_escaped(&buf, text_of(name, len));
  buf_str(&buf, " became ");
  buf_escaped(&buf, got);
  buf_str(&buf, ", not ");
  buf_escaped(&buf, text_of(ref->form, ref->len));
  print_error("%.*s\n", (int)buf.len, buf.ptr);
  buf_free(&buf);
}

/* Labels from the left, from the right, and the compared form itself must tell the same story. */
static void check_labels(const struct host *host) {
  size_t bytes = 0, count = host->label_count;
  for (size_t i = 0; i < count; i++) {
    struct text label = host_label(host, (int64_t)i), same = host_label(host, (int64_t)i - (int64_t)count);
    assert_ptr_equal(label.ptr, same.ptr);
    assert_int_equal(label.len, same.len);
    bytes += label.len + (i > 0);
  }
  if (count > 0) assert_int_equal(bytes, host->canonical.len);
  assert_int_equal(host_label(host, (int64_t)count).len, 0);
  assert_int_equal(host_label(host, -1 - (int64_t)count).len, 0);
}

/* Lints believe the table of what excludes what. */
static void check_excluded(uint32_t props) {
  for (unsigned a = 0; a < HOST_PROP_COUNT; a++)
    for (unsigned b = 0; b < HOST_PROP_COUNT && props >> a & 1; b++)
      if (props >> b & 1) assert_false(host_props_exclude((enum host_prop)a, (enum host_prop)b));
}

static void agrees_with_the_reference(void **state) {
  (void)state;
  static struct reference ref;
  struct arena arena;
  arena_init(&arena, &mem_default, SIZE_MAX);
  uint64_t seed = 0x9e3779b97f4a7c15u;
  uint32_t ever = 0, always = UINT32_MAX;
  for (size_t round = 0; round < ROUNDS; round++) {
    char name[NAME_MOST];
    size_t len = invent(name, &seed);
    struct host host, again;
    arena_reset(&arena);
    assert_true(host_scan(&host, text_of(name, len), &arena));
    refer(&ref, name, len);
    uint32_t want = bits_of(&ref.is);
    bool same = host.props == want && host.label_count == ref.labels;
    if (!same || !text_eq(host.canonical, text_of(ref.form, ref.len))) {
      show(name, len, host.canonical, &ref);
      fail_msg("%#x and %u labels, not %#x and %zu", host.props, host.label_count, want, ref.labels);
    }
    check_labels(&host);
    check_excluded(host.props);
    assert_true(host_scan(&again, host.canonical, &arena));
    assert_true(host_eq(&host, &again));
    assert_true(host_under(&host, &host) == (host.canonical.len > 0));
    ever |= host.props;
    always &= host.props;
  }
  arena_free(&arena);
  /* A generator that never makes a property true proves nothing about it. */
  assert_int_equal(ever, ((1u << HOST_PROP_COUNT) - 1) & ~(1u << HOST_TLD_KNOWN));
  assert_int_equal(always, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_reference)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
