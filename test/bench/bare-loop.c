/*
 * The limit: the same loads with nothing around them, by pread/pwrite, by copies from a mapping, or by
 * io_uring with one enter a batch. A clock reading and a histogram count for each operation (each batch),
 * as a harness needs them. Prints operations, and operations a second until the last job was done.
 *
 *   bare-loop KEY=VALUE…
 *
 *   path=FILE rw=read|write|randread|randwrite engine=psync|mmap|io_uring block=BYTES
 *   jobs=N size=BYTES (of each job) apart=0|1 (jobs work on parts of their own)
 *   depth=N limit=N (entries a call) register=0|1   io_uring
 *   ms=N (0: once over the size)  direct=0|1  fsync=0|1 (at the end, timed)  refill=0|1
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bare-loop.h"

#define PAGE 4096
#define HUGE_PAGE (2 << 20)
#define LARGE 65536
#define MAX_JOBS 256

struct result {
  uint64_t ops, ns;
};

uint64_t counts[BINS];

void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Generators side by side, which the compiler puts into vectors: new data without a pattern. */
static void fill(char *buffer, uint64_t bytes, uint64_t seed) {
  uint64_t lanes[32];
  for (int i = 0; i < 32; i++) lanes[i] = (seed + i + 1) * 0x9E3779B97F4A7C15ull;
  for (uint64_t at = 0; at < bytes; at += sizeof lanes) {
    for (int i = 0; i < 32; i++) {
      lanes[i] ^= lanes[i] << 13;
      lanes[i] ^= lanes[i] >> 7;
      lanes[i] ^= lanes[i] << 17;
    }
    memcpy(buffer + at, lanes, sizeof lanes);
  }
}

static uint64_t run_calls(struct job *job) {
  const struct load *load = job->load;
  uint64_t ops = 0, before = now_ns();
  while (!job->done) {
    uint64_t offset = next_offset(job);
    if (load->refill) {
      fill(job->buffer, load->block, job->position);
      before = now_ns();
    }
    ssize_t moved = load->writes ? pwrite(job->fd, job->buffer, load->block, offset)
                                 : pread(job->fd, job->buffer, load->block, offset);
    if (moved != (ssize_t)load->block) fail("transfer");
    uint64_t after = now_ns();
    count(after - before);
    before = after;
    ops++;
    if (load->ms > 0 && after >= job->end_ns) break;
  }
  return ops;
}

static uint64_t run_map(struct job *job) {
  const struct load *load = job->load;
  char *map = mmap(0, load->size, PROT_READ, MAP_SHARED, job->fd, job->first_byte);
  if (map == MAP_FAILED) fail("mmap");
  if (madvise(map, load->size, load->random ? MADV_RANDOM : MADV_SEQUENTIAL) != 0) fail("madvise");
  uint64_t ops = 0, before = now_ns();
  while (!job->done) {
    memcpy(job->buffer, map + next_offset(job) - job->first_byte, load->block);
    __asm__ volatile("" : : "r"(job->buffer) : "memory");
    uint64_t after = now_ns();
    count(after - before);
    before = after;
    ops++;
    if (load->ms > 0 && after >= job->end_ns) break;
  }
  return ops;
}

static struct result run_job(const struct load *load, int index) {
  struct job job = {.load = load, .blocks = load->size / load->block, .first_byte = load->apart ? index * load->size : 0};
  job.fd = open(load->path, (load->writes ? O_RDWR : O_RDONLY) | (load->direct ? O_DIRECT : 0));
  if (job.fd < 0) fail("open");
  uint64_t bytes = load->block * (load->uring ? load->depth : 1);
  /* Large blocks lie on huge pages, as feedrate's: fewer segments for the device. Smaller ones are not worth one. */
  int large = load->block >= LARGE;
  if (large) bytes = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
  if (posix_memalign((void **)&job.buffer, large ? HUGE_PAGE : PAGE, bytes) != 0) fail("memory");
  if (large) madvise(job.buffer, bytes, MADV_HUGEPAGE);
  job.random = 88172645463325252ull ^ now_ns() * (index + 1);
  fill(job.buffer, bytes, job.random);
  uint64_t start = now_ns();
  job.end_ns = start + load->ms * 1000000;
  uint64_t ops = load->uring ? run_ring(&job) : load->map ? run_map(&job) : run_calls(&job);
  if (load->fsync && fsync(job.fd) != 0) fail("fsync");
  return (struct result){ops, now_ns() - start};
}

static const char *value_of(int argc, char **argv, const char *key) {
  size_t length = strlen(key);
  for (int i = 1; i < argc; i++)
    if (strncmp(argv[i], key, length) == 0 && argv[i][length] == '=') return argv[i] + length + 1;
  fprintf(stderr, "%s= is missing\n", key);
  exit(2);
}

int main(int argc, char **argv) {
#define NUMBER(key) strtoull(value_of(argc, argv, key), NULL, 10)
  const char *rw = value_of(argc, argv, "rw"), *engine = value_of(argc, argv, "engine");
  struct load load = {.path = value_of(argc, argv, "path"), .block = NUMBER("block"), .size = NUMBER("size")};
  load.random = strncmp(rw, "rand", 4) == 0;
  load.writes = strstr(rw, "write") != NULL;
  load.uring = strcmp(engine, "io_uring") == 0;
  load.map = strcmp(engine, "mmap") == 0;
  load.jobs = NUMBER("jobs"), load.apart = NUMBER("apart"), load.ms = NUMBER("ms");
  load.depth = NUMBER("depth"), load.limit = NUMBER("limit"), load.registered = NUMBER("register");
  load.direct = NUMBER("direct"), load.fsync = NUMBER("fsync"), load.refill = NUMBER("refill");
  if (load.depth > MAX_DEPTH || load.jobs > MAX_JOBS || load.size < load.block) return 2;
  struct result *results =
      mmap(0, MAX_JOBS * sizeof *results, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int job = 1; job < load.jobs; job++) {
    if (fork() == 0) {
      results[job] = run_job(&load, job);
      exit(0);
    }
  }
  results[0] = run_job(&load, 0);
  for (int status; wait(&status) > 0;)
    if (status != 0) return 1;
  uint64_t ops = 0, ns = 0;
  for (int job = 0; job < load.jobs; job++) {
    ops += results[job].ops;
    if (results[job].ns > ns) ns = results[job].ns;
  }
  printf("{\"ops\":%llu,\"iops\":%.1f}\n", (unsigned long long)ops, ops * 1e9 / ns);
  return 0;
}
