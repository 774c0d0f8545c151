-- Statements that give the new table the privileges the partition has.
select format('grant %s on dossier.%I to %s%s', a.privilege_type, $1 || '_new',
  case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
  case when a.is_grantable then ' with grant option' else '' end)
from pg_class t, aclexplode(t.relacl) a
where t.oid = ('dossier.' || $1)::regclass and a.grantee <> t.relowner
order by 1
