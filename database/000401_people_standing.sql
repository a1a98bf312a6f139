-- How far a person's authority goes and how long: ends of roles, line management, deputies, conflicts, engineers.

alter table people.person
  add column kind text not null default 'staff' check (kind in ('staff', 'engineer')),
  add column manager_id uuid references people.person (id) check (manager_id <> id);
create index person_reports on people.person (manager_id);
comment on column people.person.kind is 'engineer: works here for hours, by people.engineer alone, and holds no role beside it.';
comment on column people.person.manager_id is 'Whom they report to. Null: nobody is named.';

alter table people.role add column until timestamptz;
comment on column people.role.until is 'From here on the role is not held, whether or not anything ran. Null: no end.';
comment on column people.role.areas is
  'How far it reaches: area names, patch:CODE, site:ID. Empty: everywhere at that landlord, except for roles that the policy ties to areas.';

create table people.deputy (
  id uuid primary key,
  absent_id uuid not null references people.person (id),
  deputy_id uuid not null references people.person (id),
  provider text not null,
  roles text[] not null check (cardinality(roles) between 1 and 20),
  from_at timestamptz not null,
  until timestamptz not null,
  named_by uuid not null references people.person (id),
  named_at timestamptz not null,
  ended_at timestamptz,
  check (absent_id <> deputy_id),
  check (until > from_at)
);
create index deputy_of_deputy on people.deputy (deputy_id);
create index deputy_of_absent on people.deputy (absent_id);
comment on table people.deputy is
  'Who stands in for whom, in which roles, from when to when. It lends what the absent person holds at that moment, and nothing that they do not.';

create table people.conflict (
  id uuid primary key,
  person_id uuid not null references people.person (id),
  provider text not null,
  kind text not null check (kind in ('site', 'case', 'person')),
  thing_id uuid not null,
  label text not null check (length(label) between 1 and 200),
  why text not null check (length(why) between 1 and 500),
  declared_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by uuid references people.person (id),
  lift_reason text check (length(lift_reason) between 1 and 500),
  check (lifted_by <> person_id),
  check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null))
);
create index conflict_of_person on people.conflict (person_id) where lifted_at is null;
create index conflict_of_thing on people.conflict (thing_id) where lifted_at is null;
comment on table people.conflict is
  'A neighbour, a relative: declared by the person, and until somebody else lifts it they neither decide nor look there.';

create table people.engineer (
  id uuid primary key,
  person_id uuid not null references people.person (id),
  provider text not null,
  role text not null,
  sites uuid[] not null check (cardinality(sites) between 1 and 50),
  visit text check (length(visit) between 1 and 100),
  supervisor_id uuid not null references people.person (id),
  from_at timestamptz not null,
  until timestamptz not null,
  made_by uuid not null references people.person (id),
  made_at timestamptz not null,
  ended_at timestamptz,
  check (until > from_at and until <= from_at + interval '72 hours'),
  check (supervisor_id <> person_id)
);
create index engineer_of_person on people.engineer (person_id);
comment on table people.engineer is
  'Hours in which an engineer from outside may work at named sites, with somebody named who supervises. At the end they are out.';
comment on column people.engineer.visit is 'Id of the supplier''s visit in the register. Null: none was planned.';

create table people.hand_over (
  id uuid primary key,
  leaver_id uuid not null references people.person (id),
  to_id uuid references people.person (id),
  what text not null,
  count integer not null check (count > 0),
  by_id uuid not null references people.person (id),
  at timestamptz not null
);
create index hand_over_of_leaver on people.hand_over (leaver_id);
comment on table people.hand_over is 'What somebody who left had in hand, and who has it now. to_id null: the holders of the role.';

create table people.sign_in_place (
  person_id uuid not null references people.person (id),
  place_hash bytea not null check (length(place_hash) = 32),
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (person_id, place_hash)
);
comment on table people.sign_in_place is 'Networks from which somebody has signed in, as a keyed hash: whether one is new can be told, where it is cannot.';

create table people.alarm (
  id uuid primary key,
  person_id uuid not null references people.person (id),
  provider text not null,
  rule text not null,
  key text not null,
  count integer not null,
  noticed_at timestamptz not null,
  answered_at timestamptz,
  answered_by uuid references people.person (id),
  answer text check (length(answer) between 1 and 500),
  unusual boolean,
  unique (rule, key),
  check (answered_by <> person_id),
  check ((answered_at is null) = (answered_by is null) and (answered_at is null) = (answer is null))
);
comment on table people.alarm is 'Unusual use that a plain rule noticed. It stops nobody; somebody else looks and answers.';
comment on column people.alarm.key is 'Person and span of the rule, so that one thing is told once.';
comment on column people.alarm.unusual is 'Null: not yet answered. False: a false alarm.';
