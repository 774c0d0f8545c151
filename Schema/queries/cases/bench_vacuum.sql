-- What the server's autovacuum does in time: whoever reads a new row first would pay for it.
vacuum (analyze) dossier.events, dossier.case_view, dossier.sla_clock, dossier.responsibility_assignment
