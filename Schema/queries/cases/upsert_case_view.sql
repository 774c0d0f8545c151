-- Stores rows of the view of cases, new or changed, where it is not certain which of them are there.
insert into dossier.case_view_{ledger} ({columns})
select {columns}
from unnest($1::dossier.case_view[])
on conflict (ledger, stream) do update set
  reference = excluded.reference, organization = excluded.organization,
  cloud = excluded.cloud, name = excluded.name, person = excluded.person, type = excluded.type,
  service = excluded.service, category = excluded.category, issue_type = excluded.issue_type,
  status = excluded.status, requested = excluded.requested, assigned = excluded.assigned,
  reasons = excluded.reasons, classified = excluded.classified,
  has_statement = excluded.has_statement, own_area = excluded.own_area, tier = excluded.tier,
  agent = excluded.agent, ball = excluded.ball, ball_since = excluded.ball_since,
  contact_method = excluded.contact_method, contact_event = excluded.contact_event,
  language = excluded.language, time_zone = excluded.time_zone, incident = excluded.incident,
  follows = excluded.follows, policy = excluded.policy, opened_at = excluded.opened_at,
  first_response_at = excluded.first_response_at, resolved_at = excluded.resolved_at,
  ended_at = excluded.ended_at, reopenings = excluded.reopenings,
  referred_to = excluded.referred_to, next_due_clock = excluded.next_due_clock,
  next_due_at = excluded.next_due_at, version = excluded.version, position = excluded.position,
  duplicate_of = excluded.duplicate_of, gaps = excluded.gaps, proposals = excluded.proposals,
  surveys = excluded.surveys
