-- What a camera's view must show, and whether equipment is safe from tampering and from outsiders: each with its
-- evidence, its day, and the day on which somebody looks again.
create table register.view_requirement (
  camera_id uuid primary key references register.camera,
  -- After BS EN 62676-4: how much a person watching must be able to tell.
  level text not null check (level in ('monitor', 'detect', 'observe', 'recognise', 'identify', 'inspect')),
  must_see text not null check (length(must_see) between 1 and 1000),
  -- Pixels per metre at the far end of what must be seen; null: not measured.
  pixels_per_metre integer check (pixels_per_metre between 1 and 5000),
  by_day text not null check (by_day in ('met', 'not-met', 'not-tried')),
  by_night text not null check (by_night in ('met', 'not-met', 'not-tried', 'not-needed')),
  evidence text not null default '' check (length(evidence) <= 1000),
  -- Null: nobody has looked yet.
  checked_day date,
  recheck_day date,
  -- The camera's aim that was looked at: a camera that was moved since must be looked at again.
  aim_version integer not null,
  written_at timestamptz not null,
  written_by uuid not null,
  version integer not null default 1,
  check ((checked_day is null) = (recheck_day is null)),
  check (recheck_day is null or recheck_day > checked_day),
  check (checked_day is not null or by_day = 'not-tried' and by_night in ('not-tried', 'not-needed'))
);
comment on table register.view_requirement is 'What a camera''s view must show, by day and by night, and whether it was seen to do so.';

create table register.security_answer (
  id uuid primary key,
  system_id uuid not null references register.system,
  -- A code of the policy's list of security questions.
  code text not null check (length(code) between 1 and 60),
  answer text not null check (answer in ('met', 'not-met', 'not-there')),
  evidence text not null check (length(evidence) between 1 and 1000),
  day date not null,
  recheck_day date not null check (recheck_day > day),
  at timestamptz not null,
  by uuid not null
);
create index security_by_system on register.security_answer (system_id, code, at);
revoke update, delete on register.security_answer from overt_app;
comment on table register.security_answer is 'Answers to the security checklist of a system; the newest of a question counts, older ones stay.';
