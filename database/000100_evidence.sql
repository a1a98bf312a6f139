-- evidence: footage preserved as exhibits, who looked at them, and the packs that were handed over. No picture and no key is
-- in these tables: the footage stays sealed with its recorder, its keys are the hold's, and packs are files.
create schema evidence;

create table evidence.initials (
  provider text not null check (provider ~ '^[a-z0-9-]{1,64}$'),
  person_id uuid not null,
  initials text not null check (initials ~ '^[A-Z]{2,4}$'),
  -- Number of the newest exhibit under these initials.
  last integer not null default 0 check (last >= 0),
  primary key (provider, person_id),
  unique (provider, initials)
);
comment on table evidence.initials is 'Initials under which a person numbers exhibits at one landlord; nobody else there has the same.';

create table evidence.exhibit (
  id uuid primary key,
  provider text not null,
  -- Area of the camera's site when it was made; null: the site had none, so only unlimited reach sees it.
  area text,
  reference text not null check (reference ~ '^[A-Z]{2,4}/[1-9][0-9]{0,5}$'),
  camera_id uuid not null,
  deployment_type text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- A code of the policy's viewing purposes.
  purpose text not null,
  -- What it shows, in the maker's words; may be empty.
  description text not null check (length(description) <= 2000),
  -- Null: the policy asked for no case and none was given.
  case_id uuid,
  case_reference text,
  -- The hold that keeps it; has the exhibit's id.
  hold_id uuid not null,
  hold_ends_at timestamptz not null,
  made_at timestamptz not null,
  made_by uuid not null,
  -- The exhibit that this one was made from (a redacted copy, a still); null for what the recorder sealed.
  derived_from uuid references evidence.exhibit,
  ledger_entry uuid not null,
  unique (provider, reference),
  check (to_at > from_at),
  check ((case_id is null) = (case_reference is null))
);
create index on evidence.exhibit (provider, made_at desc);
create index on evidence.exhibit (camera_id, from_at);
create index on evidence.exhibit (case_id) where case_id is not null;
comment on table evidence.exhibit is 'A span of one camera preserved as evidence, with its reference and the hold that keeps it.';

create table evidence.look (
  id uuid primary key,
  exhibit_id uuid not null references evidence.exhibit,
  person_id uuid not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > opened_at),
  ledger_entry uuid not null
);
create index on evidence.look (exhibit_id, opened_at desc);
comment on table evidence.look is 'Who watched an exhibit, and until when they may. The reason is in the ledger.';

create table evidence.disclosure (
  id uuid primary key,
  exhibit_id uuid not null references evidence.exhibit,
  provider text not null,
  -- Codes of the policy's recipients and bases.
  recipient_kind text not null,
  recipient_name text not null check (length(recipient_name) between 1 and 200),
  basis text not null,
  necessity text not null check (length(necessity) <= 2000),
  policy text not null,
  made_at timestamptz not null,
  made_by uuid not null,
  state text not null check (state in ('making', 'ready', 'failed', 'removed')),
  -- While making: what it waits for. When failed: what went wrong. Plain words; null when there is nothing to say.
  words text,
  -- SHA-256 of data/overt-pack.json and of the whole ZIP; null until the pack is made. They outlive the file.
  statement_sha256 bytea check (octet_length(statement_sha256) = 32),
  zip_sha256 bytea check (octet_length(zip_sha256) = 32),
  zip_bytes bigint check (zip_bytes > 0),
  -- From then on the file is removed; null until it is made.
  expires_at timestamptz,
  -- When the data protection officer said they had seen it; null: not yet.
  seen_at timestamptz,
  seen_by uuid,
  ledger_entry uuid not null,
  check ((state in ('ready', 'removed')) = (zip_sha256 is not null and zip_bytes is not null and expires_at is not null)),
  check ((seen_at is null) = (seen_by is null))
);
create index on evidence.disclosure (exhibit_id, made_at desc);
create index on evidence.disclosure (provider, made_at desc);
create index on evidence.disclosure (expires_at) where state = 'ready';
comment on table evidence.disclosure is 'A hand-over of an exhibit to a named recipient on a stated basis, and the pack made for it.';
