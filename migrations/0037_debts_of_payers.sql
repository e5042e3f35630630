-- What a chargeback of a top-up takes beyond what is in the wallet is the payer's debt.
alter table chargeback add column owed_minor bigint not null default 0;
