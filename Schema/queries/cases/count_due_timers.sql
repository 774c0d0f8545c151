-- For how many cases time has had something to do before a moment.
select count(*) from dossier.timer_queue where due_at < $1
