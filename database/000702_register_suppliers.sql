-- Suppliers who put in, mend, run or remove CCTV for a landlord: what they signed, what proves it, who came and what
-- they touched (UK GDPR Art 28).
create table register.supplier (
  id uuid primary key,
  provider text not null,
  name text not null check (length(name) between 1 and 200),
  -- Codes of `supplierWork`.
  does text[] not null,
  -- Handles personal data for the landlord (UK GDPR Art 4(8)).
  processor boolean not null,
  contract_reference text not null default '' check (length(contract_reference) <= 100),
  -- Null: no contract is on record.
  contract_from date,
  -- Last day; null: no end was agreed.
  contract_until date,
  note text not null default '' check (length(note) <= 2000),
  -- Null while the landlord works with them.
  ended_at timestamptz,
  created_at timestamptz not null,
  created_by uuid not null,
  version integer not null default 1,
  check (contract_until is null or contract_from is not null and contract_until >= contract_from)
);
create index supplier_by_provider on register.supplier (provider, name);
comment on table register.supplier is 'A firm that works on CCTV for a landlord, with its contract.';
comment on column register.supplier.contract_from is 'First day of the contract; null: none is on record.';
comment on column register.supplier.contract_until is 'Last day of the contract; null: no end was agreed.';

create table register.supplier_contact (
  id uuid primary key,
  supplier_id uuid not null references register.supplier,
  name text not null check (length(name) between 1 and 120),
  job text not null default '' check (length(job) <= 120),
  phone text not null default '' check (length(phone) <= 50),
  email text not null default '' check (length(email) <= 254),
  created_at timestamptz not null
);
create index contact_by_supplier on register.supplier_contact (supplier_id);
comment on table register.supplier_contact is 'People to call at a supplier; removed for good when they leave, for they are personal data.';

create table register.supplier_proof (
  id uuid primary key,
  supplier_id uuid not null references register.supplier,
  -- A code of the policy's list of what a supplier must show.
  code text not null check (length(code) between 1 and 60),
  reference text not null check (length(reference) between 1 and 300),
  -- Last day on which it counts; null: it doesn't run out.
  valid_until date,
  file_name text check (length(file_name) between 1 and 200),
  mime text,
  bytes bytea check (octet_length(bytes) between 1 and 10485760),
  sha256 bytea check (octet_length(sha256) = 32),
  seen_at timestamptz not null,
  seen_by uuid not null,
  check ((bytes is null) = (file_name is null) and (bytes is null) = (mime is null) and (bytes is null) = (sha256 is null))
);
create index proof_by_supplier on register.supplier_proof (supplier_id, code, seen_at);
revoke update, delete on register.supplier_proof from overt_app;
comment on table register.supplier_proof is 'What a supplier showed (insurance, certificates, signed terms), and who saw it; the newest of a code counts.';

create table register.supplier_audit (
  id uuid primary key,
  supplier_id uuid not null references register.supplier,
  day date not null,
  outcome text not null check (outcome in ('passed', 'points', 'failed')),
  note text not null check (length(note) between 1 and 2000),
  next_day date not null check (next_day > day),
  at timestamptz not null,
  by uuid not null
);
create index audit_by_supplier on register.supplier_audit (supplier_id, day);
revoke update, delete on register.supplier_audit from overt_app;
comment on table register.supplier_audit is 'When a supplier was looked into, with what result, and when next.';

create table register.visit (
  id uuid primary key,
  provider text not null,
  supplier_id uuid not null references register.supplier,
  site_id uuid not null references register.site,
  system_id uuid references register.system,
  engineer text not null check (length(engineer) between 1 and 120),
  -- Their account in Overt, when they have one: it ends with the visit.
  account_id uuid,
  purpose text not null check (length(purpose) between 1 and 500),
  -- Who stays with them.
  supervisor_id uuid not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  planned_at timestamptz not null,
  planned_by uuid not null,
  -- How it was made sure that they are who they say; set on arrival.
  identity text check (identity in ('card', 'called', 'known')),
  arrived_at timestamptz,
  arrived_by uuid,
  left_at timestamptz,
  left_by uuid,
  touched text check (length(touched) between 1 and 2000),
  cancelled_at timestamptz,
  check (until_at > from_at and until_at <= from_at + interval '24 hours'),
  check ((arrived_at is null) = (identity is null) and (arrived_at is null) = (arrived_by is null)),
  check ((left_at is null) = (touched is null) and (left_at is null) = (left_by is null)),
  check (left_at is null or arrived_at is not null and left_at >= arrived_at),
  check (cancelled_at is null or arrived_at is null)
);
create index visit_by_supplier on register.visit (supplier_id, from_at);
create index visit_by_site on register.visit (site_id, from_at);
create index visit_open on register.visit (until_at) where left_at is null and cancelled_at is null;
create index visit_by_account on register.visit (account_id) where account_id is not null;
comment on table register.visit is 'An engineer at a site: planned, arrived once known to be genuine, left, and what they touched.';
comment on column register.visit.until_at is 'When it is over at the latest: access that was opened for it ends then by itself.';
