#pragma once

#include <libpq-fe.h>

// Character literals are not imported by Swift, so the diagnostic fields are copied into constants.
static const int dossier_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int dossier_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int dossier_diag_message = PG_DIAG_MESSAGE_PRIMARY;
static const int dossier_diag_position = PG_DIAG_STATEMENT_POSITION;
static const int dossier_diag_table = PG_DIAG_TABLE_NAME;
static const int dossier_diag_constraint = PG_DIAG_CONSTRAINT_NAME;
