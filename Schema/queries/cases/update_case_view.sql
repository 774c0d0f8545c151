-- Stores changed rows of the view of cases that are known to be there, for the commit that appends their events.
update dossier.case_view_{ledger} v
set reference = r.reference, organization = r.organization, cloud = r.cloud, name = r.name,
  person = r.person, type = r.type, service = r.service, category = r.category, issue_type = r.issue_type,
  status = r.status, requested = r.requested, assigned = r.assigned, reasons = r.reasons,
  classified = r.classified, has_statement = r.has_statement, own_area = r.own_area, tier = r.tier,
  agent = r.agent, ball = r.ball, ball_since = r.ball_since, contact_method = r.contact_method,
  contact_event = r.contact_event, language = r.language, time_zone = r.time_zone, incident = r.incident,
  follows = r.follows, policy = r.policy, opened_at = r.opened_at, first_response_at = r.first_response_at,
  resolved_at = r.resolved_at, ended_at = r.ended_at, reopenings = r.reopenings,
  referred_to = r.referred_to, next_due_clock = r.next_due_clock, next_due_at = r.next_due_at,
  version = r.version, position = r.position, duplicate_of = r.duplicate_of, gaps = r.gaps,
  proposals = r.proposals, surveys = r.surveys
from unnest($1::dossier.case_view[]) r
where v.ledger = r.ledger and v.stream = r.stream
