-- What an event whose hash does not follow from the one before and its own content is told.
create or replace function dossier.refuse_hash()
returns bytea
language plpgsql
set search_path = ''
as $$
begin
  raise exception using errcode = 'DS005', message = 'the hash of an event does not follow from its content';
end
$$;
