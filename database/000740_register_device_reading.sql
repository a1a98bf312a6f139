-- What a camera says that it does besides filming, asked by its recorder over ONVIF.

alter table register.camera add column device_port integer check (device_port between 1 and 65535);
comment on column register.camera.device_port is
  'Port of the camera''s own services (ONVIF); null: the usual one, 80.';

create table register.device_reading (
  camera_id uuid primary key references register.camera,
  tried_at timestamptz not null,
  code text not null check (length(code) between 1 and 40),
  words text not null check (length(words) <= 500),
  read_at timestamptz,
  functions jsonb not null default '[]' check (jsonb_typeof(functions) = 'array')
);
comment on table register.device_reading is
  'The last time that a camera was asked what it does (tried_at, code, words), and what it said when it last answered (read_at, functions): a camera that falls silent doesn''t take back what it said. Gone when its address changes.';
comment on column register.device_reading.functions is
  'Analytic modules and rules set up on the camera: [{kind: module | rule, type, name}], as the camera calls them.';
