select pg_advisory_xact_lock(hashtext('dossier.organization_names'))
