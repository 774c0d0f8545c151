-- One look into the index for each person, whatever the planner believes of the table's size.
select p.person, p.wrapped_key
from unnest($2::uuid[]) as wanted (person)
cross join lateral (
  select k.person, k.wrapped_key
  from dossier.persons k
  where k.ledger = $1 and k.person = wanted.person
  offset 0) as p
