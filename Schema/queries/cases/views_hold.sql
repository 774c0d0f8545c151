-- Keeps a rebuild from exchanging the views' tables. Before the snapshot is taken: rows of a table that was made after it
-- would not be seen in it.
lock table dossier.case_view, dossier.sla_clock, dossier.responsibility_assignment in access share mode
