#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAPS_MAX 4096

/* `begin` is set last and cleared first: 0 for a free place, 1 for one being filled. */
typedef struct guarded {
    atomic_uintptr_t begin, end;
    atomic_bool failed;
} guarded;

static guarded maps[MAPS_MAX];
static struct sigaction before;
static atomic_uintptr_t page; /* bytes of one; set again while a handler may read it */
static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;

static guarded *find(uintptr_t at) {
    for (size_t i = 0; i < MAPS_MAX; i++) {
        uintptr_t begin = atomic_load(&maps[i].begin);
        if (begin > 1 && at >= begin && at < atomic_load(&maps[i].end)) {
            return &maps[i];
        }
    }
    return NULL;
}

/* What another handler would do; without one, the read fails again and ends the process. */
static void pass_on(int number, siginfo_t *info, void *context) {
    if (before.sa_flags & SA_SIGINFO && before.sa_sigaction) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        (void)signal(number, SIG_DFL);
    }
}

/* mmap is a bare system call: it may be made here. */
static void handle(int number, siginfo_t *info, void *context) {
    uintptr_t at = (uintptr_t)info->si_addr;
    uintptr_t size = atomic_load(&page);
    guarded *map = find(at);
    void *start = (char *)info->si_addr - at % size;
    if (!map || mmap(start, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
                    MAP_FAILED) {
        pass_on(number, info, context);
        return;
    }
    atomic_store(&map->failed, true);
}

/* Once, and again where someone else has set a handler since. */
static void install(void) {
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    struct sigaction now;
    (void)pthread_mutex_lock(&installing);
    atomic_store(&page, (uintptr_t)sysconf(_SC_PAGESIZE));
    bool ours = sigaction(SIGBUS, NULL, &now) == 0 && now.sa_flags & SA_SIGINFO &&
                now.sa_sigaction == handle;
    if (!ours) {
        before = now;
        (void)sigemptyset(&action.sa_mask);
        (void)sigaction(SIGBUS, &action, NULL);
    }
    (void)pthread_mutex_unlock(&installing);
}

int ro_guard_add(const void *map, size_t size) {
    install();
    for (int i = 0; i < MAPS_MAX; i++) {
        uintptr_t free = 0;
        if (atomic_compare_exchange_strong(&maps[i].begin, &free, 1)) {
            atomic_store(&maps[i].end, (uintptr_t)map + size);
            atomic_store(&maps[i].failed, false);
            atomic_store(&maps[i].begin, (uintptr_t)map);
            return i;
        }
    }
    return -1;
}

void ro_guard_remove(int number) {
    if (number >= 0) {
        atomic_store(&maps[number].begin, 0);
    }
}

bool ro_guard_failed(int number) {
    return number >= 0 && atomic_load(&maps[number].failed);
}
