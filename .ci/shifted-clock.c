// Loaded before a program, it shifts the real clock that the program reads by SHIFTED_CLOCK seconds; every other clock
// stays. Waits that end at a time of the real clock end when they would. Nothing here takes a lock or reads what a
// signal's handler could find half done: PostgreSQL reads the clock in one, to end what has waited too long.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift;
static int (*wait_condition)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*wait_semaphore)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void start(void) {
  const char *text = getenv("SHIFTED_CLOCK");
  shift = text ? atol(text) : 0;
  // The older function of this name, which dlsym may find, is for conditions of another shape.
  void *found = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
  wait_condition = found ? found : dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  wait_semaphore = dlsym(RTLD_NEXT, "sem_timedwait");
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = syscall(SYS_clock_gettime, clock, now);
  if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift;
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (now) *now = time.tv_sec;
  return time.tv_sec;
}

// The kernel's own time of an end by the real clock; one by the monotonic clock is far smaller.
static struct timespec unshifted(const struct timespec *end) {
  struct timespec real = *end;
  if (real.tv_sec > 1000000000) real.tv_sec -= shift;
  return real;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict end) {
  struct timespec real = unshifted(end);
  return wait_condition(condition, mutex, &real);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end) {
  struct timespec real = unshifted(end);
  return wait_semaphore(semaphore, &real);
}
