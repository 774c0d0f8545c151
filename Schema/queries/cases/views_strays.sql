-- Streams that views have rows of though the log cannot: a row of no case has to be found too.
select stream from dossier.case_view where ledger = $1 and (stream < $2 or stream >= $3)
union
select stream from dossier.sla_clock where ledger = $1 and (stream < $2 or stream >= $3)
union
select stream from dossier.responsibility_assignment where ledger = $1 and (stream < $2 or stream >= $3)
order by stream
limit 10000
