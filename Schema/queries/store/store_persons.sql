insert into dossier.persons (ledger, person, lookup, wrapped_key)
select $1, p.person, p.lookup, p.wrapped_key
from unnest($2::uuid[], $3::bytea[], $4::bytea[]) as p (person, lookup, wrapped_key)
