/* Owns the search for the name that somebody meant.
 * Must never know: what the names stand for. */
#include "proto/near.h"

#include <string.h>

#define NEAR_LONGEST 64

static unsigned least(unsigned a, unsigned b) {
  return a < b ? a : b;
}

static char fold(char c) {
  if (c >= 'A' && c <= 'Z') return (char)(c | 0x20);
  return c == '-' ? '_' : c;
}

/* Insertions, deletions, replacements and swaps of neighbours, without regard to case. Both fit NEAR_LONGEST. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len) {
  unsigned rows[3][NEAR_LONGEST + 1];
  for (size_t j = 0; j <= b_len; j++) rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= a_len; i++) {
    unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
    now[0] = (unsigned)i;
    for (size_t j = 1; j <= b_len; j++) {
      char x = fold(a[i - 1]), y = fold(b[j - 1]);
      now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (x != y));
      if (i > 1 && j > 1 && x == fold(b[j - 2]) && y == fold(a[i - 2])) now[j] = least(now[j], earlier[j - 2] + 1);
    }
  }
  return rows[a_len % 3][b_len];
}

/* A part that is whole counts as near: `rdns` for client.rdns, `user` for auth.user. */
static int is_tail(const char *name, size_t len, const char *candidate, size_t candidate_len) {
  return len > 0 && candidate_len > len && candidate[candidate_len - len - 1] == '.' &&
         memcmp(candidate + candidate_len - len, name, len) == 0;
}

const char *near_find(const char *name, size_t len, const char *(*at)(void *user, size_t index), void *user) {
  const char *best = NULL;
  if (len == 0 || len > NEAR_LONGEST) return NULL;
  unsigned best_distance = (unsigned)(len / 3 > 3 ? 3 : len < 3 ? 1 : (len + 2) / 3) + 1;
  const char *candidate;
  for (size_t i = 0; (candidate = at(user, i)); i++) {
    size_t candidate_len = strlen(candidate);
    if (candidate_len > NEAR_LONGEST) continue;
    unsigned d = is_tail(name, len, candidate, candidate_len) ? 1 : distance(name, len, candidate, candidate_len);
    if (d >= best_distance) continue;
    best = candidate;
    best_distance = d;
  }
  return best;
}
