-- One row for each buyer and listing. Both sides' positions live in it, so that a send locks and writes one row.
create table conversation (
  id uuid primary key,
  listing_id uuid not null references listing (id) deferrable initially deferred,
  subject text not null,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  last_seq integer not null check (last_seq >= 0),
  active_at timestamptz not null,
  buyer_version integer not null,
  buyer_unread integer not null check (buyer_unread >= 0),
  buyer_read_seq integer not null check (buyer_read_seq between 0 and last_seq),
  buyer_archived boolean not null,
  buyer_muted boolean not null,
  seller_version integer not null,
  seller_unread integer not null check (seller_unread >= 0),
  seller_read_seq integer not null check (seller_read_seq between 0 and last_seq),
  seller_archived boolean not null,
  seller_muted boolean not null,
  created_at timestamptz not null,
  check (buyer_id <> seller_id)
);
create unique index conversation_listing_buyer on conversation (listing_id, buyer_id);
create index conversation_buyer on conversation (buyer_id, buyer_archived, active_at, id);
create index conversation_seller on conversation (seller_id, seller_archived, active_at, id);

-- `sender_id` has no foreign key: it is a side of the conversation or null, and the check would lock the
-- sender's account row on every send.
create table message (
  id uuid primary key,
  conversation_id uuid not null references conversation (id) deferrable initially deferred,
  seq integer not null check (seq >= 1),
  kind text not null check (kind in ('text', 'image', 'offer', 'system')),
  sender_id uuid,
  text text,
  images jsonb not null,
  reply_to uuid,
  about jsonb,
  at timestamptz not null,
  removed_at timestamptz,
  check (removed_at is null or (text is null and images = '[]')),
  check (kind <> 'text' or text is not null or removed_at is not null),
  check (kind in ('text', 'image') or about is not null),
  check (kind = 'system' or sender_id is not null)
);
create unique index message_conversation_seq on message (conversation_id, seq);
