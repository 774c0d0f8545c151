-- What lists and dashboards ask for first: one reference, and the cases of a state, an organisation or an agent in the
-- order in which they were opened. A reference, an organisation and the moment of opening never change, and a change of
-- state touches the indexes already, so rows are changed in place as before.
do $$
declare
  name text;
begin
  -- Readers lock a view and then its tables: who has a table and then wants the view would be in their way for good.
  for name in select viewname from pg_views where schemaname = 'dashboard' order by viewname loop
    execute format('alter view dashboard.%I reset (check_option)', name);
  end loop;
end
$$;

create index case_view_reference on dossier.case_view (reference);
create index case_view_opened on dossier.case_view (opened_at);
create index case_view_status on dossier.case_view (status, opened_at, ledger, stream);
create index case_view_agent on dossier.case_view (agent, status, opened_at, ledger, stream) where agent is not null;

drop index dossier.case_view_organization;
create index case_view_organization on dossier.case_view (organization, status, opened_at, ledger, stream);
