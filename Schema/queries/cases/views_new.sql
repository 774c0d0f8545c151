-- The number of a view's new table: its name may be another table's by now. 0 if there is none.
select coalesce(to_regclass('dossier.' || $1 || '_new')::oid::bigint, 0)
