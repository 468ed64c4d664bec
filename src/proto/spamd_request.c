/* Owns the reading of requests as spamd reads them, byte by byte where clients could tell.
 * Must never know: what is answered. */
#include <stdint.h>

#include "proto/spamd.h"

enum { STATE_COMMAND, STATE_HEADER, STATE_BODY };
enum { PLACE_LOCAL = 1, PLACE_REMOTE = 2 };

/* One call of the scan. */
struct scan {
  struct spamd_request *request;
  const char *bytes;
  size_t len;
  bool at_end;
  const struct spamd_limits *limits;
};

static enum codec_need bad(struct scan *scan, enum spamd_fault fault, struct span about, size_t got) {
  scan->request->fault = fault;
  scan->request->about = about;
  scan->request->got = got;
  return CODEC_BAD;
}

static enum codec_need bad_head(struct scan *scan, enum spamd_fault fault) {
  return bad(scan, fault, (struct span){0}, 0);
}

static enum codec_need too_large(struct scan *scan) {
  return bad(scan, SPAMD_FAULT_SIZE, (struct span){0}, scan->limits->request_bytes);
}

static enum codec_need ready(struct scan *scan, size_t used) {
  struct spamd_request *request = scan->request;
  request->used = used;
  request->framed = request->has_length && used - request->body == request->length;
  return CODEC_READY;
}

/* How a line ends tells whether it can be the empty one: that must end in CR LF. The line at the end of the input
 * may have no end. */
struct line {
  struct span span; /* without CR LF, or LF */
  bool crlf;
};

static struct span span_of(size_t at, size_t end) {
  return (struct span){at, end - at};
}

/* Takes the next line; false when it is not there yet. */
static bool next_line(struct scan *scan, struct line *line) {
  struct spamd_request *request = scan->request;
  const char *from = scan->bytes + request->scanned;
  const char *end = scan->len > request->scanned ? memchr(from, '\n', scan->len - request->scanned) : NULL;
  if (!end && (!scan->at_end || scan->len == request->line)) {
    request->scanned = scan->len;
    return false;
  }
  size_t at = request->line, stop = end ? (size_t)(end - scan->bytes) : scan->len;
  line->crlf = end && stop > at && scan->bytes[stop - 1] == '\r';
  line->span = span_of(at, line->crlf ? stop - 1 : stop);
  request->line = request->scanned = end ? stop + 1 : stop;
  return true;
}

static bool contains(const struct scan *scan, struct span span, const char *word) {
  size_t len = strlen(word);
  const char *ptr = scan->bytes + span.at;
  for (size_t i = 0; i + len <= span.len; i++) {
    size_t k = 0;
    while (k < len && codec_lower(ptr[i + k]) == word[k]) k++;
    if (k == len) return true;
  }
  return false;
}

/* As Perl reads a number: what follows the digits is passed over, and where there are none it is 0. */
static unsigned read_version(const char *ptr, size_t len) {
  unsigned version = 0, unit = 1000;
  bool point = false;
  for (size_t i = 0; i < len; i++) {
    if (ptr[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (ptr[i] < '0' || ptr[i] > '9') break;
    unsigned digit = (unsigned)(ptr[i] - '0');
    if (point && unit > 1) version += digit * (unit /= 10);
    if (!point) version = version < 1000000 ? version * 10 + digit * 1000 : version;
  }
  return version;
}

static const struct {
  const char *name;
  enum spamd_command command;
  unsigned headers_from; /* the first version, in thousandths, whose requests have headers */
} commands[] = {
    {"CHECK", SPAMD_CHECK, 1001},     {"SYMBOLS", SPAMD_SYMBOLS, 1001},
    {"REPORT", SPAMD_REPORT, 1001},   {"REPORT_IFSPAM", SPAMD_REPORT_IFSPAM, 1001},
    {"HEADERS", SPAMD_HEADERS, 1001}, {"PROCESS", SPAMD_PROCESS, 1001},
    {"PING", SPAMD_PING, 1500},       {"SKIP", SPAMD_SKIP, 1500},
    {"TELL", SPAMD_TELL, 0},
};

bool spamd_wants_verdict(const struct spamd_request *request) {
  return request->command < SPAMD_PING;
}

bool spamd_wants_waits(const struct spamd_request *request) {
  return request->command == SPAMD_REPORT || request->command == SPAMD_REPORT_IFSPAM;
}

/* Where the headers end: what has no message is complete. */
static enum codec_need end_head(struct scan *scan) {
  struct spamd_request *request = scan->request;
  unsigned both = request->set & request->remove;
  request->state = STATE_BODY;
  request->body = request->scanned = request->line;
  if (request->command == SPAMD_SKIP) return CODEC_GONE;
  if (request->command == SPAMD_PING) return ready(scan, request->body);
  if (request->command == SPAMD_TELL && both)
    return bad_head(scan, both & PLACE_LOCAL ? SPAMD_FAULT_SET_LOCAL : SPAMD_FAULT_SET_REMOTE);
  if (request->compressed && !request->has_length) return bad_head(scan, SPAMD_FAULT_COMPRESS_LENGTH);
  if (request->has_length && request->length > scan->limits->request_bytes)
    return too_large(scan);
  return CODEC_MORE;
}

static enum codec_need take_command(struct scan *scan, struct line line) {
  struct spamd_request *request = scan->request;
  static const char middle[] = " SPAMC/";
  const char *ptr = scan->bytes + line.span.at;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    size_t name = strlen(commands[i].name), begin = name + sizeof middle - 1;
    if (line.span.len < begin || memcmp(ptr, commands[i].name, name) != 0) continue;
    if (memcmp(ptr + name, middle, begin - name) != 0) continue;
    request->command = commands[i].command;
    request->version = read_version(ptr + begin, line.span.len - begin);
    request->head.at = request->line;
    request->state = STATE_HEADER;
    return request->version >= commands[i].headers_from ? CODEC_MORE : end_head(scan);
  }
  return bad(scan, SPAMD_FAULT_COMMAND, line.span, 0);
}

/* Without a digit it is no length, though spamd reads on: of a client that did not count, no more than a line. */
static enum codec_need take_length(struct scan *scan, struct span value) {
  struct spamd_request *request = scan->request;
  size_t length = 0;
  if (value.len == 0) return bad(scan, SPAMD_FAULT_LENGTH, value, 0);
  for (size_t i = 0; i < value.len; i++) {
    char c = scan->bytes[value.at + i];
    if (c < '0' || c > '9') return bad(scan, SPAMD_FAULT_LENGTH, value, 0);
    size_t digit = (size_t)(c - '0');
    length = length > (SIZE_MAX - digit) / 10 ? SIZE_MAX : length * 10 + digit;
  }
  request->has_length = true;
  request->length = length;
  request->length_text = value;
  return CODEC_MORE;
}

static enum codec_need take_user(struct scan *scan, struct span value) {
  for (size_t i = 0; i < value.len; i++)
    if ((unsigned char)scan->bytes[value.at + i] < 0x20) return bad(scan, SPAMD_FAULT_USER, value, 0);
  scan->request->user = value;
  return CODEC_MORE;
}

static enum codec_need take_class(struct scan *scan, struct span value) {
  scan->request->class = value;
  return CODEC_MORE;
}

static unsigned char places(const struct scan *scan, struct span value) {
  return (unsigned char)((contains(scan, value, "local") ? PLACE_LOCAL : 0) |
                         (contains(scan, value, "remote") ? PLACE_REMOTE : 0));
}

static enum codec_need take_set(struct scan *scan, struct span value) {
  scan->request->set = places(scan, value);
  return CODEC_MORE;
}

static enum codec_need take_remove(struct scan *scan, struct span value) {
  scan->request->remove = places(scan, value);
  return CODEC_MORE;
}

static enum codec_need take_compress(struct scan *scan, struct span value) {
  if (!contains(scan, value, "zlib")) return bad(scan, SPAMD_FAULT_COMPRESS, value, 0);
  scan->request->compressed = true;
  return CODEC_MORE;
}

/* These names are compared with their case, as spamd does: a client whose Content-Length it passes over relies on the
 * end of the input. */
static enum codec_need take_value(struct scan *scan, struct span name, struct span value) {
#define ROW(name, take) {name, sizeof name - 1, take}
  static const struct {
    const char *name;
    size_t len;
    enum codec_need (*take)(struct scan *scan, struct span value);
  } rows[] = {ROW("Content-length", take_length), ROW("User", take_user),     ROW("Message-class", take_class),
              ROW("Set", take_set),               ROW("Remove", take_remove), ROW("Compress", take_compress)};
#undef ROW
  const char *ptr = scan->bytes + name.at;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].len == name.len && memcmp(ptr, rows[i].name, name.len) == 0) return rows[i].take(scan, value);
  if (!scan->request->has_facts && contains(scan, span_of(name.at, name.at + (name.len < 6 ? name.len : 6)), "assay-"))
    scan->request->has_facts = true;
  return CODEC_MORE;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static enum codec_need take_header(struct scan *scan, struct line line) {
  struct spamd_request *request = scan->request;
  size_t at = line.span.at, end = at + line.span.len;
  if (line.span.len == 0 && line.crlf) {
    request->head.len = at - request->head.at;
    return end_head(scan);
  }
  const char *colon = line.span.len > 0 ? memchr(scan->bytes + at, ':', line.span.len) : NULL;
  if (!colon) return bad(scan, SPAMD_FAULT_FORM, line.span, 0);
  size_t stop = (size_t)(colon - scan->bytes), value = stop + 1;
  while (value < end && is_blank(scan->bytes[value])) value++;
  enum codec_need need = take_value(scan, span_of(at, stop), span_of(value, end));
  if (need == CODEC_MORE && ++request->header_count > scan->limits->headers)
    return bad_head(scan, SPAMD_FAULT_HEADERS);
  return need;
}

/* Lines of the head, as long as there are any. */
static enum codec_need take_head(struct scan *scan) {
  struct spamd_request *request = scan->request;
  enum codec_need need = CODEC_MORE;
  while (need == CODEC_MORE && request->state != STATE_BODY) {
    struct line line;
    bool got = next_line(scan, &line);
    if ((got ? request->line : request->scanned) > scan->limits->head_bytes)
      return bad(scan, SPAMD_FAULT_HEAD_SIZE, (struct span){0}, scan->limits->head_bytes);
    if (!got && !scan->at_end) return CODEC_MORE;
    if (!got) return bad_head(scan, request->state == STATE_COMMAND ? SPAMD_FAULT_CLOSED : SPAMD_FAULT_EOF);
    need = request->state == STATE_COMMAND ? take_command(scan, line) : take_header(scan, line);
  }
  return need;
}

/* spamd reads lines until it has as many bytes as were declared. So where these end within a line, what is left of
 * the line is part of the message, and the length was wrong: a client that counted too few bytes would else get back
 * a message that is cut short. */
static enum codec_need take_counted(struct scan *scan) {
  struct spamd_request *request = scan->request;
  size_t end = request->body + request->length;
  if (scan->len < end) {
    if (!scan->at_end) return CODEC_MORE;
    return bad(scan, SPAMD_FAULT_MISMATCH, request->length_text, scan->len - request->body);
  }
  if (request->length == 0 || scan->bytes[end - 1] == '\n') return ready(scan, end);
  if (request->scanned < end) request->scanned = end;
  size_t left = scan->len - request->scanned;
  const char *stop = left > 0 ? memchr(scan->bytes + request->scanned, '\n', left) : NULL;
  request->scanned = scan->len;
  size_t got = (stop ? (size_t)(stop - scan->bytes) + 1 : scan->len) - request->body;
  if (got > scan->limits->request_bytes) return too_large(scan);
  if (!stop && !scan->at_end) return CODEC_MORE;
  if (!stop && scan->len == end) return ready(scan, end);
  return bad(scan, SPAMD_FAULT_MISMATCH, request->length_text, got);
}

static enum codec_need take_compressed(struct scan *scan) {
  struct spamd_request *request = scan->request;
  size_t end = request->body + request->length, stop = scan->len < end ? scan->len : end;
  if (!request->inflate) request->inflate = spamd_inflate_new();
  if (!request->inflate) return bad_head(scan, SPAMD_FAULT_MEMORY);
  enum inflate_result result = spamd_inflate_take(request->inflate, scan->bytes + request->scanned,
                                                  stop - request->scanned, scan->limits->request_bytes);
  request->scanned = stop;
  if (result == INFLATE_OVER) return too_large(scan);
  if (result == INFLATE_NO_MEMORY) return bad_head(scan, SPAMD_FAULT_MEMORY);
  if (result == INFLATE_MORE && stop < end && !scan->at_end) return CODEC_MORE;
  if (result != INFLATE_END) return bad_head(scan, SPAMD_FAULT_ZLIB);
  return stop == end || scan->at_end ? ready(scan, stop) : CODEC_MORE;
}

/* Our headers say all that a message would be read for, and these commands give none back. */
static bool needs_no_message(const struct spamd_request *request) {
  return request->has_facts && !request->has_length && request->command <= SPAMD_REPORT_IFSPAM;
}

static enum codec_need take_body(struct scan *scan) {
  const struct spamd_request *request = scan->request;
  if (request->compressed) return take_compressed(scan);
  if (needs_no_message(request)) return ready(scan, request->body);
  if (!request->has_length && scan->len - request->body > scan->limits->request_bytes)
    return too_large(scan);
  if (request->has_length) return take_counted(scan);
  return scan->at_end ? ready(scan, scan->len) : CODEC_MORE;
}

enum codec_need spamd_scan(struct spamd_request *request, const char *bytes, size_t len, bool at_end,
                           const struct spamd_limits *limits) {
  struct scan scan = {request, bytes, len, at_end, limits};
  enum codec_need need = take_head(&scan);
  return need == CODEC_MORE && request->state == STATE_BODY ? take_body(&scan) : need;
}

void spamd_request_free(struct spamd_request *request) {
  spamd_inflate_free(request->inflate);
  *request = (struct spamd_request){0};
}

size_t spamd_request_held(const struct spamd_request *request) {
  return request->inflate ? spamd_inflate_held(request->inflate) : 0;
}

const char *spamd_message(const struct spamd_request *request, const char *bytes, size_t *len) {
  if (request->inflate) {
    const struct bytes *out = spamd_inflate_out(request->inflate);
    *len = out->len;
    return out->ptr ? out->ptr : "";
  }
  *len = request->used - request->body;
  return bytes + request->body;
}
