-- Stores new and changed rows of a view, for the commit that appends their events. Whoever appends holds the ledger's
-- head, so nobody else writes these rows meanwhile.
merge into dossier.{view}_{ledger} v
using unnest($1::dossier.{view}[]) r on {match}
when matched then update set {changes}
when not matched then insert ({columns}) values ({values})
