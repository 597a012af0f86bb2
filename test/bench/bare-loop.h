/* What the loops of the bare C program share: see bare-loop.c. */
#include <stdint.h>
#include <time.h>

#define MAX_DEPTH 1024
#define BINS 8192

struct load {
  const char *path;
  int random, writes, uring, map, direct, fsync, refill, registered;
  int depth, limit, jobs, apart;
  uint64_t block, size, ms;
};
/* What one job needs for its next operation. */
struct job {
  const struct load *load;
  int fd;
  char *buffer;
  uint64_t first_byte, blocks, position, random, end_ns;
  int done;
};

/* Ends the program with the reason of the failed call. */
void fail(const char *what);
/* Returns the operations that were made until the time or the pass was over. */
uint64_t run_ring(struct job *job);

/* Latencies: 64 bins for each power of two. */
extern uint64_t counts[BINS];

static inline void count(uint64_t ns) {
  int exponent = 63 - __builtin_clzll(ns | 64);
  counts[((exponent - 6) << 6) + ((ns >> (exponent - 6)) & 63)]++;
}

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static inline uint64_t xorshift(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

/* Where the next operation goes; after one pass without a time limit the job is done. */
static inline uint64_t next_offset(struct job *job) {
  uint64_t issued = job->position++;
  if (job->load->ms == 0 && job->position >= job->blocks) job->done = 1;
  uint64_t block = job->load->random ? (uint64_t)(((unsigned __int128)xorshift(&job->random) * job->blocks) >> 64)
                                     : issued % job->blocks;
  return job->first_byte + block * job->load->block;
}
