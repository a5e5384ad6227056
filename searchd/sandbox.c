#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef RO_HAVE_SECCOMP
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#endif

bool ro_sandbox_fits(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
    return false;
#else
    return true;
#endif
#else
    return true;
#endif
}

/* ---- files ---------------------------------------------------------------------------------- */

/* Rights that came with later versions than the header may know. */
#define ACCESS_REFER ((uint64_t)1 << 13)
#define ACCESS_TRUNCATE ((uint64_t)1 << 14)
#define ACCESS_IOCTL_DEV ((uint64_t)1 << 15)

#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES                                                                                     \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                              \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |   \
     ACCESS_REFER | ACCESS_TRUNCATE)
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)

/* All rights that the version can take away. */
static uint64_t handled(int version) {
    uint64_t rights = ((uint64_t)1 << 13) - 1;
    rights |= version >= 2 ? ACCESS_REFER : 0;
    rights |= version >= 3 ? ACCESS_TRUNCATE : 0;
    rights |= version >= 5 ? ACCESS_IOCTL_DEV : 0;
    return rights;
}

/* False: it cannot be restricted to. */
static bool add_root(int rules, const ro_sandbox_root *root, uint64_t known) {
    struct stat info;
    int fd = open(root->path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return true;
    }
    uint64_t rights = root->writes ? READS | WRITES : READS;
    rights &= known & (S_ISDIR(info.st_mode) ? ~(uint64_t)0 : OF_FILES);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    long failed = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    /* pipes and sockets are beyond it, and need no rule */
    bool fine = failed == 0 || errno == EBADFD;
    (void)close(fd);
    return fine;
}

static ro_status restrict_files(const ro_sandbox_root *roots, size_t count, int *version,
                                ro_error *err) {
    *version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (*version <= 0) {
        *version = 0;
        return RO_OK;
    }
    struct landlock_ruleset_attr attributes = {.handled_access_fs = handled(*version)};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    bool fine = rules >= 0;
    for (size_t i = 0; fine && i < count; i++) {
        fine = !roots[i].path || add_root(rules, &roots[i], attributes.handled_access_fs);
    }
    fine = fine && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    ro_status status =
        fine ? RO_OK : ro_fail(err, RO_IO, "cannot restrict files: %s", strerror(errno));
    if (rules >= 0) {
        (void)close(rules);
    }
    return status;
}

/* ---- system calls --------------------------------------------------------------------------- */

#ifdef RO_HAVE_SECCOMP

/* Those that the daemon and its libraries make once they have started. */
static const int allowed[] = {
    /* files */
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
    SCMP_SYS(pwrite64), SCMP_SYS(preadv), SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(open),
    SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(stat), SCMP_SYS(fstat), SCMP_SYS(lstat),
    SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
    SCMP_SYS(getcwd), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
    SCMP_SYS(unlinkat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(truncate),
    SCMP_SYS(ftruncate), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(fallocate), SCMP_SYS(fcntl),
    SCMP_SYS(flock), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(chmod), SCMP_SYS(umask),
    SCMP_SYS(utimensat), SCMP_SYS(fstatfs), SCMP_SYS(statfs), SCMP_SYS(dup), SCMP_SYS(dup2),
    SCMP_SYS(dup3), SCMP_SYS(fadvise64), SCMP_SYS(readahead),
    /* memory */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(msync), SCMP_SYS(brk),
    SCMP_SYS(mincore), SCMP_SYS(membarrier),
    /* threads and the process */
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(gettid), SCMP_SYS(getpid),
    SCMP_SYS(tgkill), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(getpriority), SCMP_SYS(setpriority), SCMP_SYS(prlimit64),
    SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(getuid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(restart_syscall), SCMP_SYS(prctl),
    /* signals and time */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time),
    /* events and connections */
    SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(eventfd2), SCMP_SYS(timerfd_settime),
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
    SCMP_SYS(setsockopt), SCMP_SYS(getsockopt), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(shutdown), SCMP_SYS(socketpair), SCMP_SYS(pipe2),
    SCMP_SYS(getrandom)};

static int add_calls(scmp_filter_ctx filter) {
    static const unsigned long ioctls[] = {FIONREAD, FIONBIO, TCGETS};
    int failed = 0;
    for (size_t i = 0; !failed && i < sizeof allowed / sizeof allowed[0]; i++) {
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
        failed = failed == -EDOM || failed == -EINVAL ? 0 : failed; /* not of this machine */
    }
    for (size_t i = 0; !failed && i < sizeof ioctls / sizeof ioctls[0]; i++) {
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_EQ, ioctls[i], 0));
    }
    /* no code is made */
    if (!failed) {
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    if (!failed) {
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    /* threads, but no processes; the arguments of clone3 cannot be looked at */
    if (!failed) {
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    }
    return failed ? failed : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static ro_status restrict_calls(bool *out, ro_error *err) {
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL) {
        return RO_OK; /* the kernel has none */
    }
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int failed = filter ? add_calls(filter) : -ENOMEM;
    if (!failed) {
        failed = seccomp_load(filter);
    }
    if (filter) {
        seccomp_release(filter);
    }
    *out = !failed;
    return failed ? ro_fail(err, RO_IO, "cannot restrict system calls: %s", strerror(-failed))
                  : RO_OK;
}

#else

static ro_status restrict_calls(bool *out, ro_error *err) {
    (void)err;
    *out = false;
    return RO_OK;
}

#endif

ro_status ro_sandbox_enter(const ro_sandbox_root *roots, size_t count, ro_sandbox *out,
                           ro_error *err) {
    *out = (ro_sandbox){0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return ro_fail(err, RO_IO, "cannot give up privileges: %s", strerror(errno));
    }
    ro_status status = restrict_files(roots, count, &out->files, err);
    return status == RO_OK ? restrict_calls(&out->calls, err) : status;
}
