-- After a restored backup nothing is signed or told for a camera until its recorder has said what it holds: a recorder may
-- have heard of an end of authority that the database forgot.

create table authorisation.unsure (
  camera_id uuid primary key references register.camera,
  since timestamptz not null,
  -- The highest counter that the restored database knew. What a recorder holds up to it, is known here; above it, not.
  known bigint not null check (known >= 0),
  -- The recorder that the restored database names; null: none. What another one says settles nothing by itself.
  recorder_id uuid
);
comment on table authorisation.unsure is
  'Cameras whose recorder has yet to say what it holds, after a restored backup. While a row stands no mandate is signed or told.';

create table authorisation.restored_log (
  origin text primary key,
  noted_at timestamptz not null
);
comment on table authorisation.restored_log is
  'Logs of the ledger that opened by saying what a restore lost, and for which every camera was made unsure: once each.';
