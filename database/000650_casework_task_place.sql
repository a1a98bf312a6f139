-- A role's reach may name a patch or a single site as well as an area; the tasks there come to its holder too.
alter table casework.task
  add column place text[] not null default '{}',
  add constraint task_place_few check (cardinality(place) <= 2);
comment on column casework.task.place is 'Where it is about beside its area, as a reach names it: patch:ID and site:ID; empty: nowhere narrower.';
