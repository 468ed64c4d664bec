/* Owns the one-pass scan of a DNS name as received (HELO argument, reverse name): every property of the name,
 * its compared form, its labels. Must never know: which fact the name came from, or any rule. */
#include "facts/host.h"

#include "facts/domain.h"
#include "facts/host_idn.h"

#define BIT(prop) (1u << HOST_##prop)

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63 };

/* What keeps a label, and so a name, from being valid. White space is a bad character too. */
static const uint32_t bad_label = BIT(HAS_BAD_CHAR) | BIT(HAS_UNDERSCORE) | BIT(LEADING_DOT) | BIT(EMPTY_LABEL) |
                                  BIT(BAD_HYPHEN) | BIT(LABEL_TOO_LONG) | BIT(TOO_LONG);

/* Names whose .labels, .label(n) and .tld are empty. */
static const uint32_t no_labels = BIT(IS_EMPTY) | BIT(IS_ADDRESS) | BIT(IS_LITERAL) | BIT(IS_BAD_LITERAL);

/* One bit a class, so that the union over a name says what occurs in it. */
enum { DOT = 1, HYPHEN = 2, DIGIT = 4, LOWER = 8, UPPER = 16, UNDERSCORE = 32, BAD = 64, HIGH = 128 };

#define D DOT
#define H HYPHEN
#define N DIGIT
#define L LOWER
#define U UPPER
#define X UNDERSCORE
#define B BAD
#define HIGH_16 HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH

static const uint8_t byte_class[256] = {
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* control bytes */
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* control bytes */
    B, B, B, B, B, B, B, B, B, B, B, B, B, H, D, B, /* space to slash */
    N, N, N, N, N, N, N, N, N, N, B, B, B, B, B, B, /* digits */
    B, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, /* upper case */
    U, U, U, U, U, U, U, U, U, U, U, B, B, B, B, X, /* upper case, underscore */
    B, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* lower case */
    L, L, L, L, L, L, L, L, L, L, L, B, B, B, B, B, /* lower case, DEL */
    HIGH_16, HIGH_16, HIGH_16, HIGH_16, HIGH_16, HIGH_16, HIGH_16, HIGH_16,
};

#undef D
#undef H
#undef N
#undef L
#undef U
#undef X
#undef B
#undef HIGH_16

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_bracket(char c) {
  return c == '[' || c == ']';
}

static struct text trim(struct text text) {
  while (text.len > 0 && is_space(text.ptr[0])) text = text_of(text.ptr + 1, text.len - 1);
  while (text.len > 0 && is_space(text.ptr[text.len - 1])) text.len--;
  return text;
}

/* What one pass over the bytes of a name, its trailing dot left out, tells. */
struct shape {
  unsigned seen;   /* classes of byte */
  uint32_t faults; /* bits of enum host_prop that single labels give */
  size_t labels;
  size_t last; /* where the last label starts */
};

/* The faults of the label that ends before `end`; an empty one at the start of the name is its leading dot. */
static inline uint32_t label_faults(const char *name, size_t start, size_t end) {
  size_t len = end - start;
  if (len == 0) return start == 0 ? BIT(LEADING_DOT) : BIT(EMPTY_LABEL);
  uint32_t faults = len > LABEL_MAX_BYTES ? BIT(LABEL_TOO_LONG) : 0;
  return name[start] == '-' || name[end - 1] == '-' ? faults | BIT(BAD_HYPHEN) : faults;
}

static struct shape shape_of(struct text name) {
  struct shape shape = {.labels = 1};
  for (size_t i = 0; i < name.len; i++) {
    unsigned class = byte_class[(unsigned char)name.ptr[i]];
    shape.seen |= class;
    if (class != DOT) continue;
    shape.faults |= label_faults(name.ptr, shape.last, i);
    shape.last = i + 1;
    shape.labels++;
  }
  shape.faults |= label_faults(name.ptr, shape.last, name.len);
  return shape;
}

static bool all_digits(struct text label) {
  for (size_t i = 0; i < label.len; i++)
    if (!ascii_digit(label.ptr[i])) return false;
  return label.len > 0;
}

static uint32_t bad_bytes(struct text name) {
  for (size_t i = 0; i < name.len; i++)
    if (is_space(name.ptr[i])) return BIT(HAS_BAD_CHAR) | BIT(HAS_SPACE);
  return BIT(HAS_BAD_CHAR);
}

/* The lower-case bytes: the text itself where it has no upper-case letter, else a copy. */
static bool lower(struct text *out, struct text text, unsigned seen, struct arena *arena) {
  *out = text;
  if (!(seen & UPPER)) return true;
  char *copy = arena_new(arena, text.len);
  if (!copy) return false;
  for (size_t i = 0; i < text.len; i++) copy[i] = ascii_lower(text.ptr[i]);
  *out = text_of(copy, text.len);
  return true;
}

/* RFC 5321 section 4.1.3, with all IPv6 forms of RFC 4291. An IPv4 address bears no tag, an IPv6 one must. */
static bool parse_literal(struct addr *out, struct text name) {
  if (name.len < 2 || name.ptr[0] != '[' || name.ptr[name.len - 1] != ']') return false;
  struct text inner = text_of(name.ptr + 1, name.len - 2), tag = TEXT("IPv6:");
  bool tagged = inner.len > tag.len && text_eq_nocase(text_of(inner.ptr, tag.len), tag);
  if (tagged) inner = text_of(inner.ptr + tag.len, inner.len - tag.len);
  bool colon = inner.len > 0 && memchr(inner.ptr, ':', inner.len);
  return tagged == colon && addr_parse(out, inner) == ADDR_OK;
}

/* A bracket at either end: a literal or a bad one, and nothing else. Its trailing dot is never stripped. */
static bool scan_bracketed(struct host *host, struct text name, struct arena *arena) {
  struct addr address;
  bool good = parse_literal(&address, name);
  if (good) host->address = address;
  host->props = good ? BIT(IS_LITERAL) : BIT(IS_BAD_LITERAL);
  return lower(&host->canonical, name, shape_of(name).seen, arena);
}

/* A quad is digits and dots alone; only a colon, a bad byte elsewhere, can make an IPv6 address. */
static bool parse_bare(struct addr *out, struct text name, unsigned seen) {
  bool quad = !(seen & ~(unsigned)(DIGIT | DOT));
  bool colon = !(seen & HIGH) && seen & BAD && memchr(name.ptr, ':', name.len);
  struct addr address;
  if (!(quad || colon) || addr_parse(&address, name) != ADDR_OK) return false;
  *out = address;
  return true;
}

/* The rest of the properties, where the bytes of `body` are those that count: U-labels are A-labels by now. */
static uint32_t name_props(struct text body, const struct shape *shape) {
  uint32_t props = shape->faults;
  if (shape->seen & BAD) props |= bad_bytes(body);
  if (shape->seen & UNDERSCORE) props |= BIT(HAS_UNDERSCORE);
  if (body.len > NAME_MAX_BYTES) props |= BIT(TOO_LONG);
  if (all_digits(text_of(body.ptr + shape->last, body.len - shape->last))) props |= BIT(NUMERIC_TLD);
  return props;
}

static uint32_t with_kind(uint32_t props, size_t labels) {
  if (props & bad_label) return props;
  if (labels == 1) return props | BIT(IS_SINGLE_LABEL);
  return props & BIT(NUMERIC_TLD) ? props : props | BIT(IS_FQDN);
}

/* `name` with its trailing dot; `body` without. The dot stays in the compared form where another dot or white
 * space comes before it, so that the compared form of a compared form is itself. */
static bool finish_name(struct host *host, struct text name, struct text body, const struct shape *shape,
                        struct arena *arena) {
  size_t labels = shape->labels;
  bool dotted = name.len > body.len;
  if (dotted) host->props |= BIT(TRAILING_DOT);
  host->props = with_kind(host->props | name_props(body, shape), labels);
  bool keep = dotted && (body.len == 0 || body.ptr[body.len - 1] == '.' || is_space(body.ptr[body.len - 1]));
  if (keep) labels++;
  host->label_count = labels < UINT16_MAX ? (uint16_t)labels : UINT16_MAX;
  return lower(&host->canonical, keep ? name : body, shape->seen, arena);
}

static struct text without_dot(struct text name) {
  return name.ptr[name.len - 1] == '.' ? text_of(name.ptr, name.len - 1) : name;
}

bool host_scan(struct host *out, struct text raw, struct arena *arena) {
  *out = (struct host){.raw = raw, .canonical = {"", 0}, .org = {"", 0}};
  struct text name = trim(raw);
  if (name.len == 0) {
    out->props = BIT(IS_EMPTY);
    return true;
  }
  if (is_bracket(name.ptr[0]) || is_bracket(name.ptr[name.len - 1])) return scan_bracketed(out, name, arena);
  struct text body = without_dot(name);
  struct shape shape = shape_of(body);
  if (body.len == name.len && parse_bare(&out->address, name, shape.seen)) {
    out->props = BIT(IS_ADDRESS);
    return lower(&out->canonical, name, shape.seen, arena);
  }
  if (shape.seen & HIGH) {
    bool invalid;
    if (!host_idn_fold(&name, &invalid, name, arena)) return false;
    out->props = BIT(HAS_NON_ASCII) | (invalid ? BIT(HAS_BAD_CHAR) : 0);
    body = without_dot(name);
    shape = shape_of(body);
  }
  return finish_name(out, name, body, &shape, arena);
}

void host_find_tld(struct host *host, const struct domain *domain) {
  if (host->tld_done) return;
  host->tld_done = true;
  if (domain && !(host->props & no_labels)) host->tld_known = domain_tld_known(domain, host_tld(host));
}

/* Asked for only where the name has one: at least two labels, and no malformation but an underscore, which real
 * servers send and the DNS itself allows. */
static bool may_have_org(const struct host *host) {
  uint32_t none = no_labels | (bad_label & ~BIT(HAS_UNDERSCORE)) | BIT(NUMERIC_TLD);
  return !(host->props & none) && host->label_count > 1;
}

void host_find_org(struct host *host, const struct domain *domain) {
  if (host->org_done) return;
  host->org_done = true;
  if (domain && may_have_org(host)) host->org = domain_registrable(domain, host->canonical);
}

bool host_has_org(const struct host *host, const struct domain *domain) {
  if (host->org_done) return host->org.len > 0;
  return domain && may_have_org(host) && domain_has_registrable(domain, host->canonical);
}

void host_suffix(struct host *host, const struct domain *domain) {
  host_find_tld(host, domain);
  host_find_org(host, domain);
}

static struct text label_from_left(struct text name, uint64_t n) {
  for (;;) {
    const char *dot = name.len ? memchr(name.ptr, '.', name.len) : NULL;
    size_t len = dot ? (size_t)(dot - name.ptr) : name.len;
    if (n-- == 0) return text_of(name.ptr, len);
    if (!dot) return text_of("", 0);
    name = text_of(dot + 1, name.len - len - 1);
  }
}

static struct text label_from_right(struct text name, uint64_t n) {
  for (;;) {
    size_t start = name.len;
    while (start > 0 && name.ptr[start - 1] != '.') start--;
    if (n-- == 0) return text_of(name.ptr + start, name.len - start);
    if (start == 0) return text_of("", 0);
    name.len = start - 1;
  }
}

struct text host_label(const struct host *host, int64_t n) {
  if (host->props & no_labels) return text_of("", 0);
  if (n >= 0) return label_from_left(host->canonical, (uint64_t)n);
  return label_from_right(host->canonical, (uint64_t)(-1 - n));
}

struct text host_tld(const struct host *host) {
  return host_label(host, -1);
}

bool host_eq(const struct host *a, const struct host *b) {
  return text_eq(a->canonical, b->canonical);
}

bool host_under(const struct host *name, const struct host *domain) {
  struct text low = name->canonical, high = domain->canonical;
  if (high.len == 0 || low.len < high.len) return false;
  if (low.len == high.len) return text_eq(low, high);
  if ((name->props | domain->props) & no_labels) return false;
  return low.ptr[low.len - high.len - 1] == '.' && text_ends(low, high);
}

static char byte_from_end(struct text text, size_t i) {
  return i < text.len ? text.ptr[text.len - 1 - i] : '.'; /* in front of a name a label ends as well */
}

bool host_may_share_org(const struct host *a, const struct host *b) {
  struct text x = a->canonical, y = b->canonical;
  size_t dots = 0, i = 0;
  for (; i < x.len && i < y.len && byte_from_end(x, i) == byte_from_end(y, i); i++)
    if (byte_from_end(x, i) == '.') dots++;
  if (byte_from_end(x, i) == '.' && byte_from_end(y, i) == '.') dots++;
  return dots >= 2;
}

bool host_same_org(const struct host *a, const struct host *b) {
  return a->org.len > 0 && text_eq(a->org, b->org);
}
