create table account (
  id uuid primary key,
  email citext unique,
  phone text unique,
  username citext unique,
  password_hash text,
  full_name text not null,
  campus text,
  market_role text not null check (market_role in ('buyer', 'seller', 'both')),
  roles text[] not null default '{}',
  bio text,
  avatar_url text,
  location geography(Point, 4326),
  neighborhood text,
  building_name text,
  suspended_at timestamptz,
  last_login_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (email is not null or phone is not null or username is not null)
);

-- A session is a family of refresh tokens: reuse of an old token revokes the session.
create table session (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  user_agent text,
  ip text not null,
  created_at timestamptz not null,
  refreshed_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_user_id on session (user_id);

create table refresh_token (
  hash text primary key,
  session_id uuid not null references session (id) on delete cascade deferrable initially deferred,
  created_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_session_id on refresh_token (session_id);
