/* The io_uring loop of the bare C program: one enter a batch. */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bare-loop.h"

/* For kernel headers that are older than these flags (Linux 6.0 and 6.1). */
#define SETUP_SINGLE_ISSUER (1u << 12)
#define SETUP_DEFER_TASKRUN (1u << 13)

struct ring {
  int fd;
  struct io_uring_params params;
  struct io_uring_sqe *sqes;
  struct io_uring_cqe *cqes;
  uint32_t *sq_tail, *array, *cq_head, *cq_tail;
  uint32_t sq_mask, cq_mask;
};

static void open_ring(struct ring *ring, const struct job *job) {
  const struct load *load = job->load;
  ring->params.flags = IORING_SETUP_CLAMP | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN;
  ring->fd = syscall(SYS_io_uring_setup, load->depth, &ring->params);
  if (ring->fd < 0) {
    ring->params = (struct io_uring_params){.flags = IORING_SETUP_CLAMP};
    ring->fd = syscall(SYS_io_uring_setup, load->depth, &ring->params);
  }
  if (ring->fd < 0) fail("io_uring_setup");
  const struct io_uring_params *p = &ring->params;
  size_t cq_bytes = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
  size_t sq_bytes = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
  size_t bytes = cq_bytes > sq_bytes ? cq_bytes : sq_bytes;
  int flags = MAP_SHARED | MAP_POPULATE, access = PROT_READ | PROT_WRITE;
  char *rings = mmap(0, bytes, access, flags, ring->fd, IORING_OFF_SQ_RING);
  ring->sqes = mmap(0, p->sq_entries * sizeof(struct io_uring_sqe), access, flags, ring->fd, IORING_OFF_SQES);
  if (rings == MAP_FAILED || ring->sqes == MAP_FAILED) fail("mapping the rings");
  ring->sq_tail = (uint32_t *)(rings + p->sq_off.tail);
  ring->array = (uint32_t *)(rings + p->sq_off.array);
  ring->sq_mask = *(uint32_t *)(rings + p->sq_off.ring_mask);
  ring->cq_head = (uint32_t *)(rings + p->cq_off.head);
  ring->cq_tail = (uint32_t *)(rings + p->cq_off.tail);
  ring->cq_mask = *(uint32_t *)(rings + p->cq_off.ring_mask);
  ring->cqes = (struct io_uring_cqe *)(rings + p->cq_off.cqes);
}

/* Entry i owns buffer i; an operation sets only its offset. */
static void prepare_ring(struct ring *ring, const struct job *job) {
  const struct load *load = job->load;
  static struct iovec vectors[MAX_DEPTH];
  for (int i = 0; i < load->depth; i++) vectors[i] = (struct iovec){job->buffer + i * load->block, load->block};
  if (load->registered && syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, vectors, load->depth) < 0)
    fail("registering buffers");
  if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &job->fd, 1) < 0) fail("registering the file");
  int fixed = load->writes ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED;
  int plain = load->writes ? IORING_OP_WRITE : IORING_OP_READ;
  for (int i = 0; i < load->depth; i++) {
    struct io_uring_sqe *sqe = &ring->sqes[i];
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = load->registered ? fixed : plain;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->addr = (uint64_t)vectors[i].iov_base;
    sqe->len = load->block;
    sqe->user_data = i;
    sqe->buf_index = load->registered ? i : 0;
  }
}

uint64_t run_ring(struct job *job) {
  const struct load *load = job->load;
  struct ring ring = {0};
  open_ring(&ring, job);
  prepare_ring(&ring, job);
  static uint64_t started[MAX_DEPTH];
  static int free_places[MAX_DEPTH];
  int free_count = 0, in_flight = 0;
  for (int place = load->depth - 1; place >= 0; place--) free_places[free_count++] = place;
  uint32_t tail = *ring.sq_tail, head = *ring.cq_head;
  uint64_t ops = 0, now = now_ns();
  for (;;) {
    int queued = 0;
    for (; !job->done && free_count > 0 && queued < load->limit; queued++) {
      int place = free_places[--free_count];
      ring.sqes[place].off = next_offset(job);
      ring.array[tail++ & ring.sq_mask] = place;
      started[place] = now;
    }
    __atomic_store_n(ring.sq_tail, tail, __ATOMIC_RELEASE);
    in_flight += queued;
    if (in_flight == 0) return ops;
    int wait = !job->done && free_count > 0 ? 0 : 1;
    if (syscall(SYS_io_uring_enter, ring.fd, queued, wait, IORING_ENTER_GETEVENTS, 0, 0) < 0) fail("io_uring_enter");
    uint32_t until = __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE);
    if (head == until) continue;
    now = now_ns();
    for (; head != until; head++) {
      const struct io_uring_cqe *cqe = &ring.cqes[head & ring.cq_mask];
      if (cqe->res != (int)load->block) {
        fprintf(stderr, "completion with %d\n", cqe->res);
        exit(1);
      }
      count(now - started[cqe->user_data]);
      free_places[free_count++] = cqe->user_data;
      in_flight--;
      ops++;
    }
    __atomic_store_n(ring.cq_head, head, __ATOMIC_RELEASE);
    if (load->ms > 0 && now >= job->end_ns) job->done = 1;
  }
}
