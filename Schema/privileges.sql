-- Run after every migration: what each role may do is what stands here and no more. What commands run as
-- can read, append through append_event, append_events and store_commands, name the streams it begins, and keep the
-- views; it can never change or remove an event, a stored answer, a name or a person's key. What is left to it, should
-- it be hostile: to append false events that are well formed, to answer ids that nobody has used, to add persons, and
-- to spoil the views and the timers' queue, which 'views verify' and 'doctor' tell and 'views rebuild' mends.
revoke all on schema dossier, dashboard from public, dossier_app, dossier_dashboard;
revoke all on all tables in schema dossier, dashboard from public, dossier_app, dossier_dashboard;
revoke all on all routines in schema dossier, dashboard from public, dossier_app, dossier_dashboard;
-- A function made later is nobody's until it is granted.
alter default privileges revoke execute on routines from public;

grant usage on schema dossier to dossier_app;
grant select on all tables in schema dossier to dossier_app;
grant insert on dossier.persons, dossier.key_file to dossier_app;
-- Rows are written to the partition itself.
grant insert, update on
  dossier.case_view_1, dossier.case_view_2, dossier.case_view_3,
  dossier.sla_clock_1, dossier.sla_clock_2, dossier.sla_clock_3,
  dossier.responsibility_assignment_1, dossier.responsibility_assignment_2, dossier.responsibility_assignment_3
  to dossier_app;
grant insert, update, delete on dossier.timer_queue to dossier_app;
-- A retraction can do away with a cycle of a clock, or a duty.
grant delete on dossier.sla_clock, dossier.responsibility_assignment to dossier_app;
grant execute on function dossier.lock_head to dossier_app;
grant execute on function dossier.append_event, dossier.append_events, dossier.store_commands, dossier.store_names,
  dossier.store_checkpoint to dossier_app;

grant usage on schema dashboard to dossier_app, dossier_dashboard;
grant select on all tables in schema dashboard to dossier_app, dossier_dashboard;
