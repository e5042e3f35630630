-- A delivered order counts as received after a time, which stands still while a refund request waits for its answer.
alter table sub_order
  drop constraint sub_order_check1,
  add constraint sub_order_deadline
    check (state not in ('awaiting_payment', 'placed') or deadline is not null) not valid;

-- A buyer's wish to get money of an order back, for the seller to answer.
create table refund_request (
  id uuid primary key,
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  state text not null check (state in ('requested', 'approved', 'denied', 'withdrawn', 'expired')),
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  approved_minor bigint check (approved_minor between 1 and amount_minor),
  -- What of the order it is for, `[{ listingId, title, quantity }]`; null for an amount.
  lines jsonb,
  reason text not null,
  evidence_ids uuid[] not null,
  answer text,
  -- Until when the seller may deny it, and when it is looked at next: what is not delivered yet waits.
  deadline timestamptz not null,
  due_at timestamptz not null,
  -- When the order would have counted as received, had its time not been stopped.
  receipt_at timestamptz,
  -- What it became without an answer.
  dispute_id uuid,
  decided_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((state = 'approved') = (approved_minor is not null))
);
create index refund_request_order on refund_request (order_id);
create index refund_request_buyer on refund_request (buyer_id, updated_at desc);
create index refund_request_seller on refund_request (seller_id, updated_at desc);
create index refund_request_due on refund_request (due_at) where state = 'requested';

-- The two sides of a delivered order do not agree, and a moderator decides. An order is disputed once.
create table dispute (
  id uuid primary key,
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  buyer_id uuid not null references account (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  state text not null check (state in
    ('open', 'awaiting_other', 'under_review', 'resolved_buyer', 'resolved_seller', 'resolved_split', 'withdrawn')),
  currency text not null,
  -- What the buyer could get back when it was opened, and what they got.
  amount_minor bigint not null check (amount_minor >= 0),
  refund_minor bigint check (refund_minor between 0 and amount_minor),
  reason text not null check (reason in ('not_received', 'damaged', 'not_as_described', 'other')),
  note text,
  -- Until when the seller may answer.
  deadline timestamptz not null,
  claimed_by uuid,
  claimed_at timestamptz,
  decided_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint dispute_once unique (order_id),
  check ((claimed_by is null) = (claimed_at is null))
);
create index dispute_buyer on dispute (buyer_id, updated_at desc);
create index dispute_seller on dispute (seller_id, updated_at desc);
create index dispute_due on dispute (deadline) where state = 'awaiting_other';
create index dispute_queue on dispute (created_at, id) where state = 'under_review';

-- What a side says of it, once.
create table dispute_statement (
  id uuid primary key,
  dispute_id uuid not null references dispute (id) deferrable initially deferred,
  side text not null check (side in ('buyer', 'seller')),
  -- The side itself, or who acts for its shop.
  author_id uuid not null references account (id) deferrable initially deferred,
  text text not null,
  evidence_ids uuid[] not null,
  created_at timestamptz not null,
  constraint dispute_statement_once unique (dispute_id, side)
);
create index dispute_statement_author on dispute_statement (author_id);

-- How many chargebacks of its payment are open: meanwhile nothing of it is released or refunded.
alter table escrow add column open_chargebacks integer not null default 0,
  add constraint escrow_chargebacks check (open_chargebacks >= 0) not valid;
alter table escrow alter column open_chargebacks drop default;

-- A payer's objection to a charge, at their bank. The provider tells of it; its statuses are Stripe's.
create table chargeback (
  id uuid primary key,
  provider text not null,
  provider_ref text not null,
  payment_id uuid not null references payment (id) deferrable initially deferred,
  state text not null check (state in ('warning_needs_response', 'warning_under_review', 'warning_closed',
    'needs_response', 'under_review', 'won', 'lost')),
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  evidence_due_at timestamptz,
  -- Whether the provider has the money, and whether it was given back.
  funds text not null check (funds in ('none', 'taken', 'returned')),
  -- What no order's share covers: of a top-up the payer's wallet pays, and the market loses the rest.
  wallet_minor bigint not null check (wallet_minor >= 0),
  losses_minor bigint not null,
  closed_at timestamptz,
  -- When the evidence is sent next, and how often it was tried.
  submit_at timestamptz,
  submit_tries integer not null,
  submitted_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint chargeback_once unique (provider, provider_ref)
);
create index chargeback_payment on chargeback (payment_id);
create index chargeback_submit on chargeback (submit_at) where submit_at is not null;

-- One order's share, and where its money was taken from, to go back there.
create table chargeback_share (
  chargeback_id uuid not null references chargeback (id) deferrable initially deferred,
  order_id uuid not null references sub_order (id) deferrable initially deferred,
  seller_id uuid not null references account (id) deferrable initially deferred,
  amount_minor bigint not null check (amount_minor >= 0),
  escrow_minor bigint not null check (escrow_minor >= 0),
  reserve_minor bigint not null check (reserve_minor >= 0),
  debt_minor bigint not null check (debt_minor >= 0),
  primary key (chargeback_id, order_id),
  check (escrow_minor + reserve_minor + debt_minor in (0, amount_minor))
);
create index chargeback_share_order on chargeback_share (order_id);
create index chargeback_share_seller on chargeback_share (seller_id, chargeback_id desc);

-- What a seller, or the market, puts forward against it.
create table chargeback_evidence (
  id uuid primary key,
  chargeback_id uuid not null references chargeback (id) deferrable initially deferred,
  -- For whom it speaks; null for the market.
  seller_id uuid references account (id) deferrable initially deferred,
  author_id uuid not null references account (id) deferrable initially deferred,
  text text not null,
  evidence_ids uuid[] not null,
  created_at timestamptz not null
);
create index chargeback_evidence_chargeback on chargeback_evidence (chargeback_id, id);
create index chargeback_evidence_seller on chargeback_evidence (seller_id) where seller_id is not null;
create index chargeback_evidence_author on chargeback_evidence (author_id);

-- A refund that failed while a chargeback was open: its money waits for the bank's decision.
alter table refund add column held boolean not null default false;
alter table refund alter column held drop default;
