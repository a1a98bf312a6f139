-- casework: what waits for whom (tasks) and why somebody looks, holds or asks (cases).
create schema casework;

create table casework.task (
  id uuid primary key,
  -- What kind of work it is, a code owned by the room that opens it: 'deployment.approve', 'deployment.remove' …
  kind text not null check (kind ~ '^[a-z][a-z-]*(\.[a-z-]+)+$'),
  provider text not null,
  -- Patch or area of the place it is about: holders whose role reaches elsewhere don't see it. Null: the whole provider.
  area text,
  -- One plain sentence; never a resident's name or an address, since it is shown in lists.
  title text not null check (length(title) between 1 and 300),
  -- Any holder of one of these roles at the provider may do it; empty only when a person is named.
  roles text[] not null default '{}',
  -- Null: any holder of the roles.
  person_id uuid,
  -- Ids only ({"deployment": "…"}), canonical JSON in `key`, so the same work isn't opened twice.
  about jsonb not null,
  key text not null,
  -- Null: no deadline.
  due_at timestamptz,
  -- Clause id in the provider's pack that asks for this; null where law or design asks.
  clause text,
  opened_at timestamptz not null,
  -- Null while it waits.
  closed_at timestamptz,
  -- Null when it closed by itself because its reason went away.
  closed_by uuid,
  check (cardinality(roles) > 0 or person_id is not null),
  check (closed_at is not null or closed_by is null)
);
create unique index task_open_once on casework.task (kind, key) where closed_at is null;
create index task_open_by_provider on casework.task (provider, due_at) where closed_at is null;

create table casework.case_number (
  provider text not null,
  year integer not null check (year between 2000 and 9999),
  last integer not null check (last > 0),
  primary key (provider, year)
);

create table casework."case" (
  id uuid primary key,
  provider text not null,
  -- Ours: C-2026-0001, counted per provider and year.
  reference text not null check (reference ~ '^C-[0-9]{4}-[0-9]{4,}$'),
  -- Theirs (a crime number, a complaint number); null when there is none.
  their_reference text check (length(their_reference) between 1 and 100),
  kind text not null check (kind in ('antisocial-behaviour', 'crime', 'complaint', 'safety', 'request', 'other')),
  title text not null check (length(title) between 1 and 200),
  opened_at timestamptz not null,
  opened_by uuid not null,
  -- Null while open.
  closed_at timestamptz,
  unique (provider, reference)
);
create index case_by_provider on casework."case" (provider, opened_at desc);
