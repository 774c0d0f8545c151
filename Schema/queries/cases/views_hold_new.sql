-- Keeps a view's new table from being dropped for this transaction, and keeps no other from indexing it.
lock table dossier.{view}_{ledger}_new in access share mode
