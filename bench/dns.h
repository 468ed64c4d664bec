/* Owns what is measured of the resolver, and of c-ares by itself beside it.
 * Must never know: how a figure is shown. */
#ifndef BENCH_DNS_H
#define BENCH_DNS_H

/* Each a verb of assay-bench; the server answers for n0.ZONE, n1.ZONE and so on. */
int run_dns_cached(char **args);   /* SERVER ZONE NAMES PASSES */
int run_dns_uncached(char **args); /* SERVER ZONE NAMES QUESTIONS IN_FLIGHT */
int run_dns_bare(char **args);     /* the same, by c-ares and poll(2) alone */
int run_dns_crowd(char **args);    /* SERVER ZONE NAMES: all of them at once */
int run_dns_waits(char **args);    /* SERVER ZONE NAMES QUESTIONS SILENT: how long a question waits beside a silent zone */

#endif
