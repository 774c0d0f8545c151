#pragma once

#include <libpq-fe.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Character literals are not imported by Swift, so the diagnostic fields are copied into constants.
static const int dossier_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int dossier_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int dossier_diag_message = PG_DIAG_MESSAGE_PRIMARY;
static const int dossier_diag_detail = PG_DIAG_MESSAGE_DETAIL;
static const int dossier_diag_function = PG_DIAG_SOURCE_FUNCTION;
static const int dossier_diag_position = PG_DIAG_STATEMENT_POSITION;
static const int dossier_diag_table = PG_DIAG_TABLE_NAME;
static const int dossier_diag_constraint = PG_DIAG_CONSTRAINT_NAME;

// Not part of the module that Swift has for the C library.
static inline int dossier_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline void dossier_eventfd_signal(int descriptor) { (void)eventfd_write(descriptor, 1); }
static inline void dossier_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name); }

// Declared only for programs that ask for the extensions of GNU.
int pthread_getattr_default_np(pthread_attr_t *attributes);
int pthread_setattr_default_np(const pthread_attr_t *attributes);

static inline void dossier_set_least_stack(size_t least) {
  pthread_attr_t attributes;
  size_t size;
  if (pthread_getattr_default_np(&attributes) != 0) return;
  if (pthread_attr_getstacksize(&attributes, &size) == 0 && size < least
      && pthread_attr_setstacksize(&attributes, least) == 0)
    (void)pthread_setattr_default_np(&attributes);
  (void)pthread_attr_destroy(&attributes);
}
