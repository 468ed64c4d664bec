/* Owns the way from a host's loader to the one that the compiler asks.
 * Must never know: the file system, or what is written in files. */
#ifndef LIB_LOADER_HOST_H
#define LIB_LOADER_HOST_H

#include <assay/loader.h>

#include "grammar/loader.h"

/* Borrows the host's loader, which is complete. */
struct loader loader_host(const assay_loader *host);

#endif
