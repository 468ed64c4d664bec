/* Owns the protocol of SpamAssassin's spamd, SPAMC/1.0 to 1.5: requests to facts, a verdict to replies.
 * Must never know: sockets, time, rules. */
#ifndef PROTO_SPAMD_H
#define PROTO_SPAMD_H

#include <assay/verdict.h>

#include "proto/codec.h"
#include "proto/record.h"
#include "proto/spamd_inflate.h"

enum spamd_command {
  SPAMD_CHECK,
  SPAMD_SYMBOLS,
  SPAMD_REPORT,
  SPAMD_REPORT_IFSPAM,
  SPAMD_HEADERS,
  SPAMD_PROCESS,
  SPAMD_PING,
  SPAMD_SKIP,
  SPAMD_TELL
};

struct spamd_limits {
  size_t request_bytes; /* of the message: as it is sent, and as it is inflated */
  size_t head_bytes;    /* of the command with all headers of the request */
  unsigned headers;     /* lines of them */
};

/* As many headers as spamd takes; a message of 16 MiB, where spamd knows no limit. */
#define SPAMD_LIMITS_INIT {16777216, 65536, 255}

/* A code of sysexits.h, and spamd's own 79, with the words that begin its reply. */
enum spamd_code { SPAMD_UNAVAILABLE = 69, SPAMD_TEMPFAIL = 75, SPAMD_PROTOCOL = 76, SPAMD_TIMEOUT = 79 };

/* What is wrong with a request; spamd_refuse has the words. */
enum spamd_fault {
  SPAMD_NO_FAULT,
#define SPAMD_FAULT(id, code, text) SPAMD_FAULT_##id,
#include "proto/spamd_faults.def"
};

/* All zeros is a new one; spamd_request_free makes it that again. Pieces lie in the buffer that is scanned. */
struct spamd_request {
  enum spamd_command command;
  unsigned version; /* in thousandths: SPAMC/1.5 is 1500 */
  struct span user; /* as sent; nothing is done with it */
  struct span class; /* TELL: spam or ham */
  struct span head; /* the lines of the headers */
  bool has_facts;   /* there are headers of ours among them */
  size_t used;      /* once READY: bytes of the whole request */
  bool framed;      /* once READY: it said where it ends, by its Content-length */
  /* The rest is the scan's own. */
  enum spamd_fault fault;
  struct span about; /* what the fault is about */
  size_t got;
  unsigned char state, set, remove;
  bool compressed, has_length;
  unsigned header_count;
  size_t line, scanned; /* where the next line begins, and how far it has been looked at */
  size_t body, length;
  struct span length_text;
  struct spamd_inflate *inflate;
};

/* Looks at what has come of a request since the last call: bytes are all of the buffer, from the request's first on;
 * at_end: nothing more will come. After anything but CODEC_MORE the request is not to be scanned again. A connection
 * is for one request: clients read the reply to the connection's end. */
enum codec_need spamd_scan(struct spamd_request *request, const char *bytes, size_t len, bool at_end,
                           const struct spamd_limits *limits);

/* Frees what the scan holds, and makes the request new. */
void spamd_request_free(struct spamd_request *request);

/* Memory that the request holds beside the buffer. */
size_t spamd_request_held(const struct spamd_request *request);

/* True for commands that ask for a verdict: all but PING, SKIP and TELL. */
bool spamd_wants_verdict(const struct spamd_request *request);

/* Whether the reply may say what unknown rules wait for. */
bool spamd_wants_waits(const struct spamd_request *request);

/* The message of a request that is READY, inflated. Borrowed from the request or from bytes. */
const char *spamd_message(const struct spamd_request *request, const char *bytes, size_t *len);

/* Sets facts from our own headers of a request that is READY; other facts stay as they are. The error is fit for
 * spamd_error, with SPAMD_PROTOCOL. */
enum proto_result spamd_facts(const struct spamd_request *request, const char *bytes, assay_facts *facts,
                              struct proto_error *error);

enum spamd_markup {
  SPAMD_MARKUP_ASSAY,       /* X-Assay-* */
  SPAMD_MARKUP_SPAMASSASSIN /* X-Spam-*, as SpamAssassin's users know them */
};

struct spamd_said {
  const assay_verdict *verdict;
  int64_t threshold; /* of the action `tag`, in thousandths: it is spam from here on */
  enum spamd_markup markup;
  const char *host; /* the server's name, for reports and headers; NULL: none is said */
};

/* Appends the reply to a request that is READY; said is looked at for commands that want a verdict. Look at
 * out->failed when all is written: what is there is then no reply. */
void spamd_reply(struct bytes *out, const struct spamd_request *request, const char *bytes,
                 const struct spamd_said *said);

/* Appends the error that a BAD request gets. */
void spamd_refuse(struct bytes *out, const struct spamd_request *request, const char *bytes);

/* Appends an error of any other cause; the text is made fit to be sent. */
void spamd_error(struct bytes *out, enum spamd_code code, const char *text);

#endif
