insert into dossier.commands (ledger, command_id, digest, answer)
select $1, c.command_id, c.digest, c.answer
from unnest($2::uuid[], $3::bytea[], $4::bytea[]) as c (command_id, digest, answer)
