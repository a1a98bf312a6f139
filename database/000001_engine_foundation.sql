-- What every later file leans on: rights by default, the outbox, timers.

comment on schema engine is 'Migrations, outbox and timers. Knows no camera and no person.';
comment on table engine.migration is 'Files of database/ that were applied here, each once and whole.';
comment on column engine.migration.sha256 is 'Of the file as applied. An applied file never changes.';

-- What the owner creates from now on, in whatever schema, the running role may read and change. A file that wants less
-- revokes it (the ledger does). The running role never owns, creates, alters or truncates.
alter default privileges grant usage on schemas to overt_app;
alter default privileges grant select, insert, update, delete on tables to overt_app;
alter default privileges grant usage, select on sequences to overt_app;
grant usage on schema engine to overt_app;
grant select on engine.migration to overt_app;

create table engine.outbox (
  id bigint generated always as identity primary key,
  topic text not null check (topic ~ '^[a-z]+(\.[a-z-]+)*$'),
  key text not null default '' check (length(key) <= 200),
  payload jsonb not null,
  published_at timestamptz not null default now(),
  attempts integer not null default 0 check (attempts >= 0),
  retry_at timestamptz,
  last_error text
);
create index outbox_order on engine.outbox (topic, key, id);
comment on table engine.outbox is
  'What a lower floor tells a higher one: written in the transaction of the change, deleted in the transaction of its handling. At least once; in order of id for each topic and key.';
comment on column engine.outbox.key is 'Messages of one topic and key are handled in order; a failing one holds up only those behind it with the same key.';
comment on column engine.outbox.retry_at is 'Null: never failed. Else the earliest next attempt, in real time (never the demo clock).';
comment on column engine.outbox.last_error is 'Why the last attempt failed, as logged; null: never failed.';

create table engine.timer (
  name text primary key,
  last_at timestamptz not null
);
comment on table engine.timer is 'When periodic work last began, by Overt''s own clock. One row per kind of work; claimed by updating it.';

create table engine.later (
  id bigint generated always as identity primary key,
  job text not null,
  data jsonb not null,
  due_at timestamptz not null
);
create index later_due on engine.later (due_at);
comment on table engine.later is 'Jobs for a later time, by Overt''s own clock; handed to the job queue when due.';
