alter table conversation validate constraint conversation_receipts;

-- What moderators did to a listing: nobody but its seller sees it, and of `shadowed` the seller is not told either.
-- `told_hidden`: those who favourited it were told that it is gone, because its seller's listings are hidden.
alter table listing
  add column moderation text,
  add column moderation_reason text,
  add column told_hidden boolean not null default false,
  add constraint listing_moderation check (moderation in ('removed', 'shadowed')) not valid;
create index listing_told_hidden on listing (id) where told_hidden;
