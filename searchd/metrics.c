#include "metrics.h"

#include <assert.h>

/* Seconds; the last bucket (+Inf) is the count. */
static const double bounds[RO_METRICS_BUCKETS] = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

void ro_metrics_count(ro_metrics *metrics, size_t route, int status, double seconds) {
    assert(route < RO_METRICS_ROUTES && status >= 100 && status < 600);
    metrics->requests[route][status - 100]++;
    for (size_t i = 0; i < RO_METRICS_BUCKETS; i++) {
        metrics->buckets[route][i] += seconds <= bounds[i];
    }
    metrics->seconds_count[route]++;
    metrics->seconds_sum[route] += seconds;
}

static void head(ro_buf *out, const char *name, const char *type, const char *help) {
    ro_buf_printf(out, "# HELP readout_%s %s\n# TYPE readout_%s %s\n", name, help, name, type);
}

static void single(ro_buf *out, const char *name, const char *type, const char *help,
                   int64_t value) {
    head(out, name, type, help);
    ro_buf_printf(out, "readout_%s %lld\n", name, (long long)value);
}

static const char *route_name(size_t route) {
    return route < RO_ROUTE_COUNT ? RO_ROUTES[route].path : "none";
}

static void write_requests(const ro_metrics *metrics, ro_buf *out) {
    head(out, "http_requests_total", "counter", "Requests answered.");
    for (size_t route = 0; route <= RO_ROUTE_COUNT; route++) {
        for (int status = 100; status < 600; status++) {
            uint64_t count = metrics->requests[route][status - 100];
            if (count) {
                ro_buf_printf(out, "readout_http_requests_total{route=\"%s\",status=\"%d\"} %llu\n",
                              route_name(route), status, (unsigned long long)count);
            }
        }
    }
}

static void write_histogram(const ro_metrics *metrics, ro_buf *out) {
    static const char name[] = "readout_http_request_duration_seconds";
    head(out, "http_request_duration_seconds", "histogram",
         "Time from the first byte of a request to its answer.");
    for (size_t route = 0; route <= RO_ROUTE_COUNT; route++) {
        unsigned long long count = metrics->seconds_count[route];
        if (!count) {
            continue;
        }
        for (size_t i = 0; i < RO_METRICS_BUCKETS; i++) {
            ro_buf_printf(out, "%s_bucket{route=\"%s\",le=\"%g\"} %llu\n", name, route_name(route),
                          bounds[i], (unsigned long long)metrics->buckets[route][i]);
        }
        ro_buf_printf(out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %llu\n", name, route_name(route),
                      count);
        ro_buf_printf(out, "%s_sum{route=\"%s\"} %.9g\n", name, route_name(route),
                      metrics->seconds_sum[route]);
        ro_buf_printf(out, "%s_count{route=\"%s\"} %llu\n", name, route_name(route), count);
    }
}

void ro_metrics_write(const ro_metrics *metrics, const ro_gauges *gauges, ro_buf *out) {
    write_requests(metrics, out);
    write_histogram(metrics, out);
    single(out, "http_sent_bytes_total", "counter", "Bytes of answers.",
           (int64_t)metrics->bytes_sent);
    single(out, "connections_accepted_total", "counter", "Connections accepted.",
           (int64_t)metrics->accepted);
    single(out, "connections_refused_total", "counter", "Connections over a limit, answered 503.",
           (int64_t)metrics->refused);
    single(out, "connections_evicted_total", "counter", "Idle connections closed to make room.",
           (int64_t)metrics->evicted);
    single(out, "accept_failures_total", "counter", "Times no connection could be accepted.",
           (int64_t)metrics->accept_failures);
    single(out, "access_log_dropped_total", "counter", "Lines that the access log did not take.",
           (int64_t)gauges->log_dropped);
    single(out, "connections", "gauge", "Open connections.", (int64_t)gauges->connections);
    single(out, "connections_idle", "gauge", "Open connections between requests.",
           (int64_t)gauges->idle_connections);
    single(out, "request_body_bytes", "gauge", "Bytes of request bodies that are held.",
           (int64_t)gauges->body_bytes);
    single(out, "queue_length", "gauge", "Requests that wait for a worker.",
           (int64_t)gauges->queue_length);
    single(out, "write_queue_length", "gauge", "Requests that wait for the writer.",
           (int64_t)gauges->writes_waiting);
    single(out, "workers", "gauge", "Threads that run queries.", (int64_t)gauges->workers);
    single(out, "index_ready", "gauge", "1 while the index is open.", gauges->ready);
    single(out, "index_reload_failed", "gauge", "1 while the index of before a reload is served.",
           gauges->reload_failed);
    single(out, "index_revision", "gauge", "Revision of the index that is served.",
           (int64_t)gauges->revision);
    single(out, "index_articles", "gauge", "Articles in the index.", gauges->articles);
}
