-- Whether the new table of a view has rows.
select exists (select from dossier.{view}_{ledger}_new)
