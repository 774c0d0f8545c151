-- Statements that make, on the new table, the keys and indexes that the partition has from its parent, each
-- under the partition's own name for it with _new; and whether it is a key, which nothing else may go beside.
select case
  when c.oid is not null then
    format('alter table %s add constraint %I %s', fresh.name, child.relname || '_new', pg_get_constraintdef(c.oid))
  else
    format('create index %I on %s %s', child.relname || '_new', fresh.name,
      substring(pg_get_indexdef(i.indexrelid) from ' (USING .*)$'))
  end,
  c.oid is not null
from pg_index i
join pg_inherits h on h.inhparent = i.indexrelid
join pg_index ci on ci.indexrelid = h.inhrelid
join pg_class child on child.oid = ci.indexrelid
left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
cross join (select 'dossier.' || $2 || '_new') as fresh (name)
where i.indrelid = ('dossier.' || $1)::regclass and ci.indrelid = ('dossier.' || $2)::regclass
order by i.indisprimary desc, c.oid is null, child.relname
