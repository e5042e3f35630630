create table upload (
  id uuid primary key,
  owner_id uuid not null references account (id) deferrable initially deferred,
  purpose text not null check (purpose in ('listing', 'avatar', 'chat', 'evidence', 'verification', 'stream')),
  listing_id uuid,
  filename text not null,
  content_type text not null,
  object_key text not null unique,
  -- Folder of what processing makes: `public/<random>` or `private/<random>`.
  result_prefix text not null,
  state text not null check (state in ('pending', 'confirmed', 'ready', 'rejected', 'expired')),
  size_bytes bigint,
  width integer,
  height integer,
  thumbhash text,
  reason text,
  -- When an unconfirmed upload expires; null once confirmed.
  deadline timestamptz,
  attempts integer not null,
  -- Until when the current attempt at processing is given time, or the next one waits.
  claimed_until timestamptz,
  cleaned_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((state = 'pending') = (deadline is not null))
);
create index upload_owner_unfinished on upload (owner_id) where state in ('pending', 'confirmed');
create index upload_deadline on upload (deadline) where state = 'pending';
create index upload_confirmed on upload (updated_at) where state = 'confirmed';
create index upload_uncleaned on upload (updated_at)
  where cleaned_at is null and state in ('ready', 'rejected', 'expired');
