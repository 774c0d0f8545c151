-- Keeps a view's new table from being dropped for this transaction.
lock table dossier.{view}_{ledger}_new in row exclusive mode
