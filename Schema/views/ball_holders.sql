-- Who has to act next, and since when.
create or replace view dashboard.ball_holders as
select
  c.cloud,
  c.organization,
  c.ball,
  count(*) as cases,
  min(c.ball_since) as oldest_since,
  (array_agg(c.reference order by c.ball_since, c.reference))[1] as oldest_case,
  now() - min(c.ball_since) as held_for_max,
  avg(now() - c.ball_since) as held_for_average,
  percentile_cont(0.5) within group (order by now() - c.ball_since) as held_for_median
from dossier.case_view c
where c.status = 'open'
group by c.cloud, c.organization, c.ball;

comment on view dashboard.ball_holders is
  'Open cases of each organisation by the side that has to act next (CK-9), and how long it has had to.';
comment on column dashboard.ball_holders.cloud is 'Cloud of the organisation: worldwide, 21vianet, germany.';
comment on column dashboard.ball_holders.organization is 'Name of the organisation.';
comment on column dashboard.ball_holders.ball is 'Side that has to act next: operator, customer.';
comment on column dashboard.ball_holders.cases is 'Open cases whose ball that side holds.';
comment on column dashboard.ball_holders.oldest_since is
  'Since when it has held the ball that it has held longest.';
comment on column dashboard.ball_holders.oldest_case is 'Reference of that case.';
comment on column dashboard.ball_holders.held_for_max is 'How long that is.';
comment on column dashboard.ball_holders.held_for_average is
  'How long it has held a ball until now, on average.';
comment on column dashboard.ball_holders.held_for_median is
  'How long it has held a ball until now, in the middle.';
