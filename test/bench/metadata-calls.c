/*
 * The phases of a metadata job as a plain C program: metadata-calls DIRECTORY WORKERS ITEMS
 *
 * Each worker creates ITEMS empty files in one shared directory, stats, renames and unlinks them; every worker lists the
 * directory. A barrier begins each phase, which ends with the last worker, as in mdtest. Prints `PHASE OPERATIONS NS` a line.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *directory;
static int workers, items;
static pthread_barrier_t barrier;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void must(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

enum phase { CREATE, STAT, READDIR, RENAME, UNLINK, PHASES };
static const char *names[PHASES] = {"create", "stat", "readdir", "rename", "unlink"};

static void act(enum phase phase, int at, int worker, int item) {
  char first[64], second[64];
  struct stat status;
  snprintf(first, sizeof first, "w%d-%d", worker, item);
  snprintf(second, sizeof second, "r%d-%d", worker, item);
  switch (phase) {
    case CREATE: {
      int fd = openat(at, first, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      must(fd, "openat");
      must(close(fd), "close");
      break;
    }
    case STAT: must(fstatat(at, first, &status, AT_SYMLINK_NOFOLLOW), "fstatat"); break;
    case RENAME: must(renameat(at, first, at, second), "renameat"); break;
    case UNLINK: must(unlinkat(at, second, 0), "unlinkat"); break;
    default: break;
  }
}

static int list(int at) {
  int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(fd, "open .");
  DIR *stream = fdopendir(fd);
  int entries = 0;
  while (readdir(stream) != NULL) entries++;
  closedir(stream);
  return entries;
}

static void *work(void *number) {
  int worker = (int)(intptr_t)number;
  int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(at, directory);
  for (enum phase phase = CREATE; phase < PHASES; phase++) {
    pthread_barrier_wait(&barrier);
    int64_t begin = now_ns();
    int done = items;
    if (phase == READDIR) done = list(at);
    else
      for (int item = 0; item < items; item++) act(phase, at, worker, item);
    pthread_barrier_wait(&barrier);
    if (worker == 0) printf("%s %d %lld\n", names[phase], done * workers, (long long)(now_ns() - begin));
  }
  close(at);
  return NULL;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  directory = words[1];
  workers = atoi(words[2]);
  items = atoi(words[3]);
  pthread_barrier_init(&barrier, NULL, workers);
  pthread_t threads[workers];
  for (int i = 0; i < workers; i++) pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i);
  for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);
  return 0;
}
