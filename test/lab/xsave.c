/*
 * UML 6.1 restores a process' FPU state with a 2696-byte XSAVE image; a host whose CPU has AMX refuses any but the full
 * size (EFAULT, "ptrace set fp regs failed"). This preloaded ptrace() pads the image. No effect elsewhere.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cpuid.h>
#define GETREGSET 0x4204L
#define SETREGSET 0x4205L
#define NT_X86_XSTATE 0x202L
static unsigned char buf[65536] __attribute__((aligned(64)));
static size_t full;             /* the host's XSAVE image size */
static uint64_t keep;           /* components that lie within UML's image */
long ptrace(long req, long pid, long addr, void *data) {
  struct iovec *v = data;
  long out, r;
  if (req == SETREGSET && addr == NT_X86_XSTATE && v->iov_len >= 576) {
    if (!full) {
      struct iovec q = { buf, sizeof buf };
      if (syscall(SYS_ptrace, GETREGSET, pid, addr, &q)) return -1;
      full = q.iov_len;
      keep = 3;
      for (unsigned i = 2, a, b, c, d; i < 63; i++)
        if (__get_cpuid_count(0xd, i, &a, &b, &c, &d) && a && !(c & 1) && b + a <= v->iov_len)
          keep |= 1ull << i;
    }
    if (v->iov_len < full) {
      struct iovec w = { buf, full };
      memset(buf, 0, full);
      memcpy(buf, v->iov_base, v->iov_len);
      *(uint64_t *)(buf + 512) &= keep;      /* XSTATE_BV */
      return syscall(SYS_ptrace, req, pid, addr, &w);
    }
  }
  if (req >= 1 && req <= 3) {                /* PEEK*: libc returns the word */
    if ((r = syscall(SYS_ptrace, req, pid, addr, &out)) >= 0) { errno = 0; r = out; }
    return r;
  }
  return syscall(SYS_ptrace, req, pid, addr, data);
}
