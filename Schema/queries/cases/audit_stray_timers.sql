-- Places in the timers' queue of streams that are no case.
select t.ledger, t.stream from dossier.timer_queue t
where not exists (select from dossier.case_view c where c.ledger = t.ledger and c.stream = t.stream)
order by t.ledger, t.stream
limit 11
