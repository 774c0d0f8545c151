-- The fingerprint of the key file that the database was made with, and whether any person's key needs it.
select (select fingerprint from dossier.key_file), exists (select from dossier.persons)
