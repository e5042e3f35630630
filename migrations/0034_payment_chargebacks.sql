-- Chargebacks of an attempt that the bank has not decided on: no money of it goes back meanwhile. And what a lost one
-- has cost the market, which refunds that come back afterwards make good.
alter table payment
  add column open_chargebacks integer not null default 0,
  add column lost_to uuid,
  add column lost_minor bigint not null default 0,
  add constraint payment_open_chargebacks check (open_chargebacks >= 0) not valid,
  add constraint payment_lost check (lost_minor >= 0 and (lost_minor = 0 or lost_to is not null)) not valid;
update payment y set open_chargebacks = open_now.n
from (select payment_id, count(*) as n from chargeback where closed_at is null group by 1) open_now
where y.id = open_now.payment_id;
