-- From whom something was taken lately: a node that missed the word of it finds it here. A row is a hint to look again;
-- what holds is asked of the sessions and of the rooms' own rules.
create table eviction (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  user_id uuid,
  session_id uuid,
  check (num_nonnulls(user_id, session_id) = 1)
);
create index eviction_at on eviction (at);
