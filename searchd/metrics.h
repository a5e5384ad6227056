/* What the daemon counts, and its text for Prometheus. Event thread only. */
#ifndef READOUT_METRICS_H
#define READOUT_METRICS_H

#include "route.h"

#define RO_METRICS_ROUTES 32       /* room for the routes and one for "none" */
#define RO_METRICS_BUCKETS 14      /* of the latency histogram, without +Inf */
#define RO_METRICS_CLIENT_GONE 499 /* counted as status when nobody waited for the answer */

typedef struct ro_metrics {
    /* by route and status - 100 */
    uint64_t requests[RO_METRICS_ROUTES][500];
    uint64_t buckets[RO_METRICS_ROUTES][RO_METRICS_BUCKETS];
    uint64_t seconds_count[RO_METRICS_ROUTES];
    double seconds_sum[RO_METRICS_ROUTES];
    uint64_t bytes_sent;
    uint64_t accepted, refused, evicted, accept_failures;
} ro_metrics;

/* `route` as ro_route_index gives it. */
void ro_metrics_count(ro_metrics *metrics, size_t route, int status, double seconds);

/* Values that are looked up rather than counted. */
typedef struct ro_gauges {
    size_t connections, idle_connections, queue_length, writes_waiting, workers, body_bytes;
    uint64_t revision;
    int64_t articles;
    uint64_t log_dropped;
    bool ready, reload_failed;
} ro_gauges;

/* Text format 0.0.4. */
void ro_metrics_write(const ro_metrics *metrics, const ro_gauges *gauges, ro_buf *out);

#endif
