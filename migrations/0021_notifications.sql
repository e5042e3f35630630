-- Delivery of messages. An attempt is stored before the provider is called: `claimed_until` says how long nobody else
-- may try, `doubts` how often the outcome stayed unknown.
alter table outgoing_message
  add column version integer not null default 1,
  add column claimed_until timestamptz,
  add column doubts integer not null default 0,
  -- In which zone times are written.
  add column timezone text not null default 'UTC',
  -- What it is about: a newer one about the same thing takes its place while it waits.
  add column about text,
  -- Of an e-mail that may be turned off: where that is done. Forgotten with the params.
  add column unsubscribe_url text;
alter table outgoing_message
  alter column version drop default,
  alter column doubts drop default,
  alter column timezone drop default;
create index outgoing_message_claimed on outgoing_message (channel, claimed_until) where state = 'sending';
create index outgoing_message_about on outgoing_message (user_id, about) where state = 'queued' and about is not null;
create index outgoing_message_user_id on outgoing_message (user_id);
create index outgoing_message_ended on outgoing_message (updated_at) where state not in ('queued', 'sending');

-- Addresses that refused for good: notices leave them alone until the time given, codes are tried all the same.
create table unreachable_recipient (
  channel text not null,
  recipient text not null,
  user_id uuid,
  reason text not null,
  until timestamptz not null,
  primary key (channel, recipient)
);
create index unreachable_recipient_user_id on unreachable_recipient (user_id);

-- Where a person may be pushed to. A device is pushed to while the session that registered it is open.
create table device (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  session_id uuid not null references session (id) on delete cascade deferrable initially deferred,
  platform text not null check (platform in ('android', 'ios', 'web')),
  push_token text not null,
  -- SHA-256 of the token: it belongs to one person at a time, and may be longer than an index takes.
  token_hash text not null unique,
  app_version text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index device_user_id on device (user_id);
create index device_session_id on device (session_id);

-- What a person wants to hear of, how and when. Who never changed anything has no row.
create table preference (
  id uuid primary key references account (id) deferrable initially deferred,
  version integer not null,
  channels jsonb not null,
  frequency text not null check (frequency in ('instant', 'hourly', 'daily')),
  digest_hour integer not null check (digest_hour between 0 and 23),
  -- Minutes after midnight; both or none.
  quiet_from integer check (quiet_from between 0 and 1439),
  quiet_to integer check (quiet_to between 0 and 1439),
  timezone text not null,
  categories uuid[] not null,
  cities text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (num_nonnulls(quiet_from, quiet_to) in (0, 2))
);
create index preference_categories on preference using gin (categories);
create index preference_cities on preference using gin (cities);

-- What a person was told in the app, from the notices of their inbox.
create table notification (
  id uuid primary key,
  user_id uuid not null,
  -- The newest fact it tells, by its number in the inbox.
  inbox_seq bigint not null,
  topic text not null,
  template text not null,
  title text not null,
  body text not null,
  about_entity text not null,
  about_id text not null,
  -- Facts it stands for: messages of one conversation share one until it is read.
  occurrences integer not null,
  -- Waits for the next digest.
  digest_pending boolean not null,
  read_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (user_id, inbox_seq)
);
create index notification_user_id on notification (user_id, id);
create index notification_unread on notification (user_id, id) where read_at is null;
create index notification_digest on notification (user_id) where digest_pending;
create index notification_updated_at on notification (updated_at);

-- When a person's collected notifications leave together.
create table digest (
  user_id uuid primary key,
  due_at timestamptz not null
);
create index digest_due_at on digest (due_at);

-- The price and the stock that a person was last told of: a drop is one against these.
alter table favourite
  add column told_price_minor bigint,
  add column told_in_stock boolean;
