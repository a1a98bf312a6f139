-- footage: recorders and what they hold, who looked at it and why, what is held back from deletion, what was deleted. There are rows
-- for reels, gaps, spans and keys' ids, never for frames or fragments, and no key of any kind: those are in the keyring.
create schema footage;

-- The keyring under which this installation records. One row; a second one only after somebody accepted that the
-- keyring before it is lost for good.
create table footage.keyring (
  id uuid primary key,
  first_opened_at timestamptz not null,
  last_opened_at timestamptz not null
);

create table footage.enrolment_token (
  id uuid primary key,
  -- SHA-256 of the token; the token itself is shown once and kept nowhere.
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  name text not null check (length(name) between 1 and 100),
  -- Null: made by the program for the recorder on its own machine.
  made_by uuid,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  -- Null until used; a token enrols one recorder.
  used_at timestamptz,
  recorder_id uuid,
  check (expires_at > made_at),
  check ((used_at is null) = (recorder_id is null))
);

create table footage.recorder (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  -- Raw Ed25519 identity key of the recorder.
  public_key bytea not null unique check (octet_length(public_key) = 32),
  enrolled_at timestamptz not null,
  -- Who made the token; null: the program, for its own machine.
  enrolled_by uuid,
  -- Null while it may link. A revoked recorder gets nothing: no camera, no mandate.
  revoked_at timestamptz,
  revoked_by uuid,
  -- When it last said anything; null: never since enrolment.
  heard_at timestamptz,
  -- Its last status message, as it came; null: never since enrolment. Ids, codes and times only.
  status jsonb,
  -- Its clock minus ours, ms, when last compared; null: never.
  clock_difference_ms bigint
);

-- What a camera did when its recorder last told. What it does now is in memory while the recorder is linked.
create table footage.camera_state (
  camera_id uuid primary key,
  recorder_id uuid not null references footage.recorder,
  code text not null check (length(code) between 1 and 60),
  since_at timestamptz not null,
  -- Null: no frame yet.
  last_frame_at timestamptz,
  mandate_id uuid,
  told_at timestamptz not null
);

-- One camera's sealed file, an hour at most. The row outlives file and keys: the timeline says what became of them.
create table footage.reel (
  id uuid primary key,
  recorder_id uuid not null references footage.recorder,
  camera_id uuid not null,
  mandate_id uuid not null,
  -- Civil day at the site, and the key made for it.
  day date not null,
  time_zone text not null,
  kid text not null check (kid ~ '^[A-Za-z0-9_-]{22}$'),
  -- The reel's head as it stands in the file: says which key wrapped its key, and nothing that opens it.
  head jsonb not null,
  opened_at timestamptz not null,
  -- Null while the recorder writes it.
  closed_at timestamptz,
  -- Span of its media; null while it holds none (or is open).
  first_at timestamptz,
  last_at timestamptz,
  records integer check (records >= 0),
  bytes bigint check (bytes >= 0),
  -- Chain after its last record, and the ledger entry that holds it; null while open.
  chain_head bytea check (octet_length(chain_head) = 32),
  ledger_entry text,
  -- First instant at which its keys must be gone, as the keyring had it when the reel was opened or since shortened.
  gone_by_at timestamptz not null,
  -- When its keys were destroyed; null while they exist.
  keys_destroyed_at timestamptz,
  -- Clause of the provider's policy that asked for it; null: the policy is silent or it was not retention.
  deleted_clause text,
  deleted_cause text check (deleted_cause in ('retention', 'overrun', 'keyring-lost')),
  -- When the recorder was told to remove the file, and when it said that it had.
  unlink_ordered_at timestamptz,
  unlinked_at timestamptz,
  -- The recorder no longer has the file although nobody ordered it gone. Null: it has it, or it was ordered.
  missing_at timestamptz,
  check ((closed_at is null) = (chain_head is null)),
  check ((keys_destroyed_at is null) = (deleted_cause is null)),
  check (first_at is null or last_at >= first_at)
);
create index reel_by_camera on footage.reel (camera_id, opened_at);
create index reel_by_kid on footage.reel (kid);
create index reel_open on footage.reel (recorder_id) where closed_at is null;
create index reel_to_unlink on footage.reel (recorder_id) where keys_destroyed_at is not null and unlinked_at is null;

-- A gap as the recorder told it. Between gaps and reels nothing is left unexplained; what is, prints as 'unknown'.
create table footage.gap (
  camera_id uuid not null,
  recorder_id uuid not null references footage.recorder,
  from_at timestamptz not null,
  -- Null while it lasts.
  to_at timestamptz,
  cause text not null check (cause in ('camera-silent', 'connection-lost', 'packets-lost', 'writer-behind', 'disk-full',
    'no-mandate', 'recorder-stopped', 'clock-stepped', 'unknown')),
  primary key (camera_id, from_at, cause),
  check (to_at is null or to_at >= from_at)
);
create index gap_by_time on footage.gap (camera_id, to_at);

-- A mandate's end before its time, and what was recorded after it. Settled when the keys of that are destroyed.
create table footage.early_end (
  mandate_id uuid primary key,
  camera_id uuid not null,
  recorder_id uuid not null,
  ended_at timestamptz not null,
  cause text not null,
  -- When the recorder said that it stopped; null: it has not been reached.
  acknowledged_at timestamptz,
  -- Seconds recorded after the end, to the millisecond; null until settled, 0 when there were none.
  overrun_ms bigint check (overrun_ms >= 0),
  fragments_destroyed integer check (fragments_destroyed >= 0),
  settled_at timestamptz,
  check ((settled_at is null) = (overrun_ms is null))
);
create index early_end_open on footage.early_end (camera_id) where settled_at is null;

-- Looking at footage for a stated reason. Nothing leaves without such a row, whose ledger entry came first.
create table footage.viewing (
  id uuid primary key,
  kind text not null check (kind in ('recorded', 'live')),
  person_id uuid not null,
  provider text not null,
  camera_ids uuid[] not null check (cardinality(camera_ids) between 1 and 16),
  -- The span that may be seen. For live: from the opening to the end of the viewing.
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- Code of the pack's list, and the viewer's own words; '' only where the pack asks for none.
  purpose text not null,
  reason text not null check (length(reason) <= 2000),
  -- Our case; null only where the pack asks for none.
  case_id uuid,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the person ended it; null: not, or it expired.
  ended_at timestamptz,
  ledger_entry text not null,
  check (to_at > from_at),
  check (expires_at > opened_at and expires_at <= opened_at + interval '12 hours')
);
create index viewing_by_person on footage.viewing (person_id, opened_at desc);
create index viewing_by_camera on footage.viewing using gin (camera_ids);

-- What was truly sent, by minute of footage. The row is written before the first picture of that minute leaves, so a
-- crash loses nothing: what the ledger has not been told (told_at) is told after the restart.
create table footage.viewing_served (
  viewing_id uuid not null references footage.viewing,
  camera_id uuid not null,
  minute_at timestamptz not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- When a 'viewing.served' entry with it went into the ledger; null: not yet.
  told_at timestamptz,
  primary key (viewing_id, camera_id, minute_at),
  check (to_at >= from_at)
);
create index viewing_served_untold on footage.viewing_served (viewing_id) where told_at is null;

-- A stop on deletion for exactly one span of one camera. Its keys are in the keyring under the same id.
create table footage.hold (
  id uuid primary key,
  provider text not null,
  camera_id uuid not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  owner_id uuid not null,
  reason text not null check (length(reason) between 1 and 2000),
  -- Null: held before there was a case.
  case_id uuid,
  made_at timestamptz not null,
  -- When it ends by itself. A hold without an end would be keeping for ever.
  ends_at timestamptz not null,
  -- Null while it stands.
  ended_at timestamptz,
  -- 'keys-gone': the keyring no longer has it (an older database was restored after it had ended).
  ended_cause text check (ended_cause in ('released', 'end-reached', 'keys-gone')),
  ended_by uuid,
  fragments integer not null check (fragments > 0),
  bytes bigint not null check (bytes >= 0),
  check (to_at > from_at),
  check (ends_at > made_at),
  check ((ended_at is null) = (ended_cause is null))
);
create index hold_standing on footage.hold (camera_id) where ended_at is null;

-- Which records of which reel a hold keeps.
create table footage.hold_part (
  hold_id uuid not null references footage.hold,
  reel_id uuid not null references footage.reel,
  from_sequence integer not null check (from_sequence >= 0),
  to_sequence integer not null check (to_sequence >= from_sequence),
  primary key (hold_id, reel_id, from_sequence)
);
create index hold_part_by_reel on footage.hold_part (reel_id);

-- Keys destroyed because their day had come: one row for each day and time zone. Replayed at start, so that a restored
-- keyring gives nothing back that was gone.
create table footage.expiry (
  key_group text primary key,
  gone_by date not null,
  time_zone text not null,
  gone_by_at timestamptz not null,
  destroyed_at timestamptz not null,
  camera_days integer not null check (camera_days >= 0),
  -- Null: by itself, at its time. Else who agreed that several days go at once.
  agreed_by uuid,
  -- The recorder whose clock agreed; null as above.
  agreed_recorder uuid references footage.recorder,
  check ((agreed_by is null) = (agreed_recorder is null))
);

comment on schema footage is 'Recorders, reels, gaps, viewings, holds and expiry. No key of any kind: those are in the keyring, outside database and backups.';
comment on table footage.reel is 'One row for each sealed file; the row stays when file and keys are gone.';
comment on table footage.gap is 'Times without picture, each with its cause, as the recorder told them.';
comment on table footage.viewing is 'Who may look at what until when, and why. Written after its ledger entry, before the first frame.';
comment on table footage.hold is 'A stop on deletion with an owner, a reason and an end.';
comment on table footage.expiry is 'What retention destroyed, and when. What was promised is measured against this.';
