create extension if not exists postgis;
create extension if not exists citext;
create extension if not exists pg_trgm;

-- One row. A restore or failover writes a new epoch, so that old cursors ask for a snapshot.
create table inbox_epoch (
  single boolean primary key default true check (single),
  epoch text not null
);
insert into inbox_epoch (epoch) values (substr(md5(random()::text || clock_timestamp()::text), 1, 12));

create table inbox_head (
  user_id uuid primary key,
  seq bigint not null
) with (fillfactor = 50);

create table inbox_event (
  user_id uuid not null,
  seq bigint not null,
  type text not null,
  at timestamptz not null,
  data jsonb not null,
  primary key (user_id, seq)
);
create index inbox_event_at on inbox_event using brin (at);

create table idempotency (
  actor_id uuid not null,
  key text not null,
  command text not null,
  input_hash text not null,
  result jsonb,
  created_at timestamptz not null,
  primary key (actor_id, key)
);
create index idempotency_created_at on idempotency (created_at);
