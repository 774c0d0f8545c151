-- One rebuild of a ledger's views at a time. Rows are locked that only the owner may lock; the lock is the
-- transaction's and ends with it.
select view from dossier.view_builds where ledger = $1 order by view for update
