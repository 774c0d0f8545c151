-- The streams of a name: organisations' names are unique in all ledgers, cases' names in their own.
select ledger, stream from dossier.stream_names
where scope = $1 and name = $2 and ($3::smallint is null or ledger = $3)
