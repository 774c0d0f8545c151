-- Puts the new table in the partition's place. The parent and what stands on it stay.
alter table dossier.{view} detach partition dossier.{view}_{ledger};
drop table dossier.{view}_{ledger};
alter table dossier.{view}_{ledger}_new rename to {view}_{ledger};
