-- A shop. Its listings and orders are its owner's: `owner_id` is their seller.
create table merchant (
  id uuid primary key,
  owner_id uuid not null references account (id) deferrable initially deferred,
  slug text not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9]){1,49}$'),
  name text not null,
  description text not null,
  category text,
  contact_email text,
  contact_phone text,
  address text,
  state text not null check (state in ('active', 'suspended', 'closed')),
  -- Why an admin suspended it, and why moderators did and since when. Neither takes back what the other did.
  reason text,
  moderation_reason text,
  moderated_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((state = 'suspended') = (reason is not null or moderation_reason is not null)),
  check ((moderation_reason is null) = (moderated_at is null))
);
-- Whose listings are whose shop's must have one answer.
create unique index merchant_owner on merchant (owner_id) where state <> 'closed';

create table merchant_member (
  id uuid primary key,
  merchant_id uuid not null references merchant (id) deferrable initially deferred,
  user_id uuid not null references account (id) deferrable initially deferred,
  role text not null check (role in ('owner', 'manager', 'staff')),
  joined_at timestamptz not null,
  constraint merchant_member_once unique (merchant_id, user_id)
);
create index merchant_member_user on merchant_member (user_id);
create unique index merchant_member_owner on merchant_member (merchant_id) where role = 'owner';

create table merchant_application (
  id uuid primary key,
  user_id uuid not null references account (id) deferrable initially deferred,
  name text not null,
  slug text not null,
  description text not null,
  category text,
  contact_email text not null,
  contact_phone text,
  address text,
  state text not null check (state in ('draft', 'submitted', 'in_review', 'approved', 'rejected')),
  superseded boolean not null,
  reviewer_id uuid references account (id) deferrable initially deferred,
  claimed_until timestamptz,
  reason text,
  merchant_id uuid references merchant (id) deferrable initially deferred,
  submitted_at timestamptz not null,
  decided_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((state = 'in_review') = (claimed_until is not null)),
  check ((state = 'approved') = (merchant_id is not null)),
  check (state <> 'rejected' or reason is not null)
);
create unique index merchant_application_open on merchant_application (user_id)
  where state in ('draft', 'submitted', 'in_review', 'rejected');
create index merchant_application_user on merchant_application (user_id);
create index merchant_application_state on merchant_application (state, submitted_at, id);

create table merchant_invitation (
  id uuid primary key,
  merchant_id uuid not null references merchant (id) deferrable initially deferred,
  merchant_name text not null,
  inviter_id uuid not null references account (id) deferrable initially deferred,
  -- As the inviter wrote it: an address, or a person.
  email citext,
  invited_id uuid references account (id) deferrable initially deferred,
  -- In whose inbox it is: the invited person, or whoever has proven the address. Never told to the shop.
  recipient_id uuid references account (id) deferrable initially deferred,
  role text not null check (role in ('manager', 'staff')),
  -- Of the code in the mail.
  code_hash text unique,
  state text not null check (state in ('pending', 'accepted', 'declined', 'revoked', 'expired')),
  deadline timestamptz not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (num_nonnulls(email, invited_id) = 1),
  check ((email is null) = (code_hash is null))
);
create unique index merchant_invitation_email on merchant_invitation (merchant_id, email) where state = 'pending';
create unique index merchant_invitation_person on merchant_invitation (merchant_id, invited_id)
  where state = 'pending';
create index merchant_invitation_recipient on merchant_invitation (recipient_id) where state = 'pending';
create index merchant_invitation_deadline on merchant_invitation (deadline) where state = 'pending';
