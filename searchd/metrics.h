/* What the daemon counts, and its text for Prometheus. Event thread only. */
#ifndef READOUT_METRICS_H
#define READOUT_METRICS_H

#include "cache.h"
#include "readout/index.h"
#include "route.h"

#define RO_METRICS_ROUTES 64            /* room for the routes and one for "none" */
#define RO_METRICS_KINDS (RO_KINDS + 2) /* as ro_searchd_job.kind */
#define RO_METRICS_BUCKETS 14           /* of a histogram, without +Inf */
#define RO_METRICS_CLIENT_GONE 499      /* counted as status when nobody waited for the answer */

typedef struct ro_histogram {
    uint64_t buckets[RO_METRICS_BUCKETS]; /* each for itself; what is over all is only in `count` */
    uint64_t count;
    double sum; /* seconds */
} ro_histogram;

void ro_histogram_add(ro_histogram *histogram, double seconds);

typedef struct ro_metrics {
    uint64_t requests[RO_METRICS_ROUTES][500]; /* by route and status - 100 */
    ro_histogram durations[RO_METRICS_ROUTES][RO_METRICS_KINDS];
    ro_histogram waits; /* in the queue, of what was begun */
    uint64_t bytes_sent, slow_queries;
    uint64_t accepted, refused, evicted, accept_failures;
} ro_metrics;

/* `route` as ro_route_index gives it, `kind` as the job has it. */
void ro_metrics_count(ro_metrics *metrics, size_t route, unsigned kind, int status, double seconds);

/* What the writer did. */
typedef struct ro_write_counts {
    uint64_t requests; /* whose group was committed; of a streamed body each piece */
    uint64_t given_up; /* whose group was not */
    ro_histogram commits;
} ro_write_counts;

/* Values that are looked up rather than counted. */
typedef struct ro_gauges {
    size_t connections, idle_connections, queue_length, writes_waiting, workers, body_bytes;
    uint64_t revision;
    int64_t articles;
    ro_index_sizes sizes;
    ro_write_counts writes;
    ro_cache_counts cache;
    uint64_t log_dropped;
    bool ready, reload_failed;
} ro_gauges;

/* Text format 0.0.4. */
void ro_metrics_write(const ro_metrics *metrics, const ro_gauges *gauges, ro_buf *out);

#endif
