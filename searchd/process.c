#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void add(ro_buf *out, const char *name, const char *type, const char *help, double value) {
    ro_buf_printf(out, "# HELP process_%s %s\n# TYPE process_%s %s\nprocess_%s %.15g\n", name, help,
                  name, type, name, value);
}

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void add_memory(ro_buf *out) {
    long long total = 0;
    long long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    int got = file ? fscanf(file, "%lld %lld", &total, &resident) : 0; // NOLINT(cert-err34-c)
    if (file) {
        (void)fclose(file);
    }
    if (got == 2) {
        double page = (double)sysconf(_SC_PAGESIZE);
        add(out, "virtual_memory_bytes", "gauge", "Size of the address space.",
            (double)total * page);
        add(out, "resident_memory_bytes", "gauge",
            "Memory that is resident, mapped files included.", (double)resident * page);
    }
}

static void add_descriptors(ro_buf *out) {
    struct rlimit limit;
    DIR *directory = opendir("/proc/self/fd");
    double count = -1;                        /* the directory's own */
    while (directory && readdir(directory)) { // NOLINT(concurrency-mt-unsafe): a stream of our own
        count++;
    }
    if (directory) {
        (void)closedir(directory);
        add(out, "open_fds", "gauge", "Open descriptors.", count - 2); /* . and .. */
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        add(out, "max_fds", "gauge", "Descriptors that may be open.", (double)limit.rlim_cur);
    }
}

void ro_process_write(ro_buf *out) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        add(out, "cpu_seconds_total", "counter", "Processor time, of user and system.",
            seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    }
    add_memory(out);
    add_descriptors(out);
}
