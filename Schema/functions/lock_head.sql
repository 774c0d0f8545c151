-- Takes the ledger's head for this transaction and tells it, with the server's clock read under the lock, and the
-- moment at which events are recorded: that clock, never earlier than the event before.
create or replace function dossier.lock_head(
  in wanted smallint,
  out "position" bigint, out hash bytea, out recorded_at timestamptz, out last_stream bigint,
  out now timestamptz, out clock timestamptz)
language plpgsql security definer set search_path = '' as $$
begin
  select l.position, l.hash, l.recorded_at, l.last_stream
  into lock_head.position, lock_head.hash, lock_head.recorded_at, lock_head.last_stream
  -- No stronger: whoever checks a foreign key to the ledger, as a checkpoint does, need not wait.
  from dossier.ledgers l where l.ledger = wanted for no key update;
  if not found then
    raise exception using errcode = 'DS003', message = 'there is no such ledger';
  end if;
  -- Read after the lock was granted.
  lock_head.clock := clock_timestamp();
  lock_head.now := greatest(lock_head.clock, lock_head.recorded_at);
end
$$;
