/* The sandbox: what a process can still do once it is in it. Each test is a process of its own. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
    char in[64], shown[64], out[64]; /* written to, read from, beyond */
    ro_sandbox is;
} fixture;

static int set_up(void **state) {
    static fixture f;
    char *made[] = {f.in, f.shown, f.out};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(made[i], sizeof f.in, "/tmp/readout-sandbox-XXXXXX");
        if (!mkdtemp(made[i])) {
            return -1;
        }
        char path[128];
        (void)snprintf(path, sizeof path, "%s/file", made[i]);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        if (fd < 0 || close(fd) != 0) {
            return -1;
        }
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    char *made[] = {f->in, f->shown, f->out};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/file", made[i]);
        (void)unlink(path);
        (void)rmdir(made[i]);
    }
    return 0;
}

/* Runs `act` in a sandbox; it gives 0 when all was as it should. */
static void in_sandbox(fixture *f, int (*act)(const fixture *)) {
    if (!ro_sandbox_fits()) {
        skip();
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const ro_sandbox_root roots[] = {
            {f->in, true}, {f->shown, false}, {"/nowhere/at/all", true}, {NULL, true}};
        ro_error err = RO_ERROR_INIT;
        if (ro_sandbox_enter(roots, 4, &f->is, &err) != RO_OK) {
            _exit(99);
        }
        _exit(act(f));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* 0, or why `path` cannot be opened. */
static int try_open(const char *directory, const char *name, int flags) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, flags, 0600);
    if (fd < 0) {
        return errno;
    }
    (void)close(fd);
    return 0;
}

static int open_files(const fixture *f) {
    char link[160];
    char target[160];
    if (!f->is.files) {
        return 0; /* the kernel has no Landlock */
    }
    (void)snprintf(link, sizeof link, "%s/other", f->in);
    (void)snprintf(target, sizeof target, "%s/file", f->out);
    return try_open(f->in, "file", O_RDWR) != 0                      ? 1
           : try_open(f->in, "made", O_RDWR | O_CREAT) != 0          ? 2
           : try_open(f->shown, "file", O_RDONLY) != 0               ? 3
           : try_open(f->shown, "file", O_WRONLY) != EACCES          ? 4
           : try_open(f->shown, "made", O_RDWR | O_CREAT) != EACCES  ? 5
           : try_open(f->out, "file", O_RDONLY) != EACCES            ? 6
           : try_open("/etc", "passwd", O_RDONLY) != EACCES          ? 7
           : try_open(f->in, "../../etc/passwd", O_RDONLY) != EACCES ? 8
           : rename(target, link) == 0                               ? 9
           : unlink(target) == 0                                     ? 10
                                                                     : 0;
}

static void files_beyond_the_roots_cannot_be_opened(void **state) {
    fixture *f = *state;
    in_sandbox(f, open_files);
    char made[128];
    (void)snprintf(made, sizeof made, "%s/made", f->in);
    (void)unlink(made);
}

static void *nothing(void *argument) {
    return argument;
}

static int make_calls(const fixture *f) {
    if (!f->is.calls) {
        return 0; /* built without libseccomp */
    }
    char *const words[] = {"true", NULL};
    if (execv("/bin/true", words) != -1 || errno != EPERM) {
        return 1;
    }
    if (fork() != -1 || socket(AF_INET, SOCK_STREAM, 0) != -1 ||
        socket(AF_NETLINK, SOCK_RAW, 0) != -1) {
        return 2;
    }
    long page = sysconf(_SC_PAGESIZE);
    char *memory =
        mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, (size_t)page, PROT_READ | PROT_EXEC) == 0 ||
        mmap(NULL, (size_t)page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
            MAP_FAILED) {
        return 3;
    }
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0 ? 0
                                                                                                : 4;
}

static void no_program_is_run_and_no_connection_opened(void **state) {
    in_sandbox(*state, make_calls);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_beyond_the_roots_cannot_be_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_program_is_run_and_no_connection_opened, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
