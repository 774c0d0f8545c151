-- The views of a ledger without events are what this version of the folds makes of them.
update dossier.view_builds b set fold_version = 4
where fold_version < 4 and not exists (select from dossier.events e where e.ledger = b.ledger);
