-- The hash of an event: SHA-256 of the bytes that HashChain documents, computed by the server for itself. What calls
-- it takes it over as a mere expression, and it costs no call of its own: that asks for 'stable', as its parts are.
create or replace function dossier.event_hash(
  before bytea, ledger smallint, "position" bigint, stream bigint, version integer, schema_version smallint,
  occurred_at timestamptz, recorded_at timestamptz, command_id uuid, cause bigint, correlation uuid,
  type text, actor text, policy text, data bytea, sealed bytea)
returns bytea
language sql stable parallel safe
return sha256(
  '\x646f7373696572206576656e74207631'::bytea || before || int2send(ledger) || int8send("position")
  || int8send(stream) || int4send(version) || int2send(schema_version)
  || int8send((extract(epoch from occurred_at) * 1000000)::bigint)
  || int8send((extract(epoch from recorded_at) * 1000000)::bigint)
  || uuid_send(command_id) || int8send(coalesce(cause, 0))
  || case when correlation is null then '\x00'::bytea else '\x01'::bytea || uuid_send(correlation) end
  || int4send(octet_length(type)) || convert_to(type, 'UTF8')
  || int4send(octet_length(actor)) || convert_to(actor, 'UTF8')
  || int4send(octet_length(policy)) || convert_to(policy, 'UTF8')
  || int4send(length(data)) || data
  || case when sealed is null then '\x00'::bytea else '\x01'::bytea || int4send(length(sealed)) || sealed end);
