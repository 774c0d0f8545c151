-- One look into the index for each digest, whatever the planner believes of the table's size.
select p.person, p.lookup, p.wrapped_key
from unnest($2::bytea[]) as wanted (lookup)
cross join lateral (
  select k.person, k.lookup, k.wrapped_key
  from dossier.persons k
  where k.ledger = $1 and k.lookup = wanted.lookup
  offset 0) as p
