insert into dossier.stream_names (ledger, scope, name, stream)
select $1, n.scope, n.name, n.stream
from unnest($2::text[], $3::text[], $4::bigint[]) as n (scope, name, stream)
