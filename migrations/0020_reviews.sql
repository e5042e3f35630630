-- When reviews may begin to be written.
alter table sub_order add column completed_at timestamptz;
update sub_order set completed_at = updated_at where state = 'completed';

alter table upload drop constraint upload_purpose_check;
alter table upload add constraint upload_purpose_check
  check (purpose in ('listing', 'avatar', 'chat', 'evidence', 'verification', 'stream', 'review')) not valid;

-- One for each side of a completed order. Sealed until both are written or the time is over.
create table review (
  id uuid primary key,
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  side text not null check (side in ('buyer', 'seller')),
  author_id uuid not null references account (id) deferrable initially deferred,
  subject_id uuid not null references account (id) deferrable initially deferred,
  -- What was bought; empty in the seller's review of the buyer.
  listing_ids uuid[] not null,
  rating integer not null check (rating between 1 and 5),
  comment text,
  images jsonb not null,
  reply text,
  replied_at timestamptz,
  state text not null check (state in ('sealed', 'revealed')),
  reveal_at timestamptz not null,
  revealed_at timestamptz,
  -- Set while moderators hide it.
  hidden_reason text check (hidden_reason is null or state = 'revealed'),
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (order_id, side),
  check ((state = 'sealed') = (revealed_at is null))
);
create index review_due on review (reveal_at) where state = 'sealed';
create index review_subject on review (subject_id, revealed_at desc, id desc)
  where state = 'revealed' and hidden_reason is null;
create index review_listing on review using gin (listing_ids) where state = 'revealed' and hidden_reason is null;
create index review_author_id on review (author_id, id);
create index review_subject_id on review (subject_id, id);

-- Kept from the reviews' rows. The score is a mean that begins at the market's usual one and needs several reviews to
-- leave it: a single five does not come before fifty of them.
alter table listing
  add column rating_count integer not null default 0,
  add column rating_mean double precision,
  add column rating_score numeric(7, 6) not null default 4;
create index listing_rating on listing (rating_score desc, id desc) where state = 'active';
