-- A table like the partition, to be filled and to take its place. What a killed rebuild left goes first.
-- The check spares ATTACH the reading of every row; keys and indexes are made when the rows are in.
drop table if exists dossier.{view}_{ledger}_new;
create table dossier.{view}_{ledger}_new
  (like dossier.{view}_{ledger} including defaults including constraints including storage);
alter table dossier.{view}_{ledger}_new add constraint {view}_{ledger}_new check (ledger = {ledger});
-- LIKE leaves out how full a page may become.
do $$
begin
  execute (
    select coalesce(
      'alter table dossier.{view}_{ledger}_new set (' || array_to_string(c.reloptions, ', ') || ')', 'select')
    from pg_class c where c.oid = 'dossier.{view}_{ledger}'::regclass);
end
$$;
