-- Each rotation begins a generation of refresh tokens: which one a token is of tells a repeat from a reuse.
alter table session
  add column generation int not null default 0,
  -- Who asked for the newest generation; null until the first rotation.
  add column refreshed_ip text,
  add column refreshed_user_agent text;
alter table refresh_token add column generation int not null default 0;
create index refresh_token_used_at on refresh_token (used_at) where used_at is not null;

-- What a Mini App showed to come in or to link itself: each is good for one session.
create table telegram_exchange (
  -- Of what Telegram signed, whichever way it was written.
  fingerprint text primary key,
  session_id uuid not null references session (id) on delete cascade deferrable initially deferred,
  exchanged_at timestamptz not null,
  -- From when on the signed date alone refuses it.
  expires_at timestamptz not null
);
create index telegram_exchange_expires_at on telegram_exchange (expires_at);
create index telegram_exchange_session_id on telegram_exchange (session_id);
