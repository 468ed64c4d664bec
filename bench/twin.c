/* Owns the seventeen rules once more, written out in C as a careful programmer would who has no engine: what the
 * engine's speed is measured against. Must never know: the engine. */
#include "twin.h"

#include <arpa/inet.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct twin {
  psl_ctx_t *suffixes;
};

struct twin *twin_new(void) {
  struct twin *twin = calloc(1, sizeof *twin);
  if (twin) twin->suffixes = psl_latest(NULL);
  if (twin && !twin->suffixes) twin->suffixes = (psl_ctx_t *)psl_builtin();
  if (twin && twin->suffixes) return twin;
  free(twin);
  return NULL;
}

void twin_free(struct twin *twin) {
  if (!twin) return;
  psl_free(twin->suffixes);
  free(twin);
}

static const int64_t scores[TWIN_RULE_COUNT] = {
#define RULE(name, score) [TWIN_##name] = score,
    TWIN_RULES(RULE)
#undef RULE
};

static void hit(struct twin_verdict *verdict, enum twin_rule rule) {
  verdict->hits |= 1u << rule;
  verdict->score += scores[rule];
}

static bool has_hit(const struct twin_verdict *verdict, enum twin_rule rule) {
  return verdict->hits >> rule & 1;
}

/* --- names --- */

struct name {
  const char *ptr;
  size_t len;
};

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_bracket(char c) {
  return c == '[' || c == ']';
}

static struct name trimmed(const char *ptr, size_t len) {
  while (len > 0 && is_space(ptr[0])) ptr++, len--;
  while (len > 0 && is_space(ptr[len - 1])) len--;
  return (struct name){ptr, len};
}

static struct name without_dot(struct name name) {
  if (name.len > 0 && name.ptr[name.len - 1] == '.') name.len--;
  return name;
}

static bool same(struct name a, struct name b) {
  return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static bool is(struct name name, const char *word) {
  return same(name, (struct name){word, strlen(word)});
}

/* Letters, digits and hyphens, with none of these at an end. Underscores where the caller allows them. */
static bool is_label(const char *ptr, size_t len, bool underscores) {
  if (len == 0 || len > 63 || ptr[0] == '-' || ptr[len - 1] == '-') return false;
  for (size_t i = 0; i < len; i++)
    if (!is_alnum(ptr[i]) && ptr[i] != '-' && !(underscores && ptr[i] == '_')) return false;
  return true;
}

/* An address as IPv4-mapped IPv6, whichever it is. */
static bool parse_address(uint8_t out[16], const char *ptr, size_t len, int family) {
  char copy[INET6_ADDRSTRLEN];
  if (len >= sizeof copy) return false;
  memcpy(copy, ptr, len);
  copy[len] = 0;
  if (family == AF_INET6) return inet_pton(AF_INET6, copy, out) == 1;
  memset(out, 0, 10);
  memset(out + 10, 0xff, 2);
  return inet_pton(AF_INET, copy, out + 12) == 1;
}

static bool parse_literal(uint8_t out[16], struct name name) {
  if (name.len < 2 || name.ptr[0] != '[' || name.ptr[name.len - 1] != ']') return false;
  if (name.len > 7 && strncasecmp(name.ptr + 1, "IPv6:", 5) == 0)
    return parse_address(out, name.ptr + 6, name.len - 7, AF_INET6);
  return parse_address(out, name.ptr + 1, name.len - 2, AF_INET);
}

static bool parse_bare(uint8_t out[16], struct name name) {
  if (memchr(name.ptr, ':', name.len)) return parse_address(out, name.ptr, name.len, AF_INET6);
  return is_digit(name.ptr[0]) && parse_address(out, name.ptr, name.len, AF_INET);
}

static void lower_case(char *out, struct name name) {
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];
    out[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
  }
}

/* The registrable domain within `lower`, the name in lower case; NULL for a malformed name or a single label. */
static const char *organisation(const struct twin *twin, char lower[254], struct name name) {
  const char *end = name.ptr + name.len, *label = name.ptr, *dot = NULL;
  bool number = true;
  if (name.len > 253) return NULL;
  for (const char *at = name.ptr; at <= end; at++) {
    if (at < end && *at != '.') continue;
    if (!is_label(label, (size_t)(at - label), true)) return NULL;
    if (at == end) break;
    dot = at;
    label = at + 1;
  }
  for (const char *at = label; at < end; at++) number = number && is_digit(*at);
  if (!dot || number) return NULL;
  lower_case(lower, name);
  lower[name.len] = 0;
  return psl_registrable_domain(twin->suffixes, lower);
}

static bool same_organisation(const struct twin *twin, struct name a, struct name b) {
  char lower_a[254], lower_b[254];
  const char *of_a = organisation(twin, lower_a, a), *of_b = of_a ? organisation(twin, lower_b, b) : NULL;
  return of_a && of_b && strcmp(of_a, of_b) == 0;
}

static bool embeds(struct name name, const uint8_t address[16]) {
  char lower[CONNECTION_NAME_ROOM];
  lower_case(lower, name);
  return twin_embeds(lower, name.len, address + 12);
}

/* --- rules --- */

static void judge_plain_name(struct twin_verdict *verdict, struct name helo) {
  struct name body = without_dot(helo);
  bool dots = false, odd = false;
  if (is(body, "localhost")) hit(verdict, TWIN_HELO_LOCALHOST);
  if (is(body, "localhost.localdomain")) hit(verdict, TWIN_HELO_LOCALDOMAIN);
  for (size_t i = 0; i < helo.len; i++) {
    char c = helo.ptr[i];
    dots |= c == '.' && i > 0 && helo.ptr[i - 1] == '.';
    odd |= !is_alnum(c) && c != '-' && c != '.';
  }
  bool localhost = has_hit(verdict, TWIN_HELO_LOCALHOST);
  if (!localhost && is_label(body.ptr, body.len, false)) hit(verdict, TWIN_HELO_NOT_FQDN);
  if (helo.ptr[0] == '.') hit(verdict, TWIN_HELO_LEADING_DOT);
  if (dots) hit(verdict, TWIN_HELO_EMPTY_LABEL);
  if (odd) hit(verdict, TWIN_HELO_BAD_CHARS);
}

/* Whether HELO gave an address, in brackets or without. */
static bool judge_helo(struct twin_verdict *verdict, struct name helo, const uint8_t client[16]) {
  uint8_t address[16];
  bool found = false;
  if (helo.len == 0) {
    hit(verdict, TWIN_HELO_EMPTY);
  } else if (is_bracket(helo.ptr[0]) || is_bracket(helo.ptr[helo.len - 1])) {
    found = parse_literal(address, helo);
    hit(verdict, found ? TWIN_HELO_IS_LITERAL : TWIN_HELO_BAD_LITERAL);
  } else if ((found = parse_bare(address, helo))) {
    hit(verdict, TWIN_HELO_IS_IP);
  } else {
    judge_plain_name(verdict, helo);
  }
  if (found && memcmp(address, client, sizeof address) != 0) hit(verdict, TWIN_HELO_IP_MISMATCH);
  return found;
}

struct twin_verdict twin_judge(const struct twin *twin, const struct connection *connection) {
  struct twin_verdict verdict = {0, 0, false};
  if (connection->user_len > 0) {
    verdict.exempt = true;
    return verdict;
  }
  struct name helo = trimmed(connection->helo, connection->helo_len);
  struct name rdns = without_dot(trimmed(connection->rdns, connection->rdns_len));
  bool is_address = judge_helo(&verdict, helo, connection->address);
  if (rdns.len == 0) {
    hit(&verdict, TWIN_RDNS_MISSING);
    if (has_hit(&verdict, TWIN_HELO_NOT_FQDN) || has_hit(&verdict, TWIN_HELO_IS_IP)) hit(&verdict, TWIN_NOBODY);
    return verdict;
  }
  if (helo.len > 0 && !is_address && !same(without_dot(helo), rdns)) {
    hit(&verdict, TWIN_HELO_NOT_RDNS);
    if (!same_organisation(twin, without_dot(helo), rdns)) hit(&verdict, TWIN_HELO_OTHER_ORG);
  }
  if (embeds(rdns, connection->address)) {
    hit(&verdict, TWIN_RDNS_EMBEDS_IP);
    if (has_hit(&verdict, TWIN_HELO_NOT_RDNS)) hit(&verdict, TWIN_MASKED_LINE);
  }
  return verdict;
}
