-- Signs made from the record: what hangs where, what it says and since when, and the photos that prove it.

-- Whom people can ask about a landlord's cameras. It stands on every sign, so changing it makes new versions of all.
create table register.sign_contact (
  provider text primary key,
  name text not null check (length(name) between 1 and 200),
  phone text not null default '' check (length(phone) <= 50),
  email text not null default '' check (length(email) <= 254),
  web text not null default '' check (length(web) <= 200),
  post text not null default '' check (length(post) <= 500),
  version integer not null default 1,
  set_at timestamptz not null,
  set_by uuid,
  check (phone <> '' or email <> '' or web <> '' or post <> '')
);

-- A sign that belongs at a place of one camera, whether it hangs yet or not.
create table register.sign_sheet (
  id uuid primary key,
  provider text not null,
  system_id uuid not null references register.system,
  camera_id uuid not null references register.camera,
  place text not null check (place in ('entry', 'near-camera', 'at-camera')),
  -- The public name of the sign, in its QR code: 100 random bits in Crockford's letters.
  code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{20}$'),
  -- The page behind it says nothing of where or whether anything records.
  unlisted boolean not null,
  -- The present version of its words; only grows.
  version integer not null check (version between 1 and 9999),
  -- The oldest version that may hang on: what came with it (sound, live watching, another operator) people must be told
  -- without delay. And since when.
  must_version integer not null default 1,
  must_since timestamptz not null,
  made_at timestamptz not null,
  -- Null while a sign belongs there.
  retired_at timestamptz,
  check (must_version <= version)
);
create index sign_sheet_by_camera on register.sign_sheet (camera_id) where retired_at is null;
create index sign_sheet_by_provider on register.sign_sheet (provider) where retired_at is null;

create table register.sign_version (
  sheet_id uuid not null references register.sign_sheet,
  version integer not null,
  -- SignSays: operator, purposes, contact, audio, monitored.
  says jsonb not null,
  -- What differs from the version before, in words; '' for the first.
  change text not null default '',
  since timestamptz not null,
  primary key (sheet_id, version)
);

alter table register.sign
  -- Null: recorded before signs were made from the record; its photo proves nothing that could be read.
  add column sheet_id uuid references register.sign_sheet,
  -- How its photo proves it: read from the QR code; by a second person's word; or it waits for that word.
  add column proof text check (proof in ('read', 'word', 'waiting')),
  -- When somebody last proved that it hangs; null: never yet.
  add column seen_at timestamptz,
  add column trouble text check (trouble in ('missing', 'damaged')),
  add constraint sign_proof_of_sheet check ((sheet_id is null) = (proof is null));
create index sign_by_sheet on register.sign (sheet_id);

-- Each photo of a sign, first or later, and what came of it. Never changed but by the second person's answer.
create table register.sign_sighting (
  id uuid primary key,
  sign_id uuid not null references register.sign,
  version integer not null,
  photo_id uuid not null references register.attachment,
  taken_at timestamptz not null,
  taken_by uuid not null,
  -- 'passed': a readable photo came before the second person answered.
  proof text not null check (proof in ('read', 'waiting', 'word', 'refused', 'passed')),
  -- Why its code can't be read; '' where it was.
  reason text not null default '' check (length(reason) <= 500),
  answered_at timestamptz,
  answered_by uuid,
  answer text not null default '' check (length(answer) <= 500),
  check ((answered_at is null) = (answered_by is null)),
  -- Two people: whoever took the photo can't give the second word.
  check (answered_by is null or answered_by <> taken_by),
  check (proof <> 'word' or answered_by is not null)
);
create index sign_sighting_by_sign on register.sign_sighting (sign_id, taken_at);

-- Systems whose signs give nothing away because somebody could be harmed by it, beside those in homes.
create table register.guarded_system (
  system_id uuid primary key references register.system,
  reason text not null check (length(reason) between 1 and 500),
  guarded_at timestamptz not null,
  guarded_by uuid not null
);

comment on table register.sign_contact is 'Whom people can ask about a landlord''s cameras: printed on every sign.';
comment on table register.sign_sheet is
  'A sign that belongs at a place of a camera, with its unguessable public code and the present version of its words.';
comment on table register.sign_version is 'What each version of a sign says. Versions are added, never changed.';
comment on table register.sign_sighting is 'Photos of signs on the wall and what was read in them, or who vouched for it.';
comment on table register.guarded_system is
  'Systems marked for safety: the page behind their signs says nothing of where or whether anything records.';
