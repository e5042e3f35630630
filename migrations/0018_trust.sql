-- Who wants nothing to do with whom. It holds in both directions.
create table block (
  id uuid primary key,
  blocker_id uuid not null references account (id) deferrable initially deferred,
  blocked_id uuid not null references account (id) deferrable initially deferred,
  created_at timestamptz not null,
  unique (blocker_id, blocked_id),
  check (blocker_id <> blocked_id)
);
create index block_blocked_id on block (blocked_id, blocker_id);

-- The key of the lock under which two people are blocked, and under which they deal with one another.
create function pair_key(one uuid, other uuid) returns bigint language sql immutable parallel safe
  as $$ select hashtextextended(least(one, other)::text || greatest(one, other)::text, 18) $$;

-- Whether one of them has blocked the other, and holds that until the transaction ends: whoever blocks waits for those
-- who asked before, and those who ask later wait for the block. Volatile, because each statement of a volatile function
-- sees what has been committed until then: the second one sees the block that the first one waited for.
create function is_blocked(one uuid, other uuid) returns boolean language plpgsql volatile as $$
declare
  found_one boolean;
begin
  perform pg_advisory_xact_lock_shared(pair_key(one, other));
  select exists (
    select from block where (blocker_id = one and blocked_id = other) or (blocker_id = other and blocked_id = one)
  ) into found_one;
  return found_one;
end $$;

-- How far the other side may know that somebody has read: stands still while one of them has blocked the other.
alter table conversation
  add column buyer_receipt_seq integer not null default 0,
  add column seller_receipt_seq integer not null default 0,
  add constraint conversation_receipts check (
    buyer_receipt_seq between 0 and buyer_read_seq and seller_receipt_seq between 0 and seller_read_seq) not valid;
update conversation set buyer_receipt_seq = buyer_read_seq, seller_receipt_seq = seller_read_seq;
