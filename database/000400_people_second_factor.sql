-- A second step at sign-in: a code from the person's own device (RFC 6238), or one of ten codes kept on paper.

alter table people.person add column factor_asked_at timestamptz;
comment on column people.person.factor_asked_at is
  'Real time at which the second step was first asked of them; the days of grace count from here. Null: not yet asked.';

create table people.factor (
  person_id uuid primary key references people.person (id),
  secret bytea,
  confirmed_at timestamptz,
  last_step bigint,
  pending bytea,
  pending_at timestamptz,
  check ((secret is null) = (confirmed_at is null)),
  check ((pending is null) = (pending_at is null)),
  check (last_step is null or secret is not null)
);
comment on table people.factor is
  'The key that a person''s device makes codes from, by real time. Sealed under a key that is a file of the hub and never in here.';
comment on column people.factor.secret is 'Sealed. Null: none confirmed yet.';
comment on column people.factor.last_step is
  'Number of the newest 30 seconds whose code was taken: that code and older ones are refused, so an overheard code opens nothing.';
comment on column people.factor.pending is 'Sealed. A new key that no code has confirmed; the old one holds until then.';

create table people.recovery_code (
  person_id uuid not null references people.person (id),
  code_hash bytea not null check (length(code_hash) = 32),
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (person_id, code_hash)
);
comment on table people.recovery_code is 'SHA-256 of codes of 80 random bits, shown once. Each opens once, where the device is lost.';

create table people.half_session (
  secret_hash bytea primary key check (length(secret_hash) = 32),
  person_id uuid not null references people.person (id),
  until timestamptz not null
);
comment on table people.half_session is 'Between the right password and the code: opens nothing but the page that asks for the code. Real time.';

create table people.notice (
  id uuid primary key,
  person_id uuid not null references people.person (id),
  words text not null check (length(words) between 1 and 500),
  at timestamptz not null,
  read_at timestamptz
);
create index notice_unread on people.notice (person_id) where read_at is null;
comment on table people.notice is 'What a person is told about their own account; on every page until they say that they have read it.';
