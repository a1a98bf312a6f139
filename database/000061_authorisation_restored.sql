-- A stop that nobody ordered: the hub found its own records older than what a recorder holds (a restored backup) and
-- stopped the camera until a person says whether it may go on.

alter table authorisation.stop alter column stopped_by drop not null;
comment on column authorisation.stop.stopped_by is 'Null: the hub itself, after a restored backup, see src/authorisation/restored.ts.';
