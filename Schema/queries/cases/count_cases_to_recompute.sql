-- As cases_to_recompute.sql, how many there are.
select count(*) from dossier.case_view
where ledger = $1 and status = 'open' and policy = any ($2::text[]) and stream <= $3
