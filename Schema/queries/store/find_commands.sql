-- One look into the index for each id, whatever the planner believes of the table's size.
select c.command_id, c.digest, c.answer
from unnest($2::uuid[]) as wanted (command_id)
cross join lateral (
  select k.command_id, k.digest, k.answer
  from dossier.commands k
  where k.ledger = $1 and k.command_id = wanted.command_id
  offset 0) as c
