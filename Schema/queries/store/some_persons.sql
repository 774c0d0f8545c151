select person, wrapped_key from dossier.persons limit 10
