copy (select data from dossier.events order by ledger, position) to stdout (format binary)
