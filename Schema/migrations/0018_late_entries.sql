-- Folds of version 6: what was entered late counts where it happened, and without a cadence no communication is owed.
-- A ledger without events has no row that could differ; the others wait for a rebuild.
update dossier.view_builds b set fold_version = 6
where fold_version < 6 and not exists (select from dossier.events e where e.ledger = b.ledger);
