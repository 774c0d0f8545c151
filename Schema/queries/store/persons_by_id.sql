-- Without statistics any index that begins with the ledger looks as good as the right one; asking for an order
-- that only the right one gives decides it.
select p.person, p.wrapped_key
from unnest($2::uuid[]) as wanted (person)
cross join lateral (
  select k.person, k.wrapped_key
  from dossier.persons k
  where k.ledger = $1 and k.person >= wanted.person
  order by k.person
  limit 1) as p
where p.person = wanted.person
