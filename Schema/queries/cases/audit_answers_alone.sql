-- Answers of a ledger to commands that no event comes from.
select c.command_id, c.answer, c.digest
from dossier.commands c
where c.ledger = {ledger}
  and not exists (select from dossier.events e where e.ledger = c.ledger and e.command_id = c.command_id)
