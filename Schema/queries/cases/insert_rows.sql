-- Stores new rows of a view, for the commit that appends their events.
insert into dossier.{view}_{ledger} ({columns})
select {columns}
from unnest($1::dossier.{view}[])
