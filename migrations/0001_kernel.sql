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

-- Appends events to inboxes and returns each recipient's first number. Heads are locked in user order. A function,
-- so that its plan is kept by the connection: planned anew each time, the statement was measured to cost a third more.
create function inbox_append(pending jsonb, at_time timestamptz)
returns table (recipient uuid, first_seq bigint, log_epoch text, appended_at timestamptz) language plpgsql as $$
begin
  return query
    with input as materialized (
      select * from jsonb_to_recordset(pending) as i(user_id uuid, ord int, type text, data jsonb)
    ), counts as materialized (
      select input.user_id, count(*) as events from input group by input.user_id
    ), heads as (
      insert into inbox_head as h (user_id, seq)
      select counts.user_id, counts.events from counts order by counts.user_id
      on conflict (user_id) do update set seq = h.seq + excluded.seq
      returning h.user_id, h.seq
    ), firsts as (
      select heads.user_id, heads.seq - counts.events + 1 as first from heads join counts using (user_id)
    ), stored as (
      insert into inbox_event (user_id, seq, type, at, data)
      select i.user_id, f.first - 1 + row_number() over (partition by i.user_id order by i.ord),
             i.type, at_time, i.data
      from input i join firsts f using (user_id)
    )
    select firsts.user_id, firsts.first, inbox_epoch.epoch, at_time from firsts, inbox_epoch;
end $$;
