/*
 * A mount that shows a directory as a slow file server would: slow-mount SOURCE MOUNTPOINT LATENCY_US RATE STREAM_RATE
 *
 * Every read waits LATENCY_US. All reads together get RATE bytes a second (0: no limit) from one station that serves them
 * in the order of their arrival, and one open file gets STREAM_RATE at most (0: no limit), as one TCP flow does. So what a
 * loader can get from it is known. The kernel caches nothing beyond an open: whoever opens a file reads it cold.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int source;
static int64_t latency_ns;
static double ns_per_byte, ns_per_stream_byte;

/* When the station, and each open file, has served all that was asked of it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t station_free_ns;
struct stream {
  int fd;
  int64_t free_ns;
};

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

static void wait_until(int64_t at_ns) {
  struct timespec t = {at_ns / 1000000000LL, at_ns % 1000000000LL};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {}
}

static void serve(struct stream *stream, size_t bytes) {
  int64_t now = now_ns();
  pthread_mutex_lock(&lock);
  station_free_ns = later(station_free_ns, now) + (int64_t)(bytes * ns_per_byte);
  stream->free_ns = later(stream->free_ns, now) + (int64_t)(bytes * ns_per_stream_byte);
  int64_t done = later(later(station_free_ns, stream->free_ns), now) + latency_ns;
  pthread_mutex_unlock(&lock);
  wait_until(done);
}

static const char *below(const char *path) { return path[1] == 0 ? "." : path + 1; }
static struct stream *stream_of(struct fuse_file_info *info) { return (struct stream *)(uintptr_t)info->fh; }
static int result(int value) { return value < 0 ? -errno : value; }

static void *start(struct fuse_conn_info *connection, struct fuse_config *config) {
  (void)connection;
  config->use_ino = 1;
  config->kernel_cache = 0;
  config->attr_timeout = config->entry_timeout = 3;
  return NULL;
}

static int get_attributes(const char *path, struct stat *status, struct fuse_file_info *info) {
  if (info != NULL) return result(fstat(stream_of(info)->fd, status));
  return result(fstatat(source, below(path), status, AT_SYMLINK_NOFOLLOW));
}

static int open_with(const char *path, int flags, mode_t mode, struct fuse_file_info *info) {
  int fd = openat(source, below(path), flags | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return -errno;
  struct stream *stream = calloc(1, sizeof *stream);
  stream->fd = fd;
  info->fh = (uintptr_t)stream;
  return 0;
}

static int open_file(const char *path, struct fuse_file_info *info) { return open_with(path, info->flags & ~O_DIRECT, 0, info); }
static int create_file(const char *path, mode_t mode, struct fuse_file_info *info) {
  return open_with(path, (info->flags & ~O_DIRECT) | O_CREAT, mode, info);
}

static int read_file(const char *path, char *data, size_t bytes, off_t at, struct fuse_file_info *info) {
  (void)path;
  int got = pread(stream_of(info)->fd, data, bytes, at);
  if (got < 0) return -errno;
  serve(stream_of(info), got);
  return got;
}

static int write_file(const char *path, const char *data, size_t bytes, off_t at, struct fuse_file_info *info) {
  (void)path;
  return result(pwrite(stream_of(info)->fd, data, bytes, at));
}

static int release_file(const char *path, struct fuse_file_info *info) {
  (void)path;
  close(stream_of(info)->fd);
  free(stream_of(info));
  return 0;
}

static int sync_file(const char *path, int data_only, struct fuse_file_info *info) {
  (void)path;
  return result(data_only ? fdatasync(stream_of(info)->fd) : fsync(stream_of(info)->fd));
}

static int read_directory(const char *path, void *names, fuse_fill_dir_t add, off_t at, struct fuse_file_info *info,
                          enum fuse_readdir_flags flags) {
  (void)at, (void)info, (void)flags;
  int fd = openat(source, below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (directory == NULL) return -errno;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) add(names, entry->d_name, NULL, 0, 0);
  closedir(directory);
  return 0;
}

static int make_directory(const char *path, mode_t mode) { return result(mkdirat(source, below(path), mode)); }
static int remove_file(const char *path) { return result(unlinkat(source, below(path), 0)); }
static int remove_directory(const char *path) { return result(unlinkat(source, below(path), AT_REMOVEDIR)); }
static int rename_file(const char *from, const char *to, unsigned flags) {
  return result(renameat2(source, below(from), source, below(to), flags));
}
static int truncate_file(const char *path, off_t bytes, struct fuse_file_info *info) {
  if (info != NULL) return result(ftruncate(stream_of(info)->fd, bytes));
  int fd = openat(source, below(path), O_WRONLY | O_CLOEXEC);
  int answer = fd < 0 ? -errno : result(ftruncate(fd, bytes));
  if (fd >= 0) close(fd);
  return answer;
}
static int space(const char *path, struct statvfs *status) {
  (void)path;
  return result(fstatvfs(source, status));
}
static int set_times(const char *path, const struct timespec times[2], struct fuse_file_info *info) {
  (void)info;
  return result(utimensat(source, below(path), times, AT_SYMLINK_NOFOLLOW));
}
static int set_mode(const char *path, mode_t mode, struct fuse_file_info *info) {
  (void)info;
  return result(fchmodat(source, below(path), mode, 0));
}

static const struct fuse_operations operations = {
    .init = start, .getattr = get_attributes, .open = open_file, .create = create_file, .read = read_file,
    .write = write_file, .release = release_file, .fsync = sync_file, .readdir = read_directory, .mkdir = make_directory,
    .unlink = remove_file, .rmdir = remove_directory, .rename = rename_file, .truncate = truncate_file, .statfs = space,
    .utimens = set_times, .chmod = set_mode,
};

int main(int count, char **words) {
  if (count != 6) {
    fprintf(stderr, "usage: slow-mount SOURCE MOUNTPOINT LATENCY_US RATE STREAM_RATE\n");
    return 2;
  }
  source = open(words[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (source < 0) {
    perror(words[1]);
    return 1;
  }
  latency_ns = (int64_t)(atof(words[3]) * 1000);
  ns_per_byte = atof(words[4]) > 0 ? 1e9 / atof(words[4]) : 0;
  ns_per_stream_byte = atof(words[5]) > 0 ? 1e9 / atof(words[5]) : 0;
  char *fuse_words[] = {words[0], "-f", "-o", "fsname=slow-mount,subtype=slow,allow_other,max_threads=64", words[2]};
  return fuse_main(5, fuse_words, &operations, NULL);
}
