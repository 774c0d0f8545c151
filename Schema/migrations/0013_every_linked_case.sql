-- Every case an incident's end has to be told to, whatever has become of it.
drop index dossier.case_view_incident;
create index case_view_incident on dossier.case_view (incident) where incident is not null;
