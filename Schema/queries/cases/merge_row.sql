-- Stores one new or changed row of a view: a lonely command changes few, and plain values cost the server half of
-- what an array of rows does. Otherwise as merge_rows.
merge into dossier.{view}_{ledger} v
using (values (1)) r on {match}
when matched then update set {changes}
when not matched then insert ({columns}) values ({values})
