/*
 * The limit: the same loads with nothing around them, by pread/pwrite or by io_uring with registered
 * buffers and file, one enter a batch. A clock reading and a histogram count for each operation (each
 * batch), as a harness needs them. Prints operations and seconds of all jobs together.
 *
 *   bare-loop FILE randread|read|randwrite|write BLOCK DIRECT IODEPTH(0 = psync) JOBS SECONDS(0 = once over the file) FSYNC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct load {
  const char *path;
  int random, writes, direct, depth, jobs, fsync;
  size_t block;
  double seconds;
};
struct result {
  uint64_t ops;
  double seconds;
};

static uint64_t counts[8192];

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void count(uint64_t ns) {
  int exponent = 63 - __builtin_clzll(ns | 64);
  counts[((exponent - 6) << 6) + ((ns >> (exponent - 6)) & 63)]++;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t random_state = 88172645463325252ull;
static uint64_t position;

/* Next block; sets *done after one pass when there is no time limit. */
static uint64_t next_block(const struct load *load, uint64_t blocks, int *done) {
  uint64_t issued = position++;
  if (load->seconds == 0 && issued + 1 >= blocks) *done = 1;
  if (!load->random) return issued % blocks;
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint64_t)(((unsigned __int128)random_state * blocks) >> 64);
}

static uint64_t run_calls(const struct load *load, int fd, uint64_t blocks, char *buffer, uint64_t end) {
  uint64_t ops = 0, before = now_ns();
  for (int done = 0; !done;) {
    off_t offset = next_block(load, blocks, &done) * load->block;
    ssize_t moved = load->writes ? pwrite(fd, buffer, load->block, offset) : pread(fd, buffer, load->block, offset);
    if (moved != (ssize_t)load->block) fail("transfer");
    ops++;
    uint64_t after = now_ns();
    count(after - before);
    before = after;
    if (load->seconds > 0 && after >= end) break;
  }
  return ops;
}

static uint64_t run_ring(const struct load *load, int fd, uint64_t blocks, char *buffer, uint64_t end) {
  struct io_uring_params params = {.flags = IORING_SETUP_CLAMP | (1 << 12) | (1 << 13)};
  int ring_fd = syscall(425, load->depth, &params);
  if (ring_fd < 0) fail("io_uring_setup");
  size_t bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  size_t sq_bytes = params.sq_off.array + params.sq_entries * 4;
  if (sq_bytes > bytes) bytes = sq_bytes;
  char *ring = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_fd, 0);
  struct io_uring_sqe *sqes =
      mmap(0, params.sq_entries * 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_fd, IORING_OFF_SQES);
  struct iovec vectors[1024];
  for (int i = 0; i < load->depth; i++) vectors[i] = (struct iovec){buffer + i * load->block, load->block};
  if (syscall(427, ring_fd, IORING_REGISTER_BUFFERS, vectors, load->depth) < 0) fail("register buffers");
  if (syscall(427, ring_fd, IORING_REGISTER_FILES, &fd, 1) < 0) fail("register files");
  int free_places[1024], free_count = load->depth, in_flight = 0, done = 0;
  static uint64_t started[1024];
  for (int i = 0; i < load->depth; i++) {
    free_places[i] = i;
    memset(&sqes[i], 0, sizeof sqes[i]);
    sqes[i].opcode = load->writes ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED;
    sqes[i].flags = IOSQE_FIXED_FILE;
    sqes[i].addr = (uint64_t)(buffer + i * load->block);
    sqes[i].len = load->block;
    sqes[i].user_data = i;
    sqes[i].buf_index = i;
  }
  uint32_t *sq_tail = (uint32_t *)(ring + params.sq_off.tail), *array = (uint32_t *)(ring + params.sq_off.array);
  uint32_t *cq_head = (uint32_t *)(ring + params.cq_off.head), *cq_tail = (uint32_t *)(ring + params.cq_off.tail);
  uint32_t sq_mask = *(uint32_t *)(ring + params.sq_off.ring_mask), cq_mask = *(uint32_t *)(ring + params.cq_off.ring_mask);
  struct io_uring_cqe *cqes = (struct io_uring_cqe *)(ring + params.cq_off.cqes);
  uint32_t tail = *sq_tail, head = *cq_head;
  int limit = load->direct ? 4 : load->depth;
  uint64_t ops = 0, now = now_ns();
  for (;;) {
    int queued = 0;
    while (!done && free_count > 0 && queued < limit) {
      int place = free_places[--free_count];
      sqes[place].off = next_block(load, blocks, &done) * load->block;
      array[tail++ & sq_mask] = place;
      started[place] = now;
      queued++;
    }
    __atomic_store_n(sq_tail, tail, __ATOMIC_RELEASE);
    in_flight += queued;
    if (in_flight == 0) break;
    int wait = !done && free_count > 0 ? 0 : 1;
    if (syscall(426, ring_fd, queued, wait, IORING_ENTER_GETEVENTS, 0, 0) < 0) fail("io_uring_enter");
    uint32_t until = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
    if (head == until) continue;
    now = now_ns();
    for (; head != until; head++) {
      struct io_uring_cqe *cqe = &cqes[head & cq_mask];
      if (cqe->res != (int)load->block) {
        fprintf(stderr, "completion with %d\n", cqe->res);
        exit(1);
      }
      count(now - started[cqe->user_data]);
      free_places[free_count++] = cqe->user_data;
      in_flight--;
      ops++;
    }
    __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
    if (load->seconds > 0 && now >= end) done = 1;
  }
  return ops;
}

static struct result run_job(const struct load *load, int job) {
  int fd = open(load->path, (load->writes ? O_RDWR : O_RDONLY) | (load->direct ? O_DIRECT : 0));
  if (fd < 0) fail("open");
  struct stat status;
  fstat(fd, &status);
  size_t bytes = load->block * (load->depth > 0 ? load->depth : 1);
  char *buffer = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  random_state ^= now_ns() * (job + 1);
  for (size_t i = 0; i < bytes; i += 8) *(uint64_t *)(buffer + i) = i * 0x9E3779B97F4A7C15ull ^ random_state;
  uint64_t start = now_ns(), end = start + (uint64_t)(load->seconds * 1e9);
  uint64_t blocks = status.st_size / load->block;
  uint64_t ops = load->depth > 0 ? run_ring(load, fd, blocks, buffer, end) : run_calls(load, fd, blocks, buffer, end);
  if (load->fsync && fsync(fd) != 0) fail("fsync");
  return (struct result){ops, (now_ns() - start) / 1e9};
}

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  const char *rw = argv[2];
  struct load load = {.path = argv[1],
                      .random = strncmp(rw, "rand", 4) == 0,
                      .writes = strstr(rw, "write") != NULL,
                      .block = atol(argv[3]),
                      .direct = atoi(argv[4]),
                      .depth = atoi(argv[5]),
                      .jobs = atoi(argv[6]),
                      .seconds = atof(argv[7]),
                      .fsync = atoi(argv[8])};
  struct result *results = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int job = 1; job < load.jobs; job++) {
    if (fork() == 0) {
      results[job] = run_job(&load, job);
      exit(0);
    }
  }
  results[0] = run_job(&load, 0);
  for (int status; wait(&status) > 0;)
    if (status != 0) return 1;
  double iops = 0;
  uint64_t ops = 0;
  for (int job = 0; job < load.jobs; job++) {
    iops += results[job].ops / results[job].seconds;
    ops += results[job].ops;
  }
  printf("{\"iops\":%.1f,\"ops\":%lu}\n", iops, (unsigned long)ops);
  return 0;
}
