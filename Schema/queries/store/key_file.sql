select fingerprint from dossier.key_file
