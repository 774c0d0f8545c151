-- The rows that migrations put into tables and nothing changes afterwards, in the shape of schema_facts.sql. A ledger
-- that is gone is made again from its events; whether some were removed behind its last one, nobody can tell then.
select 95 as rank, '' as parent, format('row %s of dossier.ledgers', ledger) as object, '' as aspect, '' as value,
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
select 96, '', format('row %s of dossier.ledgers', l.ledger), a.aspect, a.value,
  format(
    'update dossier.ledgers set %1$I = %1$I || %2$L where %1$I = %3$L and ledger <> %4$s; '
    'update dossier.ledgers set %1$I = %3$L where ledger = %4$s',
    a.aspect, '?', a.value, l.ledger),
  null
from dossier.ledgers l
cross join lateral (values ('name', l.name), ('prefix', l.prefix)) as a (aspect, value)
union all
select 95, '', format('row %s of dossier.duties', code), '', concat_ws(', ', duty, holder, rule),
  format(
    'delete from dossier.duties where code = %1$s or duty = %2$L; '
    'insert into dossier.duties (code, duty, holder, rule) values (%1$s, %2$L, %3$L, %4$L)',
    code, duty, holder, rule),
  format('delete from dossier.duties where code = %s', code)
from dossier.duties
union all
select 95, '', format('row %s of dossier.duty_states', code), '', state,
  format(
    'delete from dossier.duty_states where code = %1$s or state = %2$L; '
    'insert into dossier.duty_states (code, state) values (%1$s, %2$L)',
    code, state),
  format('delete from dossier.duty_states where code = %s', code)
from dossier.duty_states
union all
select 95, '', format('row %s of dossier.event_types', type), '',
  concat_ws(', ', schema_version, coalesce(begins::text, 'anywhere'), coalesce(stream::text, 'any stream')),
  format(
    'delete from dossier.event_types where type = %1$L; '
    'insert into dossier.event_types (type, schema_version, begins, stream) values (%1$L, %2$s, %3$L, %4$L)',
    type, schema_version, begins, stream),
  format('delete from dossier.event_types where type = %L', type)
from dossier.event_types
union all
select 97, '', format('row %s, %s of dossier.view_builds', ledger, view), '', '',
  format(
    'insert into dossier.view_builds (ledger, view, fold_version, position) values (%s, %L, %s, 0)',
    ledger, view, fold_version),
  format('delete from dossier.view_builds where ledger = %s and view = %L', ledger, view)
from dossier.view_builds
order by rank, object, aspect
