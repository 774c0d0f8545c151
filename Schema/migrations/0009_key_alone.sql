-- A partition holds one ledger, so an index that begins with the ledger looks to the planner as good for finding
-- one case as the key, while a table is small; and such a plan is kept. Only the key begins with it now.
drop index dossier.case_view_organization;
create index case_view_organization on dossier.case_view (organization, opened_at);
