create table stream (
  id uuid primary key,
  host_id uuid not null references account (id) deferrable initially deferred,
  title text not null,
  description text not null,
  scheduled_for timestamptz,
  state text not null check (state in ('scheduled', 'ready', 'live', 'interrupted', 'ended', 'recorded')),
  -- Whoever knows it may broadcast. Issued with 'ready', replaced at the end.
  stream_key text,
  slow_mode_seconds integer not null check (slow_mode_seconds between 0 and 300),
  peak_viewers integer not null check (peak_viewers >= 0),
  total_views integer not null check (total_views >= 0),
  started_at timestamptz,
  interrupted_at timestamptz,
  ended_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (state = 'scheduled' or stream_key is not null or state in ('ended', 'recorded')),
  check (state not in ('live', 'interrupted') or started_at is not null),
  check ((state = 'interrupted') = (interrupted_at is not null)),
  check ((state in ('ended', 'recorded')) = (ended_at is not null))
);
create unique index stream_on_air on stream (host_id) where state in ('live', 'interrupted');
create index stream_host_id on stream (host_id, created_at desc);
create index stream_live on stream (started_at desc, id desc) where state in ('live', 'interrupted');
create index stream_scheduled on stream (created_at desc, id desc) where state in ('scheduled', 'ready');
create index stream_ended on stream (ended_at desc, id desc) where state in ('ended', 'recorded');

create table stream_pin (
  stream_id uuid not null references stream (id) deferrable initially deferred,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  x double precision check (x between 0 and 1),
  y double precision check (y between 0 and 1),
  pinned_at timestamptz not null,
  primary key (stream_id, listing_id)
);

-- What is known of one person in one stream: the first view, the last word in the chat, and what the host did.
create table stream_member (
  stream_id uuid not null references stream (id) deferrable initially deferred,
  user_id uuid not null references account (id) deferrable initially deferred,
  viewed_at timestamptz,
  said_at timestamptz,
  muted_at timestamptz,
  banned_at timestamptz,
  primary key (stream_id, user_id)
);

-- Sums of reactions, so that the pushed value is the latest total and a dropped push loses nothing.
create table stream_reaction (
  stream_id uuid not null references stream (id) deferrable initially deferred,
  kind text not null,
  count integer not null check (count >= 0),
  primary key (stream_id, kind)
);
