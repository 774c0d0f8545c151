insert into dossier.key_file (fingerprint) values ($1)
