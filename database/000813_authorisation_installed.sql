-- What an installer leaves on record besides the ticks: what proves that they may, what was fitted, photos of the place, and
-- a database that pictures would be matched with.

alter table authorisation.installation
  add column qualification text not null default '' check (length(qualification) <= 300),
  add column qualification_until date,
  add column kit text[] not null default '{}' check (cardinality(kit) <= 40);
comment on column authorisation.installation.qualification is 'Certificate, card or employer’s word that they are qualified. Empty only where it was stated before this was asked.';
comment on column authorisation.installation.qualification_until is 'Its last day; null: it has none.';
comment on column authorisation.installation.kit is 'What was fitted, a line each: what, make and model, serial number.';

create table authorisation.site_photo (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  attachment_id uuid not null references register.attachment,
  note text not null default '' check (length(note) <= 300),
  taken_by uuid not null,
  taken_at timestamptz not null
);
create index site_photo_by_deployment on authorisation.site_photo (deployment_id, taken_at);
comment on table authorisation.site_photo is 'Photos of where a camera hangs, taken by the installer. No footage.';

create table authorisation.matching (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  -- What it is called and where it comes from.
  database_name text not null check (length(database_name) between 1 and 300),
  -- Who answers for it being right.
  owner text not null check (length(owner) between 1 and 200),
  checked_on date not null,
  -- Last day on which the check counts; the matching counts as off after it.
  good_until date not null check (good_until > checked_on),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  check ((ended_at is null) = (ended_by is null))
);
create unique index matching_one_open on authorisation.matching (deployment_id) where ended_at is null;
comment on table authorisation.matching is
  'A database that pictures of a camera are matched with: it has an owner and a day of its last check, or the matching is off.';
