-- Who wrote along: nobody accepts or approves what is their own words, whoever pressed the button first or last.

alter table authorisation.deployment add column revised_by uuid[] not null default '{}';
alter table authorisation.dpia add column writer_ids uuid[] not null default '{}';
update authorisation.dpia set writer_ids = array[author_id];

comment on column authorisation.deployment.revised_by is
  'Everybody who has changed the proposal since it was made; like whoever made it they don''t approve it.';
comment on column authorisation.dpia.writer_ids is
  'Everybody who has saved this version before it was sent, the author included; none of them accepts it.';
