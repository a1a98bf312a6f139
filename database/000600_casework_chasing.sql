-- Work that is not done in time is told to somebody above, once; it stays theirs whose it was.
alter table casework.task
  add column escalated_at timestamptz,
  add column escalated_to text[] not null default '{}',
  add constraint task_escalated_to_somebody check ((escalated_at is null) = (cardinality(escalated_to) = 0));
comment on column casework.task.escalated_at is 'When it was told to the roles of escalated_to that this is late; null: in time, or not yet told.';
comment on column casework.task.escalated_to is 'Roles at the provider that see it besides those who are to do it.';
create index task_due on casework.task (due_at) where closed_at is null;
create index task_escalated on casework.task (provider) where closed_at is null and escalated_at is not null;
