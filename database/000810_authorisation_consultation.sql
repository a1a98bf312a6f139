-- Consultation of those who would pay for a system. It is asked of people once for a system and counts for as many cameras
-- as it asked about; whether it lets a camera go ahead is computed, never stored.

create table authorisation.consultation (
  id uuid primary key,
  provider text not null,
  system_id uuid not null references register.system,
  -- The deployment on whose page it was opened.
  deployment_id uuid not null references authorisation.deployment,
  -- How many cameras of the system it asks about.
  cameras integer not null check (cameras between 1 and 500),
  -- Which addresses, in words, without a person's name.
  payers text not null check (length(payers) between 1 and 2000),
  households integer not null check (households between 1 and 100000),
  -- Whom it was sent to: names, addresses, numbers. Personal; null: none kept, or erased.
  contacts text check (length(contacts) <= 20000),
  contacts_erased_at timestamptz,
  ways text[] not null check (cardinality(ways) between 1 and 10),
  opens_on date not null,
  -- Last day on which answers are taken, whole.
  closes_on date not null,
  questions text[] not null check (cardinality(questions) between 1 and 20),
  yearly_cost_pence bigint not null check (yearly_cost_pence >= 0),
  charge_basis text not null check (charge_basis in ('service-charge', 'landlord-pays')),
  -- What each household would pay a year; 0 where the landlord pays.
  household_pence bigint not null check (household_pence >= 0),
  opened_by uuid not null,
  opened_at timestamptz not null,
  -- Null: not called off. One that was called off counts for nothing.
  called_off_at timestamptz,
  called_off_by uuid,
  outcome text check (outcome in ('go-ahead', 'no')),
  outcome_reason text check (length(outcome_reason) between 1 and 4000),
  -- The role in which it was stated.
  outcome_role text,
  outcome_by uuid,
  outcome_at timestamptz,
  count_for integer,
  count_against integer,
  count_comment integer,
  -- When the yearly charge was given to finance; null: not yet, or nothing is charged.
  charge_handed_at timestamptz,
  charge_handed_by uuid,
  check (closes_on >= opens_on),
  check ((called_off_at is null) = (called_off_by is null)),
  check ((outcome is null) = (outcome_at is null)),
  check ((outcome is null) = (outcome_by is null)),
  check ((outcome is null) = (outcome_reason is null)),
  check (outcome is null or called_off_at is null),
  check ((outcome is null) = (count_for is null or count_against is null or count_comment is null)),
  check ((charge_handed_at is null) = (charge_handed_by is null))
);
create unique index consultation_one_open on authorisation.consultation (system_id)
  where outcome is null and called_off_at is null;
create index consultation_by_system on authorisation.consultation (system_id, opened_at desc);

create table authorisation.consultation_answer (
  id uuid primary key,
  consultation_id uuid not null references authorisation.consultation,
  stance text not null check (stance in ('for', 'against', 'comment')),
  came_on date not null,
  way text not null,
  -- Who answered and what they wrote. Personal; null: not given, or erased.
  who text check (length(who) <= 300),
  words text check (length(words) <= 4000),
  erased_at timestamptz,
  recorded_by uuid not null,
  recorded_at timestamptz not null
);
create index consultation_answer_by_consultation on authorisation.consultation_answer (consultation_id, recorded_at);

create table authorisation.new_build (
  deployment_id uuid primary key references authorisation.deployment,
  -- Where in the design of the building the camera stands.
  design text not null check (length(design) between 1 and 1000),
  first_tenancy_day date not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null
);

comment on table authorisation.consultation is
  'Consultations of those who would pay for a system: whom, how, when, what it costs, and the result that somebody stated.';
comment on table authorisation.consultation_answer is
  'Answers to a consultation: for, against, or a comment. Who and what words can be erased; that there was an answer stays.';
comment on table authorisation.new_build is
  'That a camera is fitted before anybody lives there, where the policy lets a new building go without a consultation.';
comment on column authorisation.consultation.contacts is 'Personal: erased on request, or by whoever runs the consultation.';
comment on column authorisation.consultation.closes_on is 'Last day on which answers are taken; the result comes after it.';
comment on column authorisation.consultation.household_pence is 'Pence a year that each household would pay.';
