-- What stands beside a ledger's log and can be told from it: the head's last stream and the log's, the head's moment and
-- the last event's, whether it is more than a minute ahead of the server's clock, and what goes beyond the head.
select l.last_stream, coalesce((select max(e.stream) from dossier.events e where e.ledger = l.ledger), 0),
  l.recorded_at, e.recorded_at, l.recorded_at > clock_timestamp() + interval '1 minute',
  (
    select string_agg(c.subscription, ', ' order by c.subscription) from dossier.checkpoints c
    where c.ledger = l.ledger and c.position > l.position
  ),
  (
    select string_agg(b.view, ', ' order by b.view) from dossier.view_builds b
    where b.ledger = l.ledger and b.position > l.position
  ),
  (select count(*) from dossier.commands c where c.ledger = l.ledger and length(c.digest) <> 32)
from dossier.ledgers l
left join lateral (
  select k.recorded_at from dossier.events k where k.ledger = l.ledger order by k.position desc limit 1) as e on true
where l.ledger = $1
