-- Tables with rows of ledgers that do not exist. Each table is asked for one ledger after the other, so that it is
-- not read as a whole.
with recursive found (place, ledger) as (
  select t.place, case t.place
    when 'events' then (select min(ledger) from dossier.events)
    when 'commands' then (select min(ledger) from dossier.commands)
    when 'stream_names' then (select min(ledger) from dossier.stream_names)
    when 'persons' then (select min(ledger) from dossier.persons)
    when 'timer_queue' then (select min(ledger) from dossier.timer_queue)
    when 'checkpoints' then (select min(ledger) from dossier.checkpoints)
    when 'view_builds' then (select min(ledger) from dossier.view_builds)
  end
  from unnest(array['events', 'commands', 'stream_names', 'persons', 'timer_queue', 'checkpoints', 'view_builds'])
    as t (place)
  union all
  select f.place, case f.place
    when 'events' then (select min(ledger) from dossier.events where ledger > f.ledger)
    when 'commands' then (select min(ledger) from dossier.commands where ledger > f.ledger)
    when 'stream_names' then (select min(ledger) from dossier.stream_names where ledger > f.ledger)
    when 'persons' then (select min(ledger) from dossier.persons where ledger > f.ledger)
    when 'timer_queue' then (select min(ledger) from dossier.timer_queue where ledger > f.ledger)
    when 'checkpoints' then (select min(ledger) from dossier.checkpoints where ledger > f.ledger)
    when 'view_builds' then (select min(ledger) from dossier.view_builds where ledger > f.ledger)
  end
  from found f
  where f.ledger is not null
)
select place, ledger from found
where ledger is not null and not exists (select from dossier.ledgers l where l.ledger = found.ledger)
order by ledger, place
