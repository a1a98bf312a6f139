-- Sound: off, until somebody asks with a reason and an end and others agree. Whether a mandate carries it is computed from this.

create table authorisation.sound (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  -- The proposal that it was asked for; a changed proposal ends it.
  proposal_version integer not null,
  purposes text[] not null check (cardinality(purposes) between 1 and 20),
  -- Why pictures alone will not do.
  reason text not null check (length(reason) between 1 and 4000),
  -- Last day with sound, whole.
  until_day date not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  -- Set once. 'expired': by itself at the end of its last day; 'withdrawn': somebody ended it; 'refused': it never began.
  ended_at timestamptz,
  ended_cause text check (ended_cause in ('expired', 'withdrawn', 'refused')),
  -- Null: by itself.
  ended_by uuid,
  check ((ended_at is null) = (ended_cause is null))
);
create unique index sound_one_open on authorisation.sound (deployment_id) where ended_at is null;

create table authorisation.sound_decision (
  id uuid primary key,
  sound_id uuid not null references authorisation.sound,
  role text not null,
  decision text not null check (decision in ('approve', 'refuse')),
  reason text not null check (length(reason) between 1 and 4000),
  person_id uuid not null,
  decided_at timestamptz not null,
  unique (sound_id, role),
  unique (sound_id, person_id)
);

alter table authorisation.mandate
  add column audio_until_at timestamptz,
  drop constraint mandate_ended_cause_check,
  add constraint mandate_ended_cause_check check (ended_cause in
    ('replaced', 'expired', 'withdrawn', 'stopped', 'agreement-withdrawn', 'reference-taken', 'gate-reopened', 'extended',
     'audio-expired', 'audio-withdrawn'));

comment on table authorisation.sound is
  'Who asked for sound, why, for which purposes and until when. One open request for a deployment.';
comment on table authorisation.sound_decision is
  'Who agreed to sound or refused it, in which role. Each role once, each person once.';
comment on column authorisation.mandate.audio_until_at is 'Until when the mandate carries sound; null: it carries none.';
