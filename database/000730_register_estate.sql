-- A landlord's estate comes in as one file and can go out as one. What a file says of a camera that the register has no
-- place for stands beside it, so that a second upload of the same file changes nothing.

-- The landlord's own number for a camera; null where it has none. It finds the camera again in the next file.
alter table register.camera add column reference text check (length(reference) between 1 and 60);
create unique index camera_by_reference on register.camera (provider, reference) where reference is not null;

create table register.estate_import (
  id uuid primary key,
  provider text not null,
  -- Who uploaded it: nobody else sees it or confirms it.
  uploaded_by uuid not null,
  uploaded_at timestamptz not null,
  -- SHA-256 of the file as it came: what was confirmed is what was checked.
  sha256 bytea not null check (octet_length(sha256) = 32),
  format text not null check (format in ('csv', 'json')),
  -- The whole file, sealed like a camera's password, because passwords stand in it. Gone when it is confirmed,
  -- thrown away, or a day old; null from then on.
  sealed bytea check (octet_length(sealed) <= 6291456),
  rows integer not null check (rows >= 0),
  problems integer not null check (problems >= 0),
  -- When it was taken over into the register; null: it never was, or not yet.
  confirmed_at timestamptz,
  -- How many sites, systems and cameras were new or changed; null until confirmed.
  counts jsonb,
  check ((confirmed_at is null) = (counts is null)),
  check (confirmed_at is null or problems = 0)
);
create index estate_import_by_person on register.estate_import (uploaded_by, uploaded_at desc);
comment on table register.estate_import is
  'A file with sites, systems and cameras: checked first, taken over whole or not at all.';

-- What the file said of a camera beyond the register's own columns.
create table register.camera_taken_over (
  camera_id uuid primary key references register.camera,
  import_id uuid not null references register.estate_import,
  -- Days for which the older system kept its footage; null: the file doesn't say. Overt keeps to the policy.
  days_kept_before integer check (days_kept_before between 0 and 3660),
  -- Where a sign hangs according to the file, without a photo; null: the file names none.
  sign_place text check (sign_place in ('entry', 'near-camera', 'at-camera')),
  -- It was recording when the file was made.
  running boolean not null
);
comment on table register.camera_taken_over is
  'What an uploaded file said of a camera that came from an older system.';
