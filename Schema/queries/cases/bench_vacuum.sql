-- What the server's autovacuum does in time: whoever reads a new row first would pay for it.
vacuum (analyze) dossier.events, dossier.commands, dossier.persons, dossier.stream_names, dossier.timer_queue,
  dossier.case_view, dossier.sla_clock, dossier.responsibility_assignment
