/* Owns the pointer-and-length text that every layer passes about, and its comparisons.
 * Must never know: who owns the bytes, or that a NUL might end them. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
  const char *ptr;
  size_t len;
};

#define TEXT(literal) ((struct text){"" literal, sizeof(literal) - 1})

static inline struct text text_of(const char *ptr, size_t len) {
  return (struct text){ptr, len};
}

static inline struct text text_from(const char *string) {
  return (struct text){string, string ? strlen(string) : 0};
}

static inline bool text_eq(struct text a, struct text b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool text_is(struct text a, const char *string) {
  return text_eq(a, text_from(string));
}

static inline char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

static inline bool ascii_alpha(char c) {
  char l = (char)(c | 0x20);
  return l >= 'a' && l <= 'z';
}

/* Equal but for the case of ASCII letters. */
bool text_eq_nocase(struct text a, struct text b);

/* Bytewise order; a prefix comes first. */
int text_compare(struct text a, struct text b);

bool text_starts(struct text a, struct text prefix);
bool text_ends(struct text a, struct text suffix);

/* The offset of needle in hay, or SIZE_MAX. */
size_t text_find(struct text hay, struct text needle);

/* A 64-bit hash of the bytes; not for untrusted-collision use without a compare behind it. */
unsigned long long text_hash(struct text a);

/* A hash under a secret key, for tables whose keys strangers choose: without the key nobody can make names that meet in
 * one place. */
unsigned long long text_hash_keyed(struct text a, unsigned long long key);

/* For a %.*s: the length of a text as an int, cut to what a message can bear. */
#define TEXT_ARG(text) (int)((text).len > 200 ? 200 : (text).len), (text).ptr

#endif
