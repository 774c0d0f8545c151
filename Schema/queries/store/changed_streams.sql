-- Without statistics any index that begins with the ledger looks as good as the right one; asking for an order
-- that only the right one gives decides it.
select distinct e.stream
from (
  select k.stream from dossier.events k
  where k.ledger = $1 and k.position > $2
  order by k.position
  offset 0) as e
