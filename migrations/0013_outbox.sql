alter table account validate constraint account_reachable;

-- Messages to the outside (e-mail, SMS, push, Telegram), written in the transaction of their reason and sent after it.
create table outgoing_message (
  id uuid primary key,
  channel text not null check (channel in ('email', 'sms', 'push', 'telegram')),
  recipient text not null,
  user_id uuid,
  template text not null,
  locale text not null,
  -- May hold a code or a link that opens something: emptied once the message is sent or given up.
  params jsonb not null,
  -- One fact is told once on a channel.
  once_key text not null unique,
  state text not null check (state in (
    'queued', 'sending', 'sent', 'failed', 'expired', 'unreachable', 'superseded')),
  attempts integer not null,
  due_at timestamptz not null,
  expires_at timestamptz not null,
  last_error text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index outgoing_message_due_at on outgoing_message (channel, due_at) where state = 'queued';
