-- Where the log of the stored epoch was written. A database that finds itself elsewhere (restored from a dump,
-- promoted, cloned) begins a new epoch, so that numbers which clients saw are never given to other events.
alter table inbox_epoch add column origin text not null default '';

-- The server, its timeline, the database and the table. What a provider or the embedded engine does not tell is '-'.
create function inbox_place() returns text language plpgsql as $$
declare
  server text := '-';
  timeline text := '-';
begin
  begin
    select system_identifier::text into server from pg_control_system();
  exception when insufficient_privilege or undefined_function or undefined_file or feature_not_supported then null;
  end;
  begin
    -- Not `pg_control_checkpoint()`: that one tells of a promotion only after the next checkpoint.
    timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
  exception when insufficient_privilege or undefined_function or object_not_in_prerequisite_state
    or feature_not_supported then null;
  end;
  return concat_ws(':', server, timeline, (select oid from pg_database where datname = current_database()),
    'inbox_epoch'::regclass::oid);
end $$;

-- The epoch that holds here and now. A copied row has the writer of the copy (`xmin`), not the one that it names, so
-- a restore is seen even where it goes back into the same table. Of many nodes that ask at once, one begins the epoch.
create function inbox_current_epoch() returns text language plpgsql as $$
declare
  place text := inbox_place();
  kept record;
  begun text;
begin
  loop
    select epoch, origin, xmin::text as writer into strict kept from inbox_epoch;
    if kept.origin = place || ':' || kept.writer then return kept.epoch; end if;
    update inbox_epoch
    set epoch = substr(md5(gen_random_uuid()::text), 1, 12), origin = place || ':' || pg_current_xact_id()::xid::text
    where epoch = kept.epoch and origin = kept.origin and xmin::text = kept.writer
    returning epoch into begun;
    if found then return begun; end if;
  end loop;
end $$;

-- Ends the given epoch, unless that was done already (null: whichever holds), and returns the one that holds then.
create function inbox_begin_epoch(ended text) returns text language plpgsql as $$
begin
  update inbox_epoch
  set epoch = substr(md5(gen_random_uuid()::text), 1, 12),
      origin = inbox_place() || ':' || pg_current_xact_id()::xid::text
  where epoch = coalesce(ended, epoch);
  return inbox_current_epoch();
end $$;

-- How far this database has written its journal, in bytes, and durably: it never goes back but by a restore.
create function inbox_written() returns bigint language plpgsql as $$
begin
  return pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint;
exception when insufficient_privilege or undefined_function or object_not_in_prerequisite_state
  or feature_not_supported then return null;
end $$;
