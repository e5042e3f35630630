-- What messages.send writes, as plain prepared statements: the conversation, the message, two heads, two inbox rows.
\set n random(1, :pairs)
begin;
update conversation set last_seq = last_seq + 1, active_at = now(), buyer_version = buyer_version + 1,
  seller_version = seller_version + 1, seller_unread = seller_unread + 1
where id = (select conversation_id from bench_pair where n = :n);
insert into message (id, conversation_id, seq, kind, sender_id, text, images, at)
select gen_random_uuid(), c.id, c.last_seq, 'text', c.buyer_id, b.text, '[]', now()
from bench_pair b join conversation c on c.id = b.conversation_id where n = :n;
insert into inbox_head as h (user_id, seq) select first_id, 1 from bench_pair where n = :n
on conflict (user_id) do update set seq = h.seq + 1;
insert into inbox_head as h (user_id, seq) select second_id, 1 from bench_pair where n = :n
on conflict (user_id) do update set seq = h.seq + 1;
insert into inbox_event (user_id, seq, type, at, data)
select h.user_id, h.seq, 'message.sent', now(), b.data
from bench_pair b join inbox_head h on h.user_id = b.first_id where n = :n;
insert into inbox_event (user_id, seq, type, at, data)
select h.user_id, h.seq, 'message.sent', now(), b.data
from bench_pair b join inbox_head h on h.user_id = b.second_id where n = :n;
commit;
