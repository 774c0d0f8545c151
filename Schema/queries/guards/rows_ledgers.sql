-- The ledgers, in the shape of schema_facts.sql. One that is gone is made again from its events; whether some were
-- removed behind its last one, nobody can tell then.
select 95 as rank, 'table dossier.ledgers' as parent, format('row %s of dossier.ledgers', ledger) as object, '' as aspect, '' as value,
  format(
    'insert into dossier.ledgers (ledger, name, prefix, position, hash, recorded_at, last_stream) '
    'select %1$s, %2$L, %3$L, coalesce(e.position, 0), coalesce(e.hash, decode(repeat(''00'', 32), ''hex'')), '
    'coalesce(e.recorded_at, ''epoch''), '
    'greatest(1000, (select max(s.stream) from dossier.events s where s.ledger = %1$s)) '
    'from (select) one left join lateral (select * from dossier.events k where k.ledger = %1$s '
    'order by k.position desc limit 1) e on true',
    ledger, name, prefix) as make,
  null as undo
from dossier.ledgers
union all
select 96, 'table dossier.ledgers', format('row %s of dossier.ledgers', l.ledger), a.aspect, a.value,
  format(
    'update dossier.ledgers set %1$I = %1$I || %2$L where %1$I = %3$L and ledger <> %4$s; '
    'update dossier.ledgers set %1$I = %3$L where ledger = %4$s',
    a.aspect, '?', a.value, l.ledger),
  null
from dossier.ledgers l
cross join lateral (values ('name', l.name), ('prefix', l.prefix)) as a (aspect, value)
