select view, fold_version, rebuilt_at from dossier.view_builds where ledger = $1
