-- What the catalogue says of the schemas dossier and dashboard, a fact a line: what stands in what (parent), which
-- object, which side of it (none: that it is there), its value, the statements that make it so, and those that do away
-- with it. A fresh schema's facts are what this version makes; where another's differ, somebody changed it. The tables
-- that a rebuild of the views is filling are left out: they are its own, and soon gone or in place.
with schemas as (
  select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('dossier', 'dashboard')
),
relations as (
  select c.*, format('%I.%I', n.nspname, c.relname) as name,
    case c.relkind
      when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table'
      when 'c' then 'composite type' else 'table'
    end as kind
  from pg_class c
  join schemas n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
    and c.relname !~ '^(case_view|sla_clock|responsibility_assignment)_[0-9]+_new$'
),
columns as (
  select a.*, r.name as relation, r.kind, r.relkind, r.relowner, format('%s.%I', r.name, a.attname) as name,
    format('alter table %s alter column %I ', r.name, a.attname) as change,
    pg_get_expr(d.adbin, d.adrelid) as initial
  from pg_attribute a
  join relations r on r.oid = a.attrelid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
),
constraints as (
  select c.*, r.name as relation, format('constraint %I on %s', c.conname, r.name) as name
  from pg_constraint c
  join relations r on r.oid = c.conrelid
  where c.contype <> 'n'
),
indexes as (
  select i.*, r.name as relation, n.nspname, x.relname, format('index %I on %s', x.relname, r.name) as name,
    (select k.name from constraints k where k.conindid = i.indexrelid and k.conrelid = i.indrelid limit 1) as key
  from pg_index i
  join relations r on r.oid = i.indrelid
  join pg_class x on x.oid = i.indexrelid
  join pg_namespace n on n.oid = x.relnamespace
),
triggers as (
  select t.*, r.name as relation, format('trigger %I on %s', t.tgname, r.name) as name, k.name as key,
    case t.tgenabled
      when 'A' then 'enabled always' when 'O' then 'enabled' when 'R' then 'enabled for replicas' else 'disabled'
    end as fires,
    format('alter table %s %s trigger %I', r.name,
      case t.tgenabled when 'A' then 'enable always' when 'O' then 'enable' when 'R' then 'enable replica' else 'disable' end,
      t.tgname) as change
  from pg_trigger t
  join relations r on r.oid = t.tgrelid
  left join constraints k on k.oid = t.tgconstraint
),
functions as (
  select p.*, 'function ' || p.oid::regprocedure::text as name,
    case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
    case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as definition, l.lanname
  from pg_proc p
  join schemas n on n.oid = p.pronamespace
  join pg_language l on l.oid = p.prolang
),
-- What rights can be given to; the word is the one that GRANT takes.
granted as (
  select 'schema' as word, format('%I', nspname) as name, 'schema ' || nspname as parent,
    coalesce(nspacl, acldefault('n', nspowner)) as acl, '' as part
  from schemas
  union all
  -- What roles.sql takes from everybody, where it may.
  select 'schema', 'public', 'schema public', nspacl, '' from pg_namespace where nspname = 'public' and nspacl is not null
  union all
  select case relkind when 'S' then 'sequence' else 'table' end, name, kind || ' ' || name,
    coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r' end, relowner)), ''
  from relations where relkind <> 'c'
  union all
  select 'table', relation, 'column ' || name, attacl, format(' (%I)', attname)
  from columns where attacl is not null
  union all
  select 'routine', oid::regprocedure::text, name, coalesce(proacl, acldefault('f', proowner)), ''
  from functions
  union all
  select 'type', format('%I.%I', n.nspname, t.typname), 'type ' || format('%I.%I', n.nspname, t.typname), t.typacl, ''
  from pg_type t join schemas n on n.oid = t.typnamespace where t.typacl is not null
),
rights as (
  select g.*, a.privilege_type as privilege, a.is_grantable,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee
  from granted g, aclexplode(g.acl) a
)

-- All of them texts: names would be cut.
select 10 as rank, ''::text as parent, 'schema ' || nspname as object, ''::text as aspect, ''::text as value,
  format('create schema %I authorization %I', nspname, pg_get_userbyid(nspowner)) as make, null::text as undo
from schemas
union all
-- Owners first: what is granted hangs on them.
select -90, '', 'schema ' || nspname, 'owner', pg_get_userbyid(nspowner)::text,
  format('alter schema %I owner to %I', nspname, pg_get_userbyid(nspowner)), null
from schemas

union all
select 60, '', kind || ' ' || name, '', '',
  case relkind when 'v' then format('create view %s as %s', name, pg_get_viewdef(oid)) end, null
from relations
union all
select -90, '', kind || ' ' || name, 'owner', pg_get_userbyid(relowner)::text,
  case relkind when 'c' then null else format('alter table %s owner to %I', name, pg_get_userbyid(relowner)) end, null
from relations
union all
select 20, '', kind || ' ' || name, 'storage',
  case relpersistence when 'u' then 'unlogged' when 't' then 'temporary' else 'logged' end,
  case when relkind = 'r' then format('alter table %s set %s', name,
    case relpersistence when 'u' then 'unlogged' else 'logged' end) end,
  null
from relations where relkind in ('r', 'p', 'm', 'S')
union all
select 20, '', kind || ' ' || name, 'row-level security',
  concat_ws(' and ', case when relrowsecurity then 'on' else 'off' end, case when relforcerowsecurity then 'forced' end),
  format('alter table %s %s row level security, %s row level security', name,
    case when relrowsecurity then 'enable' else 'disable' end,
    case when relforcerowsecurity then 'force' else 'no force' end),
  null
from relations where relkind in ('r', 'p')
-- Marks of the catalogue by which the server knows that there is something to look for.
union all
select 21, '', kind || ' ' || name, 'what the server overlooks',
  coalesce(nullif(concat_ws(', ',
    case when not relhastriggers and exists (select from pg_trigger t where t.tgrelid = r.oid) then 'triggers' end,
    case when not relhasrules and exists (select from pg_rewrite w where w.ev_class = r.oid) then 'rules' end,
    case when not relhasindex and exists (select from pg_index i where i.indrelid = r.oid) then 'indexes' end,
    case when relchecks <> (select count(*) from pg_constraint c where c.conrelid = r.oid and c.contype = 'c')
      then 'checks' end), ''), 'nothing'),
  format('update pg_class c set relhastriggers = true, relhasrules = true, relhasindex = true, relchecks = '
    '(select count(*) from pg_constraint k where k.conrelid = c.oid and k.contype = ''c'') where c.oid = %L::regclass', name),
  null
from relations r where relkind in ('r', 'p', 'v')
union all
select 60, '', kind || ' ' || name, 'definition', pg_get_viewdef(oid),
  format('create or replace view %s as %s', name, pg_get_viewdef(oid)), format('drop view %s', name)
from relations where relkind = 'v'
union all
select 20, '', kind || ' ' || r.name, 'access method', a.amname::text, null, null
from relations r join pg_am a on a.oid = r.relam
-- How autovacuum treats a table is for its administrator to say, unless it never comes.
union all
select 70, kind || ' ' || name, format('option %s of %s %s', o.option_name, kind, name), '', o.option_value,
  format('alter %s %s set (%s = %L)', kind, name, o.option_name, o.option_value),
  format('alter %s %s reset (%s)', kind, name, o.option_name)
from relations, pg_options_to_table(reloptions) o
where o.option_name !~ '^autovacuum_' or o.option_name = 'autovacuum_enabled'
union all
select 30, '', format('table %s as a part of %s', i.inhrelid::regclass, i.inhparent::regclass), '',
  coalesce(pg_get_expr(c.relpartbound, c.oid), 'by inheritance'),
  case when c.relispartition then
    format('alter table %s attach partition %s %s', i.inhparent::regclass, i.inhrelid::regclass,
      pg_get_expr(c.relpartbound, c.oid))
  end,
  case when c.relispartition then
    format('alter table %s detach partition %s', i.inhparent::regclass, i.inhrelid::regclass)
  else format('alter table %s no inherit %s', i.inhrelid::regclass, i.inhparent::regclass) end
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
where c.relkind in ('r', 'p', 'f') and (i.inhrelid in (select oid from relations) or i.inhparent in (select oid from relations))

union all
select 25, kind || ' ' || relation, 'column ' || name, '', '', null, null from columns
union all
select 25, kind || ' ' || relation, 'column ' || name, 'type', format_type(atttypid, atttypmod)
  || case when attcollation <> 0 and attcollation <> (select t.typcollation from pg_type t where t.oid = atttypid)
    then ' collate ' || attcollation::regcollation else '' end,
  null, null
from columns
union all
select 25, kind || ' ' || relation, 'column ' || name, 'null values', case when attnotnull then 'refused' else 'taken' end,
  change || case when attnotnull then 'set not null' else 'drop not null' end, null
from columns where relkind in ('r', 'p')
union all
select 25, kind || ' ' || relation, 'column ' || name, 'default', coalesce(initial, 'none'),
  change || coalesce('set default ' || initial, 'drop default'), null
from columns where attgenerated = ''
union all
select 25, kind || ' ' || relation, 'column ' || name, 'generation', concat_ws(' ', 'generated', initial), null, null
from columns where attgenerated <> ''
union all
select 25, kind || ' ' || relation, 'column ' || name, 'identity', attidentity::text, null,
  change || 'drop identity'
from columns where attidentity <> ''
union all
select 25, kind || ' ' || relation, 'column ' || name, 'storage',
  case attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end,
  change || 'set storage '
    || case attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end,
  null
from columns where relkind in ('r', 'p')

union all
select case when conparentid = 0 then 40 else 41 end + case contype when 'f' then 5 else 0 end,
  'table ' || relation, name, '', pg_get_constraintdef(oid),
  format('alter table %s add constraint %I %s', relation, conname, pg_get_constraintdef(oid)),
  format('alter table %s drop constraint %I', relation, conname)
from constraints where contype <> 't'
-- An index that serves a key stands and falls with it; the constraint tells what it is of.
union all
select 42, coalesce(key, 'table ' || relation), name, '', replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '),
  case when key is null then replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') end,
  case when key is null then format('drop index %I.%I', nspname, relname) end
from indexes
union all
select 43, coalesce(key, 'table ' || relation), name, 'state',
  case when indisvalid and indisready and indislive and (indimmediate or key is not null) then 'valid' else 'not valid' end,
  format('reindex index %I.%I', nspname, relname), null
from indexes

union all
select 50, 'table ' || relation, name, '', pg_get_triggerdef(oid), pg_get_triggerdef(oid) || '; ' || change,
  format('drop trigger %I on %s', tgname, relation)
from triggers where not tgisinternal
union all
select 51, 'table ' || relation, name, 'state', fires, change, null
from triggers where not tgisinternal
-- The server's own triggers check foreign keys; their names hold a number that is another in every database.
union all
select 49, key, format('trigger of the server on %s for %s', relation, key) || ' by ' || tgfoid::regproc, 'state',
  string_agg(distinct fires, ', '), format('alter table %s enable trigger all', relation), null
from triggers where tgisinternal and key is not null
group by relation, key, tgfoid

union all
select 52, r.kind || ' ' || r.name, format('rule %I on %s', w.rulename, r.name), '', pg_get_ruledef(w.oid),
  pg_get_ruledef(w.oid), format('drop rule %I on %s', w.rulename, r.name)
from pg_rewrite w join relations r on r.oid = w.ev_class
where w.rulename <> '_RETURN'
union all
select 52, r.kind || ' ' || r.name, format('policy %I on %s', p.polname, r.name), '',
  concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid)),
  null, format('drop policy %I on %s', p.polname, r.name)
from pg_policy p join relations r on r.oid = p.polrelid

union all
select 15, '', name, '', '', definition, format('drop %s %s', kind, oid::regprocedure)
from functions
union all
select 16, '', f.name, a.aspect, a.value, f.definition, format('drop %s %s', f.kind, f.oid::regprocedure)
from functions f
cross join lateral (
  values
    ('body', coalesce(nullif(f.prosrc, ''), pg_get_function_sqlbody(f.oid), '')), ('language', f.lanname::text),
    ('rights', case when f.prosecdef then 'of its owner' else 'of its caller' end),
    ('settings', coalesce((select string_agg(c, ', ' order by c) from unnest(f.proconfig) c), 'none')),
    ('result', coalesce(pg_get_function_result(f.oid), 'none')), ('arguments', pg_get_function_arguments(f.oid)),
    ('volatility', case f.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end),
    ('null arguments', case when f.proisstrict then 'not called' else 'called' end),
    ('leakproof', f.proleakproof::text), ('parallel', f.proparallel::text)) as a (aspect, value)
union all
select -90, '', name, 'owner', pg_get_userbyid(proowner)::text,
  format('alter routine %s owner to %I', oid::regprocedure, pg_get_userbyid(proowner)), null
from functions

union all
select 80, parent, format('right %s of %s on %s', privilege, grantee, parent), '',
  case when is_grantable then 'with grant option' else 'without grant option' end,
  format('grant %s%s on %s %s to %s%s', privilege, part, word, name, grantee,
    case
      when is_grantable then ' with grant option'
      when grantee <> 'public' then format('; revoke grant option for %s%s on %s %s from %s', privilege, part, word, name, grantee)
      else ''
    end),
  format('revoke %s%s on %s %s from %s', privilege, part, word, name, grantee)
from rights

union all
select 85, '', 'large objects and advisory locks', 'access', coalesce(
    (
      select string_agg(distinct case when a.grantee = 0 then 'everybody' else pg_get_userbyid(a.grantee)::text end, ', ')
      from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.pronamespace = 'pg_catalog'::regnamespace
        and (p.proname ~ '^(lo_|pg_(try_)?advisory_)' or p.proname in ('loread', 'lowrite'))
        and (a.grantee = 0 or pg_get_userbyid(a.grantee) in ('dossier_app', 'dossier_dashboard'))), 'nobody''s'),
  'do $do$ declare door regprocedure; begin for door in select p.oid::regprocedure from pg_proc p '
    'where p.pronamespace = ''pg_catalog''::regnamespace '
    'and (p.proname ~ ''^(lo_|pg_(try_)?advisory_)'' or p.proname in (''loread'', ''lowrite'')) '
    'loop execute format(''revoke execute on function %s from public, dossier_app, dossier_dashboard'', door); '
    'end loop; end $do$', null

-- What no version of the schema has made yet, and a stranger may leave.
union all
select 5, '', format('type %I.%I', n.nspname, t.typname), '', pg_get_userbyid(t.typowner)::text, null, null
from pg_type t join schemas n on n.oid = t.typnamespace
where t.typrelid = 0 and not exists (select from pg_type e where e.typarray = t.oid)
union all
select 5, '', 'operator ' || o.oid::regoperator, '', '', null, null
from pg_operator o join schemas n on n.oid = o.oprnamespace
union all
select 5, '', format('%s %I.%I', o.kind, n.nspname, o.name), '', '', null, null
from (
  select 'collation' as kind, collname as name, collnamespace as home from pg_collation
  union all select 'conversion', conname, connamespace from pg_conversion
  union all select 'operator class', opcname, opcnamespace from pg_opclass
  union all select 'operator family', opfname, opfnamespace from pg_opfamily
  union all select 'text search configuration', cfgname, cfgnamespace from pg_ts_config
  union all select 'text search dictionary', dictname, dictnamespace from pg_ts_dict
  union all select 'text search parser', prsname, prsnamespace from pg_ts_parser
  union all select 'text search template', tmplname, tmplnamespace from pg_ts_template
  union all select 'statistics', stxname, stxnamespace from pg_statistic_ext
) o
join schemas n on n.oid = o.home
order by rank, object, aspect
