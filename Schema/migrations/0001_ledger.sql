-- A ledger is one log: positions 1, 2, 3 … without a gap, in commit order.
-- Its row is the head; whoever appends holds the row's lock until commit.
create table dossier.ledgers (
  ledger smallint primary key,
  name text not null unique,
  prefix text not null unique,
  position bigint not null default 0 check (position >= 0),
  hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000'
    check (length(hash) = 32),
  recorded_at timestamptz not null default 'epoch',
  last_stream bigint not null default 1000
) with (fillfactor = 10);

insert into dossier.ledgers (ledger, name, prefix)
values (1, 'worldwide', 'WW'), (2, '21vianet', 'CN'), (3, 'germany', 'DE');

-- What happened. Payloads are kept byte for byte, because the hash covers them. That the ledger exists is
-- seen to by append_events, once for a group: a foreign key would look it up once for every event.
create table dossier.events (
  ledger smallint not null,
  position bigint not null check (position > 0),
  stream bigint not null check (stream > 0),
  version integer not null check (version > 0),
  type text not null,
  schema_version smallint not null check (schema_version > 0),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  actor text not null,
  command_id uuid not null,
  cause bigint check (cause > 0),
  correlation uuid,
  policy text not null,
  data bytea not null,
  sealed bytea,
  hash bytea not null check (length(hash) = 32),
  primary key (ledger, position),
  constraint events_version_key unique (ledger, stream, version),
  check (occurred_at <= recorded_at)
);

-- The first answer to every accepted command, so that a repeat gets it again.
create table dossier.commands (
  ledger smallint not null,
  command_id uuid not null,
  digest bytea not null check (length(digest) = 32),
  answer bytea not null,
  constraint commands_pkey primary key (ledger, command_id)
);

-- Names that stand for a stream: an organisation's, and the name a client gave a case.
create table dossier.stream_names (
  ledger smallint not null references dossier.ledgers,
  scope text not null,
  name text not null,
  stream bigint not null,
  constraint stream_names_pkey primary key (ledger, scope, name)
);

create index stream_names_name on dossier.stream_names (scope, name);

-- A person: a key of their own, wrapped by a key file that is never in this database, and a keyed
-- digest of the address they are found by. Removing the row makes everything sealed for them unreadable.
create table dossier.persons (
  ledger smallint not null references dossier.ledgers,
  person uuid not null,
  lookup bytea not null check (length(lookup) = 32),
  wrapped_key bytea not null,
  primary key (ledger, person),
  constraint persons_lookup_key unique (ledger, lookup)
);

-- Which key file the database belongs to, told by a digest of the key.
create table dossier.key_file (
  singleton boolean primary key default true check (singleton),
  fingerprint bytea not null check (length(fingerprint) = 32)
);

-- How far a subscriber has read.
create table dossier.checkpoints (
  ledger smallint not null references dossier.ledgers,
  subscription text not null,
  position bigint not null check (position >= 0),
  updated_at timestamptz not null default now(),
  primary key (ledger, subscription)
);
