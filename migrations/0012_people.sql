-- Whose name a person goes by, in which language they read, and what is proven of them.
alter table account
  add column locale text not null default 'en' check (locale in ('en', 'es', 'ar', 'ru', 'sw')),
  add column telegram_id bigint,
  add column email_verified_at timestamptz,
  add column phone_verified_at timestamptz,
  add column identity_verified_at timestamptz,
  add column password_changed_at timestamptz,
  -- Whether people who know the address or number may find the person by it.
  add column discoverable boolean not null default false,
  add column contact_key text,
  add column rating_count integer not null default 0,
  add column rating_mean double precision,
  add column selling_suspended_at timestamptz,
  add column deleted_at timestamptz,
  drop constraint account_check,
  add constraint account_reachable check (
    deleted_at is not null or num_nonnulls(email, phone, username, telegram_id) > 0) not valid;
-- The listings of these are shown to nobody else; their orders go on.
create index account_listings_hidden on account (id)
  where suspended_at is not null or selling_suspended_at is not null or deleted_at is not null;
create unique index account_telegram_id on account (telegram_id) where telegram_id is not null;
create unique index account_contact_key on account (contact_key) where contact_key is not null;

-- What staff did, for good: rows are only ever added.
create table audit_entry (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor_id uuid not null,
  session_id uuid not null,
  ip text not null,
  request_id text not null,
  action text not null,
  subject_kind text,
  subject_id text,
  details jsonb not null
);
create index audit_entry_actor_id on audit_entry (actor_id, id);
create index audit_entry_subject on audit_entry (subject_kind, subject_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function refuse_change();

-- Inbox events that somebody should hear of outside the app too, until they are turned into notifications.
create table inbox_notice (
  user_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  notice jsonb not null,
  primary key (user_id, seq)
);
create index inbox_notice_at on inbox_notice (at);

create or replace function inbox_append(pending jsonb, at_time timestamptz)
returns table (recipient uuid, first_seq bigint, log_epoch text, appended_at timestamptz) language plpgsql as $$
begin
  return query
    with input as materialized (
      select * from jsonb_to_recordset(pending) as i(user_id uuid, ord int, type text, data jsonb, notice jsonb)
    ), counts as materialized (
      select input.user_id, count(*) as events from input group by input.user_id
    ), heads as (
      insert into inbox_head as h (user_id, seq)
      select counts.user_id, counts.events from counts order by counts.user_id
      on conflict (user_id) do update set seq = h.seq + excluded.seq
      returning h.user_id, h.seq
    ), firsts as (
      select heads.user_id, heads.seq - counts.events + 1 as first from heads join counts using (user_id)
    ), numbered as materialized (
      select i.user_id, f.first - 1 + row_number() over (partition by i.user_id order by i.ord) as seq,
             i.type, i.data, i.notice
      from input i join firsts f using (user_id)
    ), stored as (
      insert into inbox_event (user_id, seq, type, at, data)
      select n.user_id, n.seq, n.type, at_time, n.data from numbered n
    ), noticed as (
      insert into inbox_notice (user_id, seq, at, notice)
      select n.user_id, n.seq, at_time, n.notice from numbered n where n.notice is not null
    )
    select firsts.user_id, firsts.first, inbox_epoch.epoch, at_time from firsts, inbox_epoch;
end $$;
