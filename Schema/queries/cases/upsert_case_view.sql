-- Stores rows of the view of cases, new or changed, for the commit that appends their events.
insert into dossier.case_view_{ledger}
  (ledger, stream, reference, organization, cloud, name, person, type, service, category, issue_type,
  status, requested, assigned, reasons, classified, has_statement, own_area, tier, agent, ball, ball_since,
  contact_method, contact_event, language, time_zone, incident, follows, policy, opened_at,
  first_response_at, resolved_at, ended_at, reopenings, referred_to, next_due_clock, next_due_at, version,
  position, duplicate_of, gaps, proposals, surveys)
select *
from unnest(
  $1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
  $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::boolean[],
  $17::boolean[], $18::boolean[], $19::smallint[], $20::text[], $21::text[], $22::timestamptz[],
  $23::text[], $24::integer[], $25::text[], $26::text[], $27::text[], $28::text[], $29::text[],
  $30::timestamptz[], $31::timestamptz[], $32::timestamptz[], $33::timestamptz[], $34::integer[],
  $35::text[], $36::text[], $37::timestamptz[], $38::integer[], $39::bigint[],
  $40::text[], $41::text[], $42::text[], $43::text[])
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
