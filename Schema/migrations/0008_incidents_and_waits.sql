-- Incidents are few among all events: an index of them alone costs the writing of others nothing but a comparison.
create index events_incidents on dossier.events (ledger, position)
  where type in ('incident-opened', 'incident-updated', 'incident-resolved');

-- The open cases an incident's end has to be told to.
create index case_view_incident on dossier.case_view (incident) where incident is not null and status = 'open';

-- First responses by when they were given: how long people waited lately.
create index sla_clock_answered on dossier.sla_clock (met_at)
  where clock = 'initial_response' and met_at is not null;
