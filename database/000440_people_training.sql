-- What people have learned, hold and have read: training and licences with their end, own courses, briefings, acknowledgements.
create table people.evidence (
  id uuid primary key,
  provider text not null,
  mime text not null check (mime in ('image/jpeg', 'image/png', 'application/pdf')),
  bytes bytea not null check (length(bytes) between 1 and 5242880),
  sha256 bytea not null check (length(sha256) = 32),
  made_at timestamptz not null,
  made_by uuid not null references people.person (id)
);
comment on table people.evidence is 'A certificate or an attendance sheet behind a record. What it is was read from its bytes.';

create table people.qualification (
  id uuid primary key,
  person_id uuid not null references people.person (id),
  provider text not null,
  kind text not null check (kind in ('training', 'licence')),
  code text not null check (code ~ '^[a-z][a-z0-9-]{0,59}$'),
  done_on date not null,
  given_by text check (length(given_by) between 1 and 200),
  number text check (length(number) between 1 and 60),
  last_day date check (last_day >= done_on),
  until timestamptz,
  evidence_id uuid references people.evidence (id),
  recorded_at timestamptz not null,
  recorded_by uuid not null references people.person (id),
  ended_at timestamptz,
  ended_by uuid references people.person (id),
  ended_why text check (length(ended_why) between 1 and 500),
  check (recorded_by <> person_id),
  check ((last_day is null) = (until is null)),
  check (kind = 'training' or last_day is not null),
  check (kind = 'licence' or number is null),
  check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (ended_why is null))
);
create index qualification_of_person on people.qualification (person_id) where ended_at is null;
create index qualification_at on people.qualification (provider, person_id);
comment on table people.qualification is 'One training done or one licence held by a person, for a landlord. Rows are never deleted; what was wrong or revoked is ended.';
comment on column people.qualification.code is 'Of the pack''s list or, for training, of people.course.';
comment on column people.qualification.done_on is 'Day on which the training was done, or from which the licence is good.';
comment on column people.qualification.given_by is 'Who gave the training or issued the licence. Null: not said.';
comment on column people.qualification.number is 'Of the licence. Personal: shown by its last four signs, and can be erased (null) without touching the rest.';
comment on column people.qualification.last_day is 'Last day on which it counts. Null: it does not run out.';
comment on column people.qualification.until is 'The first instant after last_day, in the landlord''s zone.';
comment on column people.qualification.ended_at is 'Taken back: recorded by mistake, or revoked. Null: it stands.';

create table people.course (
  id uuid primary key,
  provider text not null,
  code text not null check (code ~ '^own-[a-z0-9-]{1,50}$'),
  title text not null check (length(title) between 3 and 200),
  way text not null check (way in ('induction', 'on-the-job', 'team-session', 'briefing', 'course', 'reading')),
  roles text[] not null,
  months integer check (months between 1 and 120),
  due_days integer not null check (due_days between 1 and 365),
  covers text not null check (length(covers) between 3 and 1000),
  made_at timestamptz not null,
  made_by uuid not null references people.person (id),
  retired_at timestamptz,
  unique (provider, code)
);
comment on table people.course is 'A course that the landlord adds to those of its policy. Nothing waits for it but a reminder.';
comment on column people.course.roles is 'Who needs it. Empty: everybody who works for the landlord.';
comment on column people.course.months is 'Due again after so many. Null: once.';

create table people.briefing (
  id uuid primary key,
  provider text not null,
  title text not null check (length(title) between 3 and 200),
  body text not null check (length(body) between 10 and 8000),
  roles text[] not null,
  due_on date not null,
  given_at timestamptz not null,
  given_by uuid not null references people.person (id)
);
create index briefing_at on people.briefing (provider, given_at desc);
comment on table people.briefing is 'A dated note to roles that each reads and acknowledges.';
comment on column people.briefing.roles is 'To whom. Empty: everybody who works for the landlord.';

create table people.acknowledgement (
  person_id uuid not null references people.person (id),
  provider text not null,
  kind text not null check (kind in ('policy', 'briefing', 'procedure')),
  subject text not null,
  version text not null,
  at timestamptz not null,
  primary key (person_id, provider, kind, subject, version)
);
create index acknowledgement_of on people.acknowledgement (provider, kind, subject, version);
comment on table people.acknowledgement is 'Who has read what, and says so. Once for each version.';
comment on column people.acknowledgement.subject is 'policy: the landlord''s slug. briefing, procedure: its id.';
comment on column people.acknowledgement.version is 'policy: day of effect of the document. '''' where there are no versions.';
