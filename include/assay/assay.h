/* Owns nothing: the umbrella over the public headers.
 * Must never know: more than their names. */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H

#include <assay/alloc.h>
#include <assay/answer.h>
#include <assay/diag.h>
#include <assay/eval.h>
#include <assay/facts.h>
#include <assay/loader.h>
#include <assay/resolver.h>
#include <assay/ruleset.h>
#include <assay/settings.h>
#include <assay/status.h>
#include <assay/value.h>
#include <assay/verdict.h>
#include <assay/vocabulary.h>

/* The version of these headers. Since 0.1. */
#define ASSAY_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is running: "0.1.0". Static; never NULL. From any thread. Since 0.1. */
ASSAY_API const char *assay_version(void);

#ifdef __cplusplus
}
#endif
#endif
