-- The identifiers that this database gave to the row types of the views, and whether all views of a ledger were
-- made by one version of their fold.
select
  'dossier.case_view'::regtype::oid::bigint, 'dossier.sla_clock'::regtype::oid::bigint,
  'dossier.responsibility_assignment'::regtype::oid::bigint,
  not exists (select from dossier.view_builds where ledger = $1 and fold_version <> $2)
