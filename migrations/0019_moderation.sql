alter table conversation validate constraint conversation_receipts;

-- What moderators did to a listing: nobody but its seller sees it, and of `shadowed` the seller is not told either.
-- `told_hidden`: those who favourited it were told that it is gone, because its seller's listings are hidden.
alter table listing
  add column moderation text,
  add column moderation_reason text,
  add column told_hidden boolean not null default false,
  add constraint listing_moderation check (moderation in ('removed', 'shadowed')) not valid;
create index listing_told_hidden on listing (id) where told_hidden;

-- What the reader of a message should be careful with, looked for once when it is sent.
alter table message add column warnings text[] not null default '{}';

-- Somebody's word about somebody or something, for moderators. `snapshot` is what the reporter saw, because it may be
-- gone by the time it is looked at. A complaint is a seller's about the buyer of an order.
create table report (
  id uuid primary key,
  kind text not null check (kind in ('report', 'complaint')),
  reporter_id uuid not null references account (id) deferrable initially deferred,
  subject_kind text not null check (subject_kind in ('user', 'listing', 'message', 'review', 'stream', 'merchant')),
  subject_id uuid not null,
  -- Who answers for it.
  subject_user_id uuid not null references account (id) deferrable initially deferred,
  reason text not null,
  text text,
  evidence_ids uuid[] not null,
  snapshot jsonb not null,
  state text not null check (state in ('open', 'in_review', 'resolved', 'dismissed')),
  claimed_by uuid,
  claimed_at timestamptz,
  action text,
  note text,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((state = 'open') = (claimed_by is null))
);
create unique index report_once on report (reporter_id, kind, subject_kind, subject_id)
  where state in ('open', 'in_review');
create index report_pending on report (subject_kind, subject_id) where state in ('open', 'in_review');
create index report_reporter_id on report (reporter_id, id);
create index report_subject_user_id on report (subject_user_id, id);

-- What moderators did to a person, as the person may know it.
create table sanction (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  action text not null check (action in ('warn', 'remove', 'suspend')),
  subject_kind text not null,
  subject_id uuid not null,
  reason text not null,
  -- Of a suspension: since when the account, or the shop, is suspended, and until when.
  since timestamptz,
  until timestamptz,
  ended_at timestamptz,
  version integer not null,
  created_at timestamptz not null
);
create index sanction_user_id on sanction (user_id, id);
create index sanction_until on sanction (until) where ended_at is null and until is not null;
