-- What awaits a person's decision.
create or replace view dashboard.pending_decisions as
select
  c.ledger,
  c.reference,
  c.cloud,
  c.organization,
  c.type,
  c.agent,
  p.proposal ->> 'id' as proposal,
  p.proposal ->> 'kind' as kind,
  (p.proposal ->> 'made_at')::timestamptz as made_at,
  now() - (p.proposal ->> 'made_at')::timestamptz as waiting_for,
  p.proposal ->> 'from' as severity_from,
  p.proposal ->> 'to' as severity_to,
  p.proposal ->> 'duty' as duty,
  (p.proposal ->> 'duty_since')::timestamptz as duty_since
from dossier.case_view c
cross join lateral jsonb_array_elements(c.proposals::jsonb) as p (proposal)
where c.proposals is not null and c.status = 'open' and p.proposal ->> 'state' = 'pending';

comment on view dashboard.pending_decisions is
  'Proposals to downgrade and objections that nobody has accepted or declined yet (CK-11).';
comment on column dashboard.pending_decisions.ledger is 'Number of the ledger the case lives in.';
comment on column dashboard.pending_decisions.reference is 'Reference of the case.';
comment on column dashboard.pending_decisions.cloud is
  'Cloud whose policy the case follows: worldwide, 21vianet, germany.';
comment on column dashboard.pending_decisions.organization is 'Name of the organisation that asks.';
comment on column dashboard.pending_decisions.type is 'What is asked for: technical, billing, presales.';
comment on column dashboard.pending_decisions.agent is 'Agent who works on the case; null while nobody does.';
comment on column dashboard.pending_decisions.proposal is
  'Id of the event that made it, as accept and decline take it.';
comment on column dashboard.pending_decisions.kind is
  'What it is: downgrade (the system proposes to lower), objection (the customer wants a lowering undone).';
comment on column dashboard.pending_decisions.made_at is 'When it was made.';
comment on column dashboard.pending_decisions.waiting_for is 'How long it has waited for a decision.';
comment on column dashboard.pending_decisions.severity_from is 'Severity as it is: a, b, c.';
comment on column dashboard.pending_decisions.severity_to is 'Severity it asks for: a, b, c.';
comment on column dashboard.pending_decisions.duty is
  'Duty of the customer''s that lapsed; null for an objection.';
comment on column dashboard.pending_decisions.duty_since is
  'Since when that duty was owed; null for an objection.';
