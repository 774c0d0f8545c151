-- Which of some names, counted from 1, a ledger does not have.
select wanted.number
from unnest($2::text[], $3::text[]) with ordinality as wanted (scope, name, number)
where not exists (
  select from dossier.stream_names n where n.ledger = $1 and n.scope = wanted.scope and n.name = wanted.name)
order by wanted.number
