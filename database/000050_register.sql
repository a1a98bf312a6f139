-- register: what exists and who answers for it. Addresses of homes are sensitive: they appear on pages of people whose
-- role reaches them, never in a log line, a task title or a ledger leaf.
create schema register;

create table register.site (
  id uuid primary key,
  provider text not null,
  name text not null check (length(name) between 1 and 200),
  address text[] not null check (cardinality(address) between 1 and 7),
  kind text not null check (kind in ('home', 'communal', 'office', 'land', 'other')),
  -- IANA name; days of retention and of authority are civil days here.
  time_zone text not null default 'Europe/London',
  -- Patch or area of the provider; null: the whole provider looks after it.
  area text check (length(area) between 1 and 100),
  created_at timestamptz not null,
  created_by uuid not null,
  -- Counts every change, so that an edit of what somebody else changed is noticed.
  version integer not null default 1
);
create index site_by_provider on register.site (provider, name);

-- The cameras serving one purpose at a place, with a manager.
create table register.system (
  id uuid primary key,
  provider text not null,
  site_id uuid not null references register.site,
  name text not null check (length(name) between 1 and 200),
  -- Purpose codes from the provider's pack.
  purposes text[] not null,
  -- Null until somebody is named.
  manager_id uuid,
  created_at timestamptz not null,
  created_by uuid not null
);
create index system_by_site on register.system (site_id);

create table register.camera (
  id uuid primary key,
  provider text not null,
  system_id uuid not null references register.system,
  label text not null check (length(label) between 1 and 100),
  -- Where exactly it hangs and what it looks at, in words.
  position text not null default '' check (length(position) <= 1000),
  model text not null default '' check (length(model) <= 200),
  serial text not null default '' check (length(serial) <= 200),
  -- Null until an installer chooses one. The recorder's row belongs to footage.
  recorder_id uuid,
  -- rtsp://host:port/path without user or password; null until installed.
  rtsp_url text check (rtsp_url like 'rtsp://%' and rtsp_url not like 'rtsp://%@%'),
  -- AES-256-GCM over {username, password}: nonce (12) ‖ ciphertext ‖ tag (16), bound to the camera id. The key is a
  -- file outside the database, so a copy of the database opens no camera. Null: the camera asks for none.
  credentials bytea,
  -- What the recorder said when it last tried the address; null: not tried since the address changed.
  probe_code text,
  probe_words text,
  probe_at timestamptz,
  -- Null while in use.
  retired_at timestamptz,
  created_at timestamptz not null,
  created_by uuid not null,
  version integer not null default 1,
  -- Counts changes of recorder, address or place only: a reference picture is of one aim.
  aim_version integer not null default 1,
  check ((probe_code is null) = (probe_at is null))
);
create index camera_by_system on register.camera (system_id);
create index camera_by_recorder on register.camera (recorder_id) where recorder_id is not null;
create index camera_by_provider on register.camera (provider);

-- Pictures that people hand in or the installer takes: photos of signs, reference stills. Small, few, checked by magic
-- bytes, served only to those who may see what they belong to.
create table register.attachment (
  id uuid primary key,
  provider text not null,
  mime text not null check (mime in ('image/jpeg', 'image/png')),
  bytes bytea not null check (octet_length(bytes) between 1 and 5242880),
  sha256 bytea not null check (octet_length(sha256) = 32),
  created_at timestamptz not null,
  -- Null: made by the hub itself (a reference still).
  created_by uuid
);

create table register.sign (
  id uuid primary key,
  provider text not null,
  system_id uuid not null references register.system,
  camera_id uuid references register.camera,
  -- What kind of place it is, as policies name them; and where exactly: "front door, eye height".
  place text not null check (place in ('entry', 'near-camera', 'at-camera')),
  note text not null default '' check (length(note) <= 300),
  photo_id uuid not null references register.attachment,
  version integer not null default 1,
  placed_at timestamptz not null,
  placed_by uuid not null,
  -- When somebody said that it is gone; null while it hangs.
  missing_at timestamptz,
  -- Null while it belongs there.
  removed_at timestamptz
);
create index sign_by_system on register.sign (system_id);
create index sign_by_camera on register.sign (camera_id);
