-- Uploads that whoever used them has no more need of; their objects are removed, the row tells that there was one.
alter table upload add column discarded_at timestamptz;

-- Papers of a person under review. What was expired or revoked stays behind a newer submission of its kind.
create table verification (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  kind text not null check (kind in ('emirates_id', 'trade_licence', 'passport', 'national_id')),
  -- Of the document's number only its end, for people, and a keyed hash, to find it under other accounts.
  number_ending text,
  number_hash text,
  state text not null check (state in (
    'draft', 'submitted', 'in_review', 'approved', 'rejected', 'expired', 'revoked')),
  superseded boolean not null,
  reviewer_id uuid references account (id) deferrable initially deferred,
  -- A reviewer who lets this pass loses the claim to whoever asks next.
  claimed_until timestamptz,
  reason text,
  expires_at timestamptz,
  -- When the person is reminded, once, that the document runs out.
  remind_at timestamptz,
  -- When the documents of a decided submission are deleted; null while undecided and once they are.
  documents_due_at timestamptz,
  submitted_at timestamptz not null,
  decided_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((number_ending is null) = (number_hash is null)),
  check ((state = 'in_review') = (claimed_until is not null)),
  check (state not in ('rejected', 'revoked') or reason is not null)
);
create unique index verification_open on verification (user_id, kind)
  where state in ('draft', 'submitted', 'in_review', 'rejected');
create index verification_user on verification (user_id, kind);
create index verification_queue on verification (submitted_at, id) where state in ('submitted', 'in_review');
create index verification_number_hash on verification (number_hash) where number_hash is not null;
create index verification_expires_at on verification (expires_at) where state = 'approved';
create index verification_remind_at on verification (remind_at) where remind_at is not null;
create index verification_documents_due_at on verification (documents_due_at) where documents_due_at is not null;

-- An upload serves one submission, once.
create table verification_document (
  upload_id uuid primary key references upload (id) deferrable initially deferred,
  verification_id uuid not null references verification (id) on delete cascade deferrable initially deferred,
  position integer not null
);
create index verification_document_verification on verification_document (verification_id, position);
