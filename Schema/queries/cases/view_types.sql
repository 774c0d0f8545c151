-- The identifiers that this database gave to the row types of the views.
select
  'dossier.case_view'::regtype::oid::bigint, 'dossier.sla_clock'::regtype::oid::bigint,
  'dossier.responsibility_assignment'::regtype::oid::bigint
