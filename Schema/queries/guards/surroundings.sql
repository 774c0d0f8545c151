-- What around the schema weakens its guards: one line a thing, and the statements that end it (none: its owner decides).
with roles as (
  select r.*, r.oid as id from pg_roles r
  where rolname in ('dossier_owner', 'dossier_app', 'dossier_dashboard')
),
tables as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('dossier', 'dashboard')
),
settings as (
  select s.setrole, s.setdatabase, split_part(c.entry, '=', 1) as name, substr(c.entry, strpos(c.entry, '=') + 1) as value,
    case when s.setrole = 0 then 'all' else quote_ident(pg_get_userbyid(s.setrole)) end as role,
    case when s.setdatabase <> 0 then ' in database ' || quote_ident(current_database()) else '' end as place
  from pg_db_role_setting s, unnest(s.setconfig) as c (entry)
  where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
),
-- Rights on the server's own tables and functions that were given beyond those that the server comes with.
given as (
  select k.word, k.name, a.grantee, a.privilege_type
  from (
    select 'table' as word, c.oid::regclass::text as name, c.relacl as now, 'pg_class'::regclass as class, c.oid,
      acldefault('r', c.relowner) as usual
    from pg_class c where c.relnamespace = 'pg_catalog'::regnamespace and c.relacl is not null
    union all
    select 'routine', p.oid::regprocedure::text, p.proacl, 'pg_proc'::regclass, p.oid, acldefault('f', p.proowner)
    from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is not null
  ) k
  left join pg_init_privs i on i.classoid = k.class and i.objoid = k.oid and i.objsubid = 0
  cross join lateral aclexplode(k.now) a
  where (a.grantee = 0 or a.grantee in (select id from roles))
    and not exists (
      select from aclexplode(coalesce(i.initprivs, k.usual)) b
      where b.grantee in (a.grantee, 0) and b.privilege_type = a.privilege_type)
),
foreigners as (
  select 'function ' || p.oid::regprocedure as name, 'pg_proc'::regclass as class, p.oid
  from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.oid >= 16384
  union all
  select 'operator ' || o.oid::regoperator, 'pg_operator'::regclass, o.oid
  from pg_operator o where o.oprnamespace = 'pg_catalog'::regnamespace and o.oid >= 16384
  union all
  select format('type pg_catalog.%I', t.typname), 'pg_type'::regclass, t.oid
  from pg_type t where t.typnamespace = 'pg_catalog'::regnamespace and t.oid >= 16384
  union all
  select format('cast from %s to %s', c.castsource::regtype, c.casttarget::regtype), 'pg_cast'::regclass, c.oid
  from pg_cast c where c.oid >= 16384 and c.castsource < 16384 and c.casttarget < 16384
  union all
  select format('event trigger %I', e.evtname), 'pg_event_trigger'::regclass, e.oid
  from pg_event_trigger e
)

select format('role %s is missing', wanted) as text, null as mend
from unnest(array['dossier_owner', 'dossier_app', 'dossier_dashboard']) as wanted
where wanted not in (select rolname from roles)
union all
select format('role %s %s', r.rolname, w.trait), format('alter role %I %s', r.rolname, w.word)
from roles r
cross join lateral (
  values
    (r.rolsuper, 'is superuser', 'nosuperuser'), (r.rolcreaterole, 'may make roles', 'nocreaterole'),
    (r.rolcreatedb, 'may make databases', 'nocreatedb'), (r.rolreplication, 'may replicate', 'noreplication'),
    (r.rolbypassrls, 'bypasses row-level security', 'nobypassrls')) as w (has, trait, word)
where w.has
union all
select format('role %s is a member of %s', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid)),
  format('revoke %I from %I', pg_get_userbyid(m.roleid), pg_get_userbyid(m.member))
from pg_auth_members m where m.member in (select id from roles)
union all
select format('role %s has the setting %s = %s%s', role, name, value, place),
  format('alter role %s%s reset %I', role, place, name)
from settings where setrole in (select id from roles)
-- Of others only what would turn guards off, lead names elsewhere or lose what was committed.
union all
select format('%s%s has the setting %s = %s', case when setrole = 0 then 'every session' else 'role ' || role end, place,
    name, value),
  format('alter role %s%s reset %I', role, place, name)
from settings
where setrole not in (select id from roles)
  and (setrole = 0 or pg_get_userbyid(setrole) = session_user)
  and (name in ('session_replication_role', 'search_path', 'role', 'session_authorization', 'row_security',
      'default_transaction_read_only', 'event_triggers', 'allow_system_table_mods', 'zero_damaged_pages',
      'ignore_checksum_failure', 'default_table_access_method', 'lo_compat_privileges', 'transform_null_equals')
    or name like '%\_preload\_libraries' or name like 'plpgsql.%' or (name = 'synchronous_commit' and value in ('off', 'false', 'no', '0')))
union all
select format('role %s may set %s', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end, p.parname),
  format('revoke %s on parameter %s from %s', a.privilege_type, p.parname,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_parameter_acl p, aclexplode(p.paracl) a
where a.grantee = 0 or a.grantee in (select id from roles)
-- What is made later is nobody's until it is granted.
union all
select format('what dossier_owner makes later is open to %s: %s',
    case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end, lower(a.privilege_type)),
  format('alter default privileges for role dossier_owner%s revoke %s on %s from %s',
    (select format(' in schema %I', n.nspname) from pg_namespace n where n.oid = d.defaclnamespace), a.privilege_type,
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines' when 'T' then 'types'
      else 'schemas' end,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_default_acl d, aclexplode(d.defaclacl) a
where d.defaclrole in (select id from roles where rolname = 'dossier_owner') and a.grantee <> d.defaclrole
  and not (a.grantee = 0 and d.defaclobjtype = 'T')
union all
select format('what %s makes later in schema %s is open to %s: %s', pg_get_userbyid(d.defaclrole), n.nspname,
    case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end, lower(a.privilege_type)),
  format('alter default privileges for role %I in schema %I revoke %s on %s from %s', pg_get_userbyid(d.defaclrole),
    n.nspname, a.privilege_type,
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines' else 'types' end,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_default_acl d
join pg_namespace n on n.oid = d.defaclnamespace and n.nspname in ('dossier', 'dashboard')
cross join lateral aclexplode(d.defaclacl) a
where a.grantee <> d.defaclrole and d.defaclrole not in (select id from roles where rolname = 'dossier_owner')
union all
select 'a function that dossier_owner makes later may be called by everybody',
  'alter default privileges for role dossier_owner revoke execute on routines from public'
where exists (select from roles where rolname = 'dossier_owner')
  and not exists (
    select from pg_default_acl d
    where d.defaclrole in (select id from roles where rolname = 'dossier_owner') and d.defaclnamespace = 0
      and d.defaclobjtype = 'f')
union all
select format('role %s may make schemas in database %s', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end,
    d.datname),
  format('revoke create on database %I from %s', d.datname,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_database d, aclexplode(d.datacl) a
where d.datname = current_database() and a.privilege_type = 'CREATE'
  and (a.grantee = 0 or a.grantee in (select id from roles where rolname <> 'dossier_owner'))
union all
select format('database %s belongs to %s', d.datname, pg_get_userbyid(d.datdba)), null
from pg_database d
where d.datname = current_database() and d.datdba in (select id from roles where rolname <> 'dossier_owner')
union all
select format('role %s was given the right to %s %s', case when grantee = 0 then 'public' else pg_get_userbyid(grantee) end,
    lower(privilege_type), name),
  format('revoke %s on %s %s from %s', privilege_type, word, name,
    case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
from given
union all
select format('%s is neither the server''s nor an extension''s', f.name), null
from foreigners f
where not exists (
  select from pg_depend d where d.classid = f.class and d.objid = f.oid and d.deptype = 'e')
  -- Extensions may own the function that an event trigger calls, and not the trigger.
  and not exists (
    select from pg_event_trigger e join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = e.evtfoid
    where f.class = 'pg_event_trigger'::regclass and e.oid = f.oid and d.deptype = 'e')
union all
select format('publication %I sends the tables of Dossier to subscribers', p.pubname), null
from pg_publication p
where p.puballtables
  or exists (select from pg_publication_rel r where r.prpubid = p.oid and r.prrelid in (select oid from tables))
  or exists (
    select from pg_publication_namespace n
    where n.pnpubid = p.oid and n.pnnspid in (to_regnamespace('dossier'), to_regnamespace('dashboard')))
union all
select 'a subscription writes into the tables of Dossier', null
where exists (select from pg_subscription_rel r where r.srrelid in (select oid from tables))
-- What was committed must still be there after a crash.
union all
select format('the server runs with %s = %s: what was committed can be lost', s.name, s.setting), null
from pg_settings s
where (s.name in ('fsync', 'full_page_writes') and s.setting = 'off')
union all
select format('sessions run with %s = %s', s.name, s.setting), null
from pg_settings s
where (s.name = 'session_replication_role' and s.setting <> 'origin')
  or (s.name in ('allow_system_table_mods', 'zero_damaged_pages', 'ignore_checksum_failure') and s.setting = 'on')
  or (s.name = 'synchronous_commit' and s.setting = 'off')
order by text
