-- Who answers for a system and by which procedure it is run. A procedure and who has said that they know it are never
-- rewritten: a new version asks everybody again.
alter table register.system add column version integer not null default 1;

create table register.operator (
  system_id uuid not null references register.system,
  person_id uuid not null,
  named_at timestamptz not null,
  named_by uuid not null,
  ended_at timestamptz,
  primary key (system_id, person_id, named_at)
);
create unique index operator_once on register.operator (system_id, person_id) where ended_at is null;
comment on table register.operator is 'Who operates a system; ended_at is null while they do.';

create table register.procedure (
  id uuid primary key,
  system_id uuid not null references register.system,
  version integer not null check (version >= 1),
  title text not null check (length(title) between 1 and 200),
  -- What the manager and the operators do and answer for, in the landlord's words.
  duties text not null check (length(duties) between 1 and 4000),
  -- Either an address in the landlord's library, or the document itself.
  link text check (link ~ '^(https://|/)' and length(link) <= 500),
  file_name text check (length(file_name) between 1 and 200),
  mime text,
  bytes bytea check (octet_length(bytes) between 1 and 10485760),
  sha256 bytea check (octet_length(sha256) = 32),
  written_at timestamptz not null,
  written_by uuid not null,
  unique (system_id, version),
  check ((link is null) <> (bytes is null)),
  check ((bytes is null) = (file_name is null) and (bytes is null) = (mime is null) and (bytes is null) = (sha256 is null))
);
revoke update, delete on register.procedure from overt_app;
comment on table register.procedure is 'The procedure for running a system, each version for ever; the newest counts.';
comment on column register.procedure.duties is 'What manager and operators do and answer for.';

create table register.acknowledgement (
  procedure_id uuid not null references register.procedure,
  person_id uuid not null,
  at timestamptz not null,
  primary key (procedure_id, person_id)
);
revoke update, delete on register.acknowledgement from overt_app;
comment on table register.acknowledgement is 'Who has said that they have read a version of a procedure and will keep to it.';
