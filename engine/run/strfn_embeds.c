/* Owns the question whether a name spells an address out, as the reverse names of access networks do.
 * Must never know: facts, rules, or which name it looks at. */
#include "run/strfn.h"

enum { GROUPS = 8 };

/* One way to write the address, cut into equal pieces of a number each. */
struct form {
  uint8_t count, bits; /* how many pieces, and of how many bits */
  uint8_t base;        /* 10 or 16 */
  uint8_t least, most; /* digits of a piece */
  bool joined;         /* nothing between the pieces, which then all have `most` digits */
};

static const struct form decimal_v4[] = {
  {4, 8, 10, 1, 3, false}, /* 192-0-2-17, 192.000.002.017 */
  {4, 8, 10, 3, 3, true},  /* 192000002017 */
};
static const struct form hexadecimal_v4[] = {
  {4, 8, 16, 2, 2, false}, /* c0-00-02-11 */
  {4, 8, 16, 2, 2, true},  /* c0000211 */
};
static const struct form hexadecimal_v6[] = {
  {8, 16, 16, 1, 4, false}, /* 2001-db8-0-0-0-0-0-25, 2001-0db8-0000-…, and compressed */
  {32, 4, 16, 1, 1, false}, /* 5.2.0.0.… */
  {32, 4, 16, 1, 1, true},  /* 20010db8000000000000000000000025 */
};

#define LENGTHS(least, most) (((UINT64_C(1) << (most)) << 1) - (UINT64_C(1) << (least)))

/* The forms that one pass over the runs of digits looks for. */
static const struct search {
  uint8_t family, base;
  uint64_t lengths; /* of the runs that a form may begin with, a bit each */
  const struct form *forms;
  size_t count;
} searches[] = {
  {4, 10, LENGTHS(1, 3) | LENGTHS(12, 12), decimal_v4, sizeof decimal_v4 / sizeof *decimal_v4},
  {4, 16, LENGTHS(2, 2) | LENGTHS(8, 8), hexadecimal_v4, sizeof hexadecimal_v4 / sizeof *hexadecimal_v4},
  {6, 16, LENGTHS(1, 4) | LENGTHS(32, 32), hexadecimal_v6, sizeof hexadecimal_v6 / sizeof *hexadecimal_v6},
};

/* A digit's number plus one; 0 for what is no digit. */
static const uint8_t digits[256] = {
  ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
  ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* The digit's number at `at`, or something not below the base. */
static unsigned digit_at(struct text name, size_t at) {
  return at < name.len ? digits[(unsigned char)name.ptr[at]] - 1u : UINT32_MAX;
}

static bool is_digit_at(struct text name, size_t at, const struct form *form) {
  return digit_at(name, at) < form->base;
}

static unsigned piece_of(const struct addr *address, const struct form *form, size_t i) {
  const uint8_t *bytes = address->bytes + i * form->bits / 8;
  if (form->bits == 16) return (unsigned)bytes[0] << 8 | bytes[1];
  if (form->bits == 8) return bytes[0];
  return i % 2 == 0 ? bytes[0] >> 4 : bytes[0] & 15u;
}

/* Reads `least` to `most` digits at *at as a number, and moves behind them. False where there are fewer; more are
 * left standing for the caller to see. */
static bool read_number(struct text name, size_t *at, const struct form *form, unsigned *out) {
  size_t begin = *at;
  *out = 0;
  while (*at - begin < form->most && is_digit_at(name, *at, form))
    *out = *out * form->base + digit_at(name, (*at)++);
  return *at - begin >= form->least;
}

static bool read_byte(struct text name, size_t *at, char byte) {
  return *at < name.len && name.ptr[(*at)++] == byte;
}

/* Whether the pieces stand at `at`, which is where a run of digits begins. Each number must be a whole run of
 * digits (all of them together, when joined), and what separates two of them is one same byte throughout. */
static bool stands_at(struct text name, size_t at, const struct addr *address, const struct form *form,
                      bool reversed) {
  char separator = 0;
  for (size_t i = 0; i < form->count; i++) {
    unsigned number;
    if (i > 0 && !form->joined) {
      if (at >= name.len || is_digit_at(name, at, form)) return false;
      if (i == 1) separator = name.ptr[at];
      if (!read_byte(name, &at, separator)) return false;
    }
    if (!read_number(name, &at, form, &number)) return false;
    if (number != piece_of(address, form, reversed ? form->count - 1u - i : i)) return false;
  }
  return !is_digit_at(name, at, form);
}

/* The groups from `begin` to `end`, each behind a separator but for the very first. */
static bool groups_stand(struct text name, size_t *at, const struct addr *address, size_t begin, size_t end,
                         const struct form *form, char separator) {
  for (size_t i = begin; i < end; i++) {
    unsigned number;
    if (i > 0 && !read_byte(name, at, separator)) return false;
    if (!read_number(name, at, form, &number) || number != piece_of(address, form, i)) return false;
    if (is_digit_at(name, *at, form)) return false;
  }
  return true;
}

/* Whether one more whole group stands behind `at`: the name then spells another, longer address. */
static bool group_follows(struct text name, size_t at, const struct form *form, char separator) {
  unsigned number;
  if (!read_byte(name, &at, separator) || !read_number(name, &at, form, &number)) return false;
  return at >= name.len || !(ascii_digit(name.ptr[at]) || ascii_alpha(name.ptr[at]));
}

/* Whether the address stands at `at` with the zero groups from `gap` to `resume` as a doubled separator. */
static bool gap_stands(struct text name, size_t at, const struct addr *address, size_t gap, size_t resume,
                       const struct form *form) {
  size_t look = at;
  unsigned number;
  if (!read_number(name, &look, form, &number) || look >= name.len) return false;
  char separator = name.ptr[look];
  if (!groups_stand(name, &at, address, 0, gap, form, separator)) return false;
  if (!read_byte(name, &at, separator)) return false;
  if (resume == GROUPS && !read_byte(name, &at, separator)) return false;
  if (!groups_stand(name, &at, address, resume, GROUPS, form, separator)) return false;
  return !is_digit_at(name, at, form) && !group_follows(name, at, form, separator);
}

/* Every run of zero groups may be the one that was compressed. One at the very beginning (::1) is not looked for,
 * nor one behind a single group and up to the end: too little would be left to recognise. */
static bool compressed_stands(struct text name, size_t at, const struct addr *address, const struct form *form) {
  for (size_t gap = 1; gap < GROUPS; gap++) {
    if (piece_of(address, form, gap) != 0 || piece_of(address, form, gap - 1) == 0) continue;
    size_t resume = gap;
    while (resume < GROUPS && piece_of(address, form, resume) == 0) resume++;
    if (gap == 1 && resume == GROUPS) continue;
    if (gap_stands(name, at, address, gap, resume, form)) return true;
  }
  return false;
}

/* Where a whole run of digits stands in the name, how long it is, and its number (which has wrapped when too
 * long). */
struct run {
  size_t at, length;
  unsigned number;
};

/* Whether the form may begin with this run, as the piece `first`; most words of a name fail here. */
static bool may_begin(const struct run *run, const struct addr *address, const struct form *form, size_t first) {
  if (form->joined) return run->length == (size_t)form->most * form->count;
  return form->least <= run->length && run->length <= form->most && run->number == piece_of(address, form, first);
}

static bool any_form_stands(struct text name, const struct run *run, const struct addr *address,
                            const struct search *search) {
  for (size_t i = 0; i < search->count; i++) {
    const struct form *form = &search->forms[i];
    bool forward = may_begin(run, address, form, 0), backward = may_begin(run, address, form, form->count - 1u);
    if (forward && stands_at(name, run->at, address, form, false)) return true;
    if (backward && stands_at(name, run->at, address, form, true)) return true;
    if (forward && form->bits == 16 && compressed_stands(name, run->at, address, form)) return true;
  }
  return false;
}

static bool found_by(const struct search *search, struct text name, const struct addr *address) {
  for (size_t at = 0; at < name.len; at++) { /* the byte behind a run is no digit */
    unsigned digit = digits[(unsigned char)name.ptr[at]] - 1u;
    if (digit >= search->base) continue;
    struct run run = {at, 0, 0};
    for (; digit < search->base; digit = digit_at(name, ++at)) run.number = run.number * search->base + digit;
    run.length = at - run.at;
    bool fits = run.length < 64 && search->lengths >> run.length & 1;
    if (fits && any_form_stands(name, &run, address, search)) return true;
  }
  return false;
}

bool strfn_embeds_address(struct text name, struct addr address) {
  for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
    if (searches[i].family == address.family && found_by(&searches[i], name, &address)) return true;
  return false;
}
