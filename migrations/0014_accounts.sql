-- Who has an address is who proved it: until then anyone may claim it, and a claim keeps nobody out.
alter table account
  add column suspension_reason text,
  drop constraint account_email_key,
  drop constraint account_phone_key;
create unique index account_email_proven on account (email) where email_verified_at is not null;
create unique index account_phone_proven on account (phone) where phone_verified_at is not null;
create index account_email on account (email) where email is not null;
create index account_phone on account (phone) where phone is not null;
create index account_admins on account (id) where 'admin' = any (roles);

-- What is known of where a session is used: parsed once, from the user agent and the address it was opened from.
alter table session
  add column device text,
  add column platform text,
  add column country text;
create index session_dead on session (expires_at);
create index session_revoked on session (revoked_at) where revoked_at is not null;
create index refresh_token_used on refresh_token (used_at) where used_at is not null;

-- Codes that were sent. Addresses and codes are keyed hashes: six digits could be guessed back from a plain one.
create table one_time_code (
  id bigint generated always as identity primary key,
  address_key text not null,
  purpose text not null check (purpose in ('sign_in', 'verify', 'delete_account')),
  -- Whose session asked; null for a guest.
  user_id uuid,
  code_hash text not null,
  tries integer not null check (tries >= 0),
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index one_time_code_address on one_time_code (address_key, id);
create index one_time_code_sent_at on one_time_code (sent_at);
create index one_time_code_user_id on one_time_code (user_id) where user_id is not null;

-- A row for every request, also where nobody has the identifier: both cost the same.
create table password_reset (
  token_hash text primary key,
  identifier_key text not null,
  user_id uuid,
  -- The address that the link went to, where using it is the first proof of it.
  proves text check (proves in ('email', 'phone')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_reset_identifier on password_reset (identifier_key, created_at);
create index password_reset_user_id on password_reset (user_id) where user_id is not null;
create index password_reset_expires_at on password_reset (expires_at);

-- What may be done so often in a time, counted over all nodes: tries to sign in, contacts asked for.
create table quota (
  key text primary key,
  used integer not null check (used >= 0),
  ends_at timestamptz not null
) with (fillfactor = 50);
create index quota_ends_at on quota (ends_at);

-- From where a person signed in before: others can neither lock them out there nor go unnoticed elsewhere.
create table known_origin (
  user_id uuid not null references account (id) deferrable initially deferred,
  device text not null,
  network text not null,
  country text,
  seen_at timestamptz not null,
  primary key (user_id, device, network)
);
create index known_origin_seen_at on known_origin (seen_at);
