/* Owns a verdict as one JSON object (docs/verdict.schema.json).
 * Must never know: where it goes. */
#ifndef PROTO_VERDICT_JSON_H
#define PROTO_VERDICT_JSON_H

#include <assay/resolver.h>
#include <assay/verdict.h>

#include "proto/bytes.h"
#include "proto/record.h"

/* Appends the object, without a newline. usage: what DNS took; NULL where nobody asked it. Look at out->failed when
 * all is written. */
void verdict_json(struct bytes *out, const assay_verdict *verdict, const struct proto_id *id,
                  const assay_dns_usage *usage);

#endif
