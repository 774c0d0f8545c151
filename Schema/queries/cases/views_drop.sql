drop table if exists dossier.{view}_{ledger}_new;
