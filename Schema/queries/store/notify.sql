select pg_notify('dossier', $1)
