/*
 * Counts the calls by which a process changes something outside itself, and ends it after a given one. Loaded with
 * LD_PRELOAD into every process of a command; built by preload.ts.
 *
 *   FAULTS_STATE    a file of zeros, shared by all processes: the struct below
 *   FAULTS_ROLE     coordinator, session or both: whose calls are counted towards FAULTS_AT
 *   FAULTS_AT       the process (both: its process group) gets SIGKILL after this call; 0: never
 *   FAULTS_BELOW    what is changed at a path outside this directory is written to FAULTS_OUTSIDE
 *   FAULTS_LOG      every counted call is written there, when it is set
 *
 * koffi asks dlsym(3) for the functions of libc, so dlsym is one of the functions here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum role { COORDINATOR, SESSION, BOTH, NONE };

/* preload.ts reads it as 32-bit numbers. */
static struct {
  atomic_uint counts[3];
  atomic_uint fired; /* the kill has happened */
  atomic_uint begun; /* the coordinator has opened workload.yaml */
} *state;

static const char *const ROLE_NAMES[] = {"coordinator", "session", "both"};
static enum role own = NONE, wanted = NONE;
static unsigned at;
static const char *below;
static int outside_fd = -1, log_fd = -1;
static __thread int busy; /* calls of this library itself are not counted */

static void *(*real_dlsym(void))(void *, const char *) {
  static void *(*found)(void *, const char *);
  if (found == NULL) {
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
    for (unsigned i = 0; found == NULL && i < 3; i++) found = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  }
  return found;
}

#define REAL(name) ((__typeof__(&name))real_dlsym()(RTLD_NEXT, #name))

static int open_log(const char *variable) {
  const char *path = getenv(variable);
  if (path == NULL) return -1;
  int fd = REAL(open64)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  /* Out of the way of a process that is left only few descriptors. */
  int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 900);
  if (high >= 0) close(fd);
  return high >= 0 ? high : fd;
}

static enum role role_of_this_process(void) {
  char words[4096] = "";
  int fd = REAL(open64)("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ssize_t bytes = fd < 0 ? 0 : read(fd, words, sizeof words - 1);
  if (fd >= 0) close(fd);
  for (ssize_t i = 0; i < bytes; i++)
    if (words[i] == '\0') words[i] = ' ';
  if (strstr(words, "session-process.js") != NULL) return SESSION;
  if (strstr(words, "/main.js") != NULL) return COORDINATOR;
  return NONE;
}

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FAULTS_STATE");
  if (path == NULL) return;
  busy = 1;
  int fd = REAL(open64)(path, O_RDWR | O_CLOEXEC);
  void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd >= 0) close(fd);
  if (mapped == MAP_FAILED) {
    fprintf(stderr, "preload: cannot map %s\n", path);
    abort();
  }
  state = mapped;
  own = role_of_this_process();
  const char *name = getenv("FAULTS_ROLE"), *number = getenv("FAULTS_AT");
  for (int i = COORDINATOR; i < NONE; i++)
    if (name != NULL && strcmp(name, ROLE_NAMES[i]) == 0) wanted = i;
  at = number == NULL ? 0 : (unsigned)strtoul(number, NULL, 10);
  below = getenv("FAULTS_BELOW");
  outside_fd = open_log("FAULTS_OUTSIDE");
  log_fd = open_log("FAULTS_LOG");
  busy = 0;
}

/* The path of a descriptor, or of an entry of the directory that it stands for. */
static void name_path(char *out, int fd, const char *path) {
  char base[PATH_MAX] = "";
  if (path == NULL || path[0] != '/') {
    char link[64];
    snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
    ssize_t bytes = readlink(link, base, sizeof base - 1);
    base[bytes < 0 ? 0 : bytes] = '\0';
  }
  snprintf(out, 2 * PATH_MAX, "%s%s%s", base, path == NULL || base[0] == '\0' ? "" : "/", path == NULL ? "" : path);
}

static int is_below(const char *path, const char *directory) {
  size_t bytes = strlen(directory);
  return strncmp(path, directory, bytes) == 0 && (path[bytes] == '/' || path[bytes] == '\0');
}

/* Replaces the directories of a path by what they really are. Returns 0 when they are gone, or in a mount that is. */
static int resolve(char *path) {
  char parent[2 * PATH_MAX], found[PATH_MAX], name[2 * PATH_MAX] = "";
  snprintf(parent, sizeof parent, "%s", path);
  char *slash = strrchr(parent, '/');
  if (slash == NULL) return 0;
  snprintf(name, sizeof name, "%s", slash + 1);
  *(slash == parent ? slash + 1 : slash) = '\0';
  /* What is in a mount that was taken away seems to be at the root. */
  struct stat meant, resolved;
  if (realpath(parent, found) == NULL || stat(parent, &meant) != 0 || stat(found, &resolved) != 0) return 0;
  if (meant.st_dev != resolved.st_dev || meant.st_ino != resolved.st_ino) return 0;
  snprintf(path, 2 * PATH_MAX, "%s/%s", strcmp(found, "/") == 0 ? "" : found, name);
  return 1;
}

static void tell_outside(const char *call, const char *path) {
  if (below == NULL || outside_fd < 0) return;
  if (is_below(path, below) || is_below(path, "/proc") || is_below(path, "/dev")) return;
  dprintf(outside_fd, "%s %s\n", call, path);
}

/* `fd` and `path`: what was changed. `named`: under this name, which may be in the wrong place. */
static void after(const char *call, int fd, const char *path, int named) {
  if (state == NULL || busy) return;
  int error = errno;
  busy = 1;
  char where[2 * PATH_MAX] = "";
  if (named || log_fd >= 0) name_path(where, fd, path);
  if (named && resolve(where)) tell_outside(call, where);
  if (own != NONE) {
    unsigned mine = atomic_fetch_add(&state->counts[own], 1) + 1;
    unsigned all = atomic_fetch_add(&state->counts[BOTH], 1) + 1;
    if (log_fd >= 0) dprintf(log_fd, "%s %u %u %s %s\n", ROLE_NAMES[own], mine, all, call, where);
    if (at > 0 && ((wanted == own && mine == at) || (wanted == BOTH && all == at))) {
      atomic_store(&state->fired, 1);
      kill(wanted == BOTH ? 0 : getpid(), SIGKILL);
      for (;;) pause();
    }
  }
  busy = 0;
  errno = error;
}

/* Files, directories and sockets. What goes into a pipe or an eventfd only wakes a thread of the same process. */
static int matters(int fd) {
  struct stat status;
  int error = errno, known = fstat(fd, &status);
  errno = error;
  return known == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISSOCK(status.st_mode));
}

static void after_writing(const char *call, int fd) {
  if (!busy && matters(fd)) after(call, fd, NULL, 0);
}

static void after_opening(int fd, const char *path, int flags) {
  if (own == COORDINATOR && state != NULL && strstr(path, "workload.yaml") != NULL) atomic_store(&state->begun, 1);
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0) {
    if (!busy && matters(fd)) after("open", fd, NULL, 1);
  }
}

#define MODE(flags, last) \
  mode_t mode = 0; \
  if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
    va_list more; \
    va_start(more, last); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    MODE(flags, flags) \
    int fd = REAL(name)(path, flags, mode); \
    if (fd >= 0) after_opening(fd, path, flags); \
    return fd; \
  }
#define OPENAT(name) \
  int name(int directory, const char *path, int flags, ...) { \
    MODE(flags, flags) \
    int fd = REAL(name)(directory, path, flags, mode); \
    if (fd >= 0) after_opening(fd, path, flags); \
    return fd; \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* A call on an open descriptor that returns -1 when it fails. */
#define ON_FD(type, name, parameters, ...) \
  type name parameters { \
    type result = REAL(name)(__VA_ARGS__); \
    if (result >= 0) after_writing(#name, fd); \
    return result; \
  }
ON_FD(ssize_t, write, (int fd, const void *bytes, size_t count), fd, bytes, count)
ON_FD(ssize_t, writev, (int fd, const struct iovec *parts, int count), fd, parts, count)
ON_FD(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t offset), fd, bytes, count, offset)
ON_FD(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t offset), fd, bytes, count, offset)
ON_FD(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t offset), fd, parts, count, offset)
ON_FD(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t offset), fd, parts, count, offset)
ON_FD(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), fd, message, flags)
ON_FD(int, fsync, (int fd), fd)
ON_FD(int, fdatasync, (int fd), fd)
ON_FD(int, ftruncate, (int fd, off_t bytes), fd, bytes)
ON_FD(int, ftruncate64, (int fd, off64_t bytes), fd, bytes)
ON_FD(int, fallocate, (int fd, int mode, off_t offset, off_t bytes), fd, mode, offset, bytes)
ON_FD(int, fallocate64, (int fd, int mode, off64_t offset, off64_t bytes), fd, mode, offset, bytes)
ON_FD(int, fchmod, (int fd, mode_t mode), fd, mode)
ON_FD(int, futimens, (int fd, const struct timespec times[2]), fd, times)

/* A call on a path, below the directory `in`. */
#define ON_PATH(name, parameters, in, path, ...) \
  int name parameters { \
    int result = REAL(name)(__VA_ARGS__); \
    if (result == 0) after(#name, in, path, 1); \
    return result; \
  }
ON_PATH(mkdir, (const char *path, mode_t mode), AT_FDCWD, path, path, mode)
ON_PATH(mkdirat, (int in, const char *path, mode_t mode), in, path, in, path, mode)
ON_PATH(rmdir, (const char *path), AT_FDCWD, path, path)
ON_PATH(unlink, (const char *path), AT_FDCWD, path, path)
ON_PATH(unlinkat, (int in, const char *path, int flags), in, path, in, path, flags)
ON_PATH(rename, (const char *from, const char *to), AT_FDCWD, to, from, to)
ON_PATH(renameat, (int from_in, const char *from, int in, const char *to), in, to, from_in, from, in, to)
ON_PATH(renameat2, (int from_in, const char *from, int in, const char *to, unsigned flags), in, to, from_in, from, in,
        to, flags)
ON_PATH(link, (const char *from, const char *to), AT_FDCWD, to, from, to)
ON_PATH(linkat, (int from_in, const char *from, int in, const char *to, int flags), in, to, from_in, from, in, to,
        flags)
ON_PATH(symlink, (const char *text, const char *path), AT_FDCWD, path, text, path)
ON_PATH(symlinkat, (const char *text, int in, const char *path), in, path, text, in, path)
ON_PATH(chmod, (const char *path, mode_t mode), AT_FDCWD, path, path, mode)
ON_PATH(utimensat, (int in, const char *path, const struct timespec times[2], int flags), in, path, in, path, times,
        flags)

char *mkdtemp(char *template) {
  char *made = REAL(mkdtemp)(template);
  if (made != NULL) after("mkdtemp", AT_FDCWD, made, 1);
  return made;
}

long syscall(long number, ...) {
  va_list more;
  va_start(more, number);
  long a = va_arg(more, long), b = va_arg(more, long), c = va_arg(more, long);
  long d = va_arg(more, long), e = va_arg(more, long), f = va_arg(more, long);
  va_end(more);
  long result = REAL(syscall)(number, a, b, c, d, e, f);
  if (result < 0) return result;
  if (number == SYS_openat) after_opening((int)result, (const char *)b, (int)c);
#ifdef SYS_openat2
  /* The first field of struct open_how are the flags. */
  if (number == SYS_openat2) after_opening((int)result, (const char *)b, (int)*(const unsigned long long *)c);
#endif
  if (number == SYS_mkdirat) after("mkdirat", (int)a, (const char *)b, 1);
  if (number == SYS_unlinkat) after("unlinkat", (int)a, (const char *)b, 1);
  if (number == SYS_symlinkat) after("symlinkat", (int)b, (const char *)c, 1);
  if (number == SYS_linkat) after("linkat", (int)c, (const char *)d, 1);
  if (number == SYS_renameat2) after("renameat2", (int)c, (const char *)d, 1);
  return result;
}

#define HERE(name) {#name, (void *)name}
static const struct {
  const char *name;
  void *function;
} WRAPPED[] = {
    HERE(open),       HERE(open64),    HERE(openat),    HERE(openat64),  HERE(write),     HERE(writev),
    HERE(pwrite),     HERE(pwrite64),  HERE(pwritev),   HERE(pwritev64), HERE(sendmsg),   HERE(fsync),
    HERE(fdatasync),  HERE(ftruncate), HERE(fallocate), HERE(fallocate64), HERE(fchmod),  HERE(futimens),
    HERE(mkdir),      HERE(mkdirat),   HERE(rmdir),     HERE(unlink),    HERE(unlinkat),  HERE(rename),
    HERE(renameat),   HERE(renameat2), HERE(link),      HERE(linkat),    HERE(symlink),   HERE(symlinkat),
    HERE(chmod),      HERE(utimensat), HERE(mkdtemp),   HERE(syscall),   HERE(ftruncate64),
};

void *dlsym(void *handle, const char *name) {
  void *found = real_dlsym()(handle, name);
  if (found == NULL || handle == RTLD_NEXT) return found;
  for (unsigned i = 0; i < sizeof WRAPPED / sizeof *WRAPPED; i++)
    if (strcmp(name, WRAPPED[i].name) == 0) return WRAPPED[i].function;
  return found;
}
