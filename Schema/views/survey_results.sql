-- How customers judged, by the month in which the survey was offered.
create or replace view dashboard.survey_results as
select
  date_trunc('month', (s.survey ->> 'offered_at')::timestamptz at time zone 'UTC')::date as month,
  c.cloud,
  c.organization,
  c.type,
  count(*) as offered,
  count(s.survey ->> 'score') as answered,
  round(count(s.survey ->> 'score')::numeric / count(*), 4) as response_rate,
  round(avg((s.survey ->> 'score')::integer), 2) as average_score,
  min((s.survey ->> 'score')::integer) as lowest_score,
  count(*) filter (where (s.survey ->> 'score')::integer <= 2) as unhappy
from dossier.case_view c
cross join lateral jsonb_array_elements(c.surveys::jsonb) as s (survey)
where c.surveys is not null
group by 1, c.cloud, c.organization, c.type;

comment on view dashboard.survey_results is
  'Surveys by the month in which they were offered (CN-35): how many were answered, and how.';
comment on column dashboard.survey_results.month is 'First day of the month in UTC of the offers.';
comment on column dashboard.survey_results.cloud is
  'Cloud whose policy the cases follow: worldwide, 21vianet, germany.';
comment on column dashboard.survey_results.organization is 'Name of the organisation that was asked.';
comment on column dashboard.survey_results.type is 'What was asked for: technical, billing, presales.';
comment on column dashboard.survey_results.offered is 'Surveys offered.';
comment on column dashboard.survey_results.answered is 'Of these, answered until now.';
comment on column dashboard.survey_results.response_rate is 'Answered out of offered, from 0 to 1.';
comment on column dashboard.survey_results.average_score is
  'Average of the scores, 1 (bad) to 5 (good); null while none was answered.';
comment on column dashboard.survey_results.lowest_score is 'Lowest score; null while none was answered.';
comment on column dashboard.survey_results.unhappy is 'Answers with a score of 1 or 2.';
