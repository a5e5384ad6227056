/* Gives up what the daemon does not need: files outside its roots (Landlock), and system calls
 * other than those it makes (seccomp): no program is run, no connection opened, no code made. For
 * the calling thread and all that it starts later, for good.
 */
#ifndef READOUT_SANDBOX_H
#define READOUT_SANDBOX_H

#include "readout/buffer.h"

typedef struct ro_sandbox_root {
    const char *path; /* a file, or a directory with all that is or will be in it */
    bool writes;      /* files there are made, changed and removed as well */
} ro_sandbox_root;

typedef struct ro_sandbox {
    int files;  /* version of Landlock; 0: the kernel has none */
    bool calls; /* seccomp is in force */
} ro_sandbox;

/* False under sanitizers, which look at more than the program does. */
bool ro_sandbox_fits(void);

/* Roots that are not there are passed over. What the kernel or the build does not have is left
 * out, and told by `out`; RO_IO when something that it has fails. */
ro_status ro_sandbox_enter(const ro_sandbox_root *roots, size_t count, ro_sandbox *out,
                           ro_error *err) RO_MUST_CHECK;

#endif
