-- For how many cases time has had something to do that is not recorded yet, and how many have a running clock
-- that the timers would miss or come to late.
select
  (select count(*) from dossier.timer_queue where due_at < now()),
  (
    select count(distinct (k.ledger, k.stream))
    from dossier.sla_clock k
    join dossier.case_view c on c.ledger = k.ledger and c.stream = k.stream
    left join dossier.timer_queue t on t.ledger = k.ledger and t.stream = k.stream
    where k.met_at is null and k.cancelled_at is null and k.due_at is not null and k.state = 'running'
      and c.status = 'open' and (t.due_at is null or t.due_at > k.due_at)
  )
