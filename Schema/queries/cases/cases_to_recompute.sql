-- Open cases that a version of the policy published for existing cases has not taken over yet, in order.
select stream, reference from dossier.case_view
where ledger = $1 and status = 'open' and policy = any ($2::text[]) and stream <= $3 and stream > $4
order by stream
limit $5
