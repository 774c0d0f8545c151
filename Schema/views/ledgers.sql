-- The ledgers, and how far each has come: what the other dashboards are true of.
create or replace view dashboard.ledgers as
select
  l.ledger,
  l.name,
  l.prefix,
  l.position,
  case when l.position > 0 then l.recorded_at end as recorded_at
from dossier.ledgers l;

comment on view dashboard.ledgers is
  'Every ledger with its newest event. Dashboards are written with the events, so this is how fresh they are.';
comment on column dashboard.ledgers.ledger is 'Number of the ledger, as in the other dashboards.';
comment on column dashboard.ledgers.name is 'Name of the ledger.';
comment on column dashboard.ledgers.prefix is 'Letters that references of its cases begin with.';
comment on column dashboard.ledgers.position is 'Position of its newest event; 0 while it has none.';
comment on column dashboard.ledgers.recorded_at is 'When that event was recorded; null while there is none.';
