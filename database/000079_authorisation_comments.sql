-- What each table of authorisation is for, readable from the catalogue and in schema.sql.

comment on table authorisation.draft is
  'What a person is still typing; becomes a deployment when proposed.';
comment on table authorisation.deployment is
  'One camera at one place under one authorisation. Facts only: whether a gate stands open is computed, never stored.';
comment on table authorisation.deployment_number is
  'Last number given to a deployment, by landlord and year: D-2026-0001.';
comment on table authorisation.dpia is
  'Versions of the data protection impact assessment of a deployment, and what was decided on each. Its author never accepts it.';
comment on table authorisation.approval is
  'Who approved, refused or deferred, in which role and for which version of the proposal.';
comment on table authorisation.agreement is
  'That a resident agreed to a camera in their home, and when they withdrew it, which ends the authority at once.';
comment on table authorisation.checklist_answer is
  'The site checklist: the last answer to each item; every answer is in the ledger.';
comment on table authorisation.installation is
  'Who installed it, and that they say they are qualified to.';
comment on table authorisation.reference_picture is
  'The one still of a commissioning mandate, and whether it shows what was approved and nothing private.';
comment on table authorisation.stop is
  'Stops, by anybody signed in, and who lifted them.';
comment on table authorisation.counter is
  'The highest counter spent for a camera: mandates and withdrawals share it, and a recorder refuses lower ones.';
comment on table authorisation.mandate is
  'Every signed mandate as issued, and how it ended. A camera has at most one that has not ended.';
