-- Appends events that come sorted by person, the `nth` of each counted from 0. Data and notices are lines of JSON, an
-- empty one for no notice: split so, each is parsed once and by itself, which was measured to cost half of what one
-- large document costs. The function of one document stays for servers of the version before, which run while this one
-- is rolled out.
create function inbox_append(
  recipients uuid[], nths int[], types text[], data_lines text, notice_lines text, at_time timestamptz)
returns table (recipient uuid, first_seq bigint, log_epoch text, appended_at timestamptz) language plpgsql as $$
begin
  return query
    with counts as materialized (
      select r.user_id, count(*) as events from unnest(recipients) as r(user_id) group by r.user_id
    ), heads as (
      insert into inbox_head as h (user_id, seq)
      select counts.user_id, counts.events from counts order by counts.user_id
      on conflict (user_id) do update set seq = h.seq + excluded.seq
      returning h.user_id, h.seq
    ), firsts as materialized (
      select heads.user_id, heads.seq - counts.events + 1 as first from heads join counts using (user_id)
    ), stored as (
      insert into inbox_event (user_id, seq, type, at, data)
      select e.user_id, f.first + e.nth, e.type, at_time, e.data::jsonb
      from rows from (unnest(recipients), unnest(nths), unnest(types), string_to_table(data_lines, E'\n'))
        as e(user_id, nth, type, data)
      join firsts f on f.user_id = e.user_id
    ), noticed as (
      insert into inbox_notice (user_id, seq, at, notice)
      select n.user_id, f.first + n.nth, at_time, n.notice::jsonb
      from rows from (unnest(recipients), unnest(nths), string_to_table(notice_lines, E'\n', ''))
        as n(user_id, nth, notice)
      join firsts f on f.user_id = n.user_id
      where n.notice is not null
    )
    select firsts.user_id, firsts.first, inbox_epoch.epoch, at_time from firsts, inbox_epoch;
end $$;

-- Of unpaid groups, those that hold a part of a wallet are expired few at a time.
create index order_group_unpaid_held on order_group (deadline) where state = 'awaiting_payment' and wallet_minor > 0;
