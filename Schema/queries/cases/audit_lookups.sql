-- The digests that some persons are found by.
select person, lookup from dossier.persons where ledger = $1 and person = any ($2::uuid[])
