-- Streams outside of those that are read as a range: views can have rows of them, a row of no case has to be found too,
-- and events that stand beyond the streams that so many events make.
select stream from dossier.case_view where ledger = $1 and (stream < $2 or stream >= $3)
union
select stream from dossier.sla_clock where ledger = $1 and (stream < $2 or stream >= $3)
union
select stream from dossier.responsibility_assignment where ledger = $1 and (stream < $2 or stream >= $3)
union
select stream from dossier.events where ledger = $1 and stream >= $3
order by stream
limit 10000
