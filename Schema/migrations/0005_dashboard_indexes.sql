-- What is outstanding by due date: a small index, of about one entry for each open case. It adds about one
-- percent to the writing of clocks, and what is overdue is found without reading the clocks of closed cases.
create index sla_clock_outstanding on dossier.sla_clock (due_at)
  where met_at is null and cancelled_at is null and due_at is not null;

-- A partition holds one ledger, so the ledger in front of the due date kept the queue of all ledgers from
-- being read in order.
drop index dossier.case_view_queue;
create index case_view_queue on dossier.case_view (next_due_at) where status = 'open';
