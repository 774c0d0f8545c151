-- One rebuild of a ledger's views at a time; the lock is the transaction's and ends with it.
select pg_advisory_xact_lock(1685025651, $1)
