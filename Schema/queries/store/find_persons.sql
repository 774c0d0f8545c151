-- Without statistics any index that begins with the ledger looks as good as the right one; asking for an order
-- that only the right one gives decides it.
select p.person, p.lookup, p.wrapped_key
from unnest($2::bytea[]) as wanted (lookup)
cross join lateral (
  select k.person, k.lookup, k.wrapped_key
  from dossier.persons k
  where k.ledger = $1 and k.lookup >= wanted.lookup
  order by k.lookup
  limit 1) as p
where p.lookup = wanted.lookup
