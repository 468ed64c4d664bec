/* Owns how bytes from outside become fit for a reply.
 * Must never know: any one protocol. */
#include "proto/codec.h"

void codec_tame(struct bytes *out, const char *ptr, size_t len, size_t most) {
  static const char points[] = "...";
  size_t mark = sizeof points - 1;
  bool cut = len > most;
  if (cut) len = most > mark ? most - mark : 0;
  if (len > 0 && !bytes_reserve(out, len)) return;
  for (size_t i = 0; i < len; i++) bytes_byte(out, ptr[i] >= 0x20 && ptr[i] < 0x7F ? ptr[i] : '?');
  if (cut) bytes_add(out, points, most < mark ? most : mark);
}
