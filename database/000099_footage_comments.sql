-- What each table of footage is for, readable from the catalogue and in schema.sql.

comment on table footage.keyring is
  'The keyring under which this installation records. A second row only after somebody accepted that the one before is lost for good.';
comment on table footage.enrolment_token is
  'One-time tokens that enrol a recorder; only their hashes.';
comment on table footage.recorder is
  'The recorders, their identity keys and what they last said. A revoked one gets nothing.';
comment on table footage.camera_state is
  'What a camera did when its recorder last told. What it does now is in memory while the recorder is linked.';
comment on table footage.early_end is
  'A mandates end before its time, and what was recorded after it; settled when the keys of that are destroyed.';
comment on table footage.hold_part is
  'Which records of which reel a hold keeps.';
comment on table footage.viewing_served is
  'What was truly sent to whom, by minute of footage, written before the picture leaves.';
