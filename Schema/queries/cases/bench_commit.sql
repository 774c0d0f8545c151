-- The least that a commit costs.
select pg_logical_emit_message(true, 'bench', 'commit')
