-- Every piece of equipment, wherever it is: recorders, screens, doorbells, body-worn and dash cameras, door entry, and
-- cameras in store. A camera that was asked for stands in register.camera; its equipment may be named here as well.
create table register.device (
  id uuid primary key,
  provider text not null,
  kind text not null check (kind in
    ('camera', 'recorder', 'screen', 'doorbell', 'body-worn', 'dash-cam', 'door-entry', 'other')),
  -- What people call it: "Recorder in the caretaker's room".
  name text not null check (length(name) between 1 and 100),
  make text not null default '' check (length(make) <= 100),
  model text not null default '' check (length(model) <= 100),
  serial text not null default '' check (length(serial) <= 100),
  -- Whose it is. A member of staff's own dash cam is declared, not owned.
  owner text not null check (owner in ('landlord', 'staff', 'supplier')),
  -- Films or records sound, or neither.
  has_audio boolean not null,
  -- Moves from job to job, so it is issued, returned and wiped in between.
  redeployable boolean not null,
  status text not null check (status in ('store', 'issued', 'installed', 'repair', 'retired')),
  site_id uuid references register.site,
  system_id uuid references register.system,
  camera_id uuid references register.camera,
  holder_id uuid,
  -- Where exactly: a shelf, a cabinet, a vehicle.
  place text not null default '' check (length(place) <= 300),
  -- It may hold somebody's pictures: set when it goes out, cleared when it is wiped.
  unwiped boolean not null default false,
  -- A declared dash cam is declared again after this day.
  declared_until date,
  created_at timestamptz not null,
  created_by uuid not null,
  version integer not null default 1,
  check (status <> 'issued' or holder_id is not null),
  check (status <> 'installed' or site_id is not null),
  check (owner <> 'staff' or holder_id is not null and kind = 'dash-cam'),
  check ((declared_until is not null) = (owner = 'staff'))
);
create unique index device_serial_once on register.device (provider, lower(make), lower(serial)) where serial <> '';
create index device_by_provider on register.device (provider, kind, name);
create index device_by_site on register.device (site_id) where site_id is not null;
create index device_by_system on register.device (system_id) where system_id is not null;
create index device_by_holder on register.device (holder_id) where holder_id is not null;
comment on table register.device is 'A piece of equipment: what it is, whose, who holds it, where, and whether it may still hold pictures.';
comment on column register.device.unwiped is 'It has been out since it was last wiped: it may hold pictures, and is not given out again before.';
comment on column register.device.declared_until is 'Staff''s own dash cam: declared again after this day; null for all else.';

create table register.device_step (
  id uuid primary key,
  device_id uuid not null references register.device,
  what text not null check (what in ('added', 'issued', 'returned', 'installed', 'repair', 'wiped', 'retired', 'declared')),
  at timestamptz not null,
  by uuid not null,
  holder_id uuid,
  site_id uuid references register.site,
  note text not null default '' check (length(note) <= 500)
);
create index step_by_device on register.device_step (device_id, at);
revoke update, delete on register.device_step from overt_app;
comment on table register.device_step is 'Where a device has been and with whom: every handing over, for ever.';
