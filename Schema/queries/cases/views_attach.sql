alter table dossier.{view} attach partition dossier.{view}_{ledger} for values in ({ledger});
alter table dossier.{view}_{ledger} drop constraint {view}_{ledger}_new;
