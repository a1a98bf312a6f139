-- Letters to households: about a camera before it records, and to ask those who would pay. A batch keeps what it said
-- and how many letters went out in which form; who they went to stands in rows of its own, which are deleted.

create table authorisation.letter_batch (
  id uuid primary key,
  provider text not null,
  deployment_id uuid not null references authorisation.deployment,
  -- 'told': there will be a camera; 'consultation': those who would pay are asked.
  kind text not null check (kind in ('told', 'consultation')),
  -- What the letters say, from the record, as it was when they were made: the same bytes can be printed again.
  facts jsonb not null,
  letters integer not null check (letters between 1 and 200),
  -- Form of a letter and how many; never whose.
  forms jsonb not null,
  made_by uuid not null,
  made_at timestamptz not null,
  sent_on date,
  sent_by uuid,
  -- Null: names and addresses are still kept.
  erased_at timestamptz,
  check ((sent_on is null) = (sent_by is null))
);
create index letter_batch_by_deployment on authorisation.letter_batch (deployment_id, made_at desc);
create index letter_batch_to_erase on authorisation.letter_batch (made_at) where erased_at is null;
comment on table authorisation.letter_batch is 'Letters made for households, one row per printing. Holds nobody''s name.';

create table authorisation.letter (
  batch_id uuid not null references authorisation.letter_batch,
  line integer not null check (line between 1 and 200),
  -- The landlord's own number for the household; null where only an address was given.
  reference text check (length(reference) between 1 and 60),
  name text check (length(name) between 1 and 120),
  address text not null check (length(address) between 1 and 300),
  -- Code of the form, which may show somebody's health.
  form text not null check (length(form) between 1 and 200),
  primary key (batch_id, line)
);
comment on table authorisation.letter is 'Who a letter goes to. Personal, health may show through it: deleted on request and 90 days after the batch was made.';
