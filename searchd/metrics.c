#include "metrics.h"

#include "process.h"

#include <assert.h>

/* Seconds; the last bucket (+Inf) is the count. */
static const double bounds[RO_METRICS_BUCKETS] = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

void ro_histogram_add(ro_histogram *histogram, double seconds) {
    size_t i = 0;
    while (i < RO_METRICS_BUCKETS && seconds > bounds[i]) {
        i++;
    }
    if (i < RO_METRICS_BUCKETS) {
        histogram->buckets[i]++;
    }
    histogram->count++;
    histogram->sum += seconds;
}

void ro_metrics_count(ro_metrics *metrics, size_t route, unsigned kind, int status,
                      double seconds) {
    assert(route < RO_METRICS_ROUTES && kind < RO_METRICS_KINDS && status >= 100 && status < 600);
    metrics->requests[route][status - 100]++;
    ro_histogram_add(&metrics->durations[route][kind], seconds);
}

static void head(ro_buf *out, const char *name, const char *type, const char *help) {
    ro_buf_printf(out, "# HELP readout_%s %s\n# TYPE readout_%s %s\n", name, help, name, type);
}

static const char *route_name(size_t route) {
    return route < RO_ROUTE_COUNT ? RO_ROUTES[route].path : "none";
}

static const char *kind_name(unsigned kind) {
    return kind == 0 ? "none" : kind <= RO_KINDS ? ro_kind_name((ro_kind)(kind - 1)) : "all";
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

/* `labels` without braces; "" for none. */
static void write_histogram(const ro_histogram *histogram, const char *name, const char *labels,
                            ro_buf *out) {
    const char *comma = *labels ? "," : "";
    const char *open = *labels ? "{" : "";
    const char *close = *labels ? "}" : "";
    unsigned long long sum = 0;
    for (size_t i = 0; i < RO_METRICS_BUCKETS; i++) {
        sum += histogram->buckets[i];
        ro_buf_printf(out, "readout_%s_bucket{%s%sle=\"%g\"} %llu\n", name, labels, comma,
                      bounds[i], sum);
    }
    ro_buf_printf(out, "readout_%s_bucket{%s%sle=\"+Inf\"} %llu\n", name, labels, comma,
                  (unsigned long long)histogram->count);
    ro_buf_printf(out, "readout_%s_sum%s%s%s %.9g\n", name, open, labels, close, histogram->sum);
    ro_buf_printf(out, "readout_%s_count%s%s%s %llu\n", name, open, labels, close,
                  (unsigned long long)histogram->count);
}

static void write_durations(const ro_metrics *metrics, ro_buf *out) {
    head(out, "http_request_duration_seconds", "histogram",
         "Time from the first byte of a request to its answer, by what was looked for.");
    for (size_t route = 0; route <= RO_ROUTE_COUNT; route++) {
        for (unsigned kind = 0; kind < RO_METRICS_KINDS; kind++) {
            const ro_histogram *durations = &metrics->durations[route][kind];
            char labels[128];
            (void)snprintf(labels, sizeof labels, "route=\"%s\",kind=\"%s\"", route_name(route),
                           kind_name(kind));
            if (durations->count) {
                write_histogram(durations, "http_request_duration_seconds", labels, out);
            }
        }
    }
    head(out, "queue_wait_seconds", "histogram", "Time that requests waited for their thread.");
    write_histogram(&metrics->waits, "queue_wait_seconds", "", out);
}

static void write_index(const ro_gauges *gauges, ro_buf *out) {
    static const struct {
        const char *name, *help;
        size_t hot, sealed;
    } sizes[] = {
        {"index_documents", "Documents in the leaves; those deleted from sealed ones included.",
         offsetof(ro_leaf_sizes, hot_documents), offsetof(ro_leaf_sizes, sealed_documents)},
        {"index_leaf_bytes", "Bytes of the leaves.", offsetof(ro_leaf_sizes, hot_bytes),
         offsetof(ro_leaf_sizes, sealed_bytes)},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        head(out, sizes[i].name, "gauge", sizes[i].help);
        for (int kind = 0; kind < RO_KINDS; kind++) {
            const char *leaves = (const char *)&gauges->sizes.leaves[kind];
            for (int sealed = 0; sealed < 2; sealed++) {
                int64_t value;
                memcpy(&value, leaves + (sealed ? sizes[i].sealed : sizes[i].hot), sizeof value);
                ro_buf_printf(out, "readout_%s{kind=\"%s\",leaf=\"%s\"} %lld\n", sizes[i].name,
                              ro_kind_name((ro_kind)kind), sealed ? "sealed" : "hot",
                              (long long)value);
            }
        }
    }
    head(out, "index_segments", "gauge", "Sealed leaves.");
    for (int kind = 0; kind < RO_KINDS; kind++) {
        ro_buf_printf(out, "readout_index_segments{kind=\"%s\"} %lld\n",
                      ro_kind_name((ro_kind)kind), (long long)gauges->sizes.leaves[kind].segments);
    }
}

typedef struct single {
    const char *name, *type, *help;
    int64_t value;
} single;

static void write_singles(const single *singles, size_t count, ro_buf *out) {
    for (size_t i = 0; i < count; i++) {
        head(out, singles[i].name, singles[i].type, singles[i].help);
        ro_buf_printf(out, "readout_%s %lld\n", singles[i].name, (long long)singles[i].value);
    }
}

static void write_connections(const ro_metrics *metrics, const ro_gauges *gauges, ro_buf *out) {
    const single singles[] = {
        {"http_sent_bytes_total", "counter", "Bytes of answers.", (int64_t)metrics->bytes_sent},
        {"slow_queries_total", "counter",
         "Searches that took longer than the threshold of the log.",
         (int64_t)metrics->slow_queries},
        {"connections_accepted_total", "counter", "Connections accepted.",
         (int64_t)metrics->accepted},
        {"connections_refused_total", "counter", "Connections over a limit, answered 503.",
         (int64_t)metrics->refused},
        {"connections_evicted_total", "counter", "Idle connections closed to make room.",
         (int64_t)metrics->evicted},
        {"accept_failures_total", "counter", "Times no connection could be accepted.",
         (int64_t)metrics->accept_failures},
        {"access_log_dropped_total", "counter", "Lines that the access log did not take.",
         (int64_t)gauges->log_dropped},
        {"connections", "gauge", "Open connections.", (int64_t)gauges->connections},
        {"connections_idle", "gauge", "Open connections between requests.",
         (int64_t)gauges->idle_connections},
        {"request_body_bytes", "gauge", "Bytes of request bodies that are held.",
         (int64_t)gauges->body_bytes},
        {"queue_length", "gauge", "Requests that wait for a worker.",
         (int64_t)gauges->queue_length},
        {"write_queue_length", "gauge", "Requests that wait for the writer.",
         (int64_t)gauges->writes_waiting},
        {"workers", "gauge", "Threads that run queries.", (int64_t)gauges->workers},
    };
    write_singles(singles, sizeof singles / sizeof singles[0], out);
}

static void write_state(const ro_gauges *gauges, ro_buf *out) {
    const single singles[] = {
        {"writes_committed_total", "counter",
         "Requests whose writes were committed; of a streamed body each piece.",
         (int64_t)gauges->writes.requests},
        {"writes_given_up_total", "counter",
         "Requests whose transaction failed or could not begin.", (int64_t)gauges->writes.given_up},
        {"cache_hits_total", "counter", "Requests answered from the cache.",
         (int64_t)gauges->cache.hits},
        {"cache_misses_total", "counter", "Requests that the cache had no answer for.",
         (int64_t)gauges->cache.misses},
        {"cache_answers", "gauge", "Answers in the cache.", (int64_t)gauges->cache.answers},
        {"cache_bytes", "gauge", "Bytes they take.", (int64_t)gauges->cache.bytes},
        {"index_ready", "gauge", "1 while the index is open.", gauges->ready},
        {"index_reload_failed", "gauge", "1 while the index of before a reload is served.",
         gauges->reload_failed},
        {"index_revision", "gauge", "Revision of the index that is served.",
         (int64_t)gauges->revision},
        {"index_articles", "gauge", "Articles in the index.", gauges->articles},
        {"index_disk_bytes", "gauge", "Bytes of the files of the index.", gauges->sizes.disk_bytes},
    };
    write_singles(singles, sizeof singles / sizeof singles[0], out);
    head(out, "commit_duration_seconds", "histogram", "Time that commits took.");
    write_histogram(&gauges->writes.commits, "commit_duration_seconds", "", out);
}

void ro_metrics_write(const ro_metrics *metrics, const ro_gauges *gauges, ro_buf *out) {
    head(out, "build_info", "gauge", "1; the version of the program.");
    ro_buf_add_str(out, RO_STR("readout_build_info{version=\"" READOUT_VERSION "\"} 1\n"));
    write_requests(metrics, out);
    write_durations(metrics, out);
    write_connections(metrics, gauges, out);
    write_state(gauges, out);
    write_index(gauges, out);
    ro_process_write(out);
}
