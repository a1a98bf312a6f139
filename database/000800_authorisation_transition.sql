-- Cameras that an older system recorded already: a named person allows them to go on for a while, at most 90 days in all,
-- while what they lack under the policy is put right. It is no short cut: no ordinary gate counts as met because of it.
create table authorisation.transition (
  deployment_id uuid primary key references authorisation.deployment,
  camera_id uuid not null references register.camera,
  -- Who took the camera over from the older system. Never the one who decides.
  asked_by uuid not null,
  asked_at timestamptz not null,
  -- Null: nobody has decided yet. The newest decision stands; each one is in the ledger.
  decision text check (decision in ('allowed', 'refused', 'withdrawn')),
  decision_reason text check (length(decision_reason) between 1 and 4000),
  decided_by uuid,
  -- The role in which it was decided: the pack's, or the data protection officer where the pack is silent.
  decided_role text,
  decided_at timestamptz,
  -- First day on which this device was ever allowed to go on this way, under whatever name; null until it is.
  first_day date,
  from_day date,
  -- Last day, whole.
  until_day date,
  -- The camera's aim that was decided on: one that is re-aimed or connected elsewhere is decided on again.
  aim_version integer,
  check ((decision is null) = (decided_by is null)),
  check ((decision is null) = (decided_at is null)),
  check ((decision is null) = (decided_role is null)),
  check ((decision is null) = (decision_reason is null)),
  check (decided_by is distinct from asked_by),
  check (decision is distinct from 'allowed' or (first_day is not null and from_day is not null and until_day is not null and aim_version is not null)),
  check (until_day >= from_day and from_day >= first_day),
  -- The first day and 89 more: never longer, however often it is decided.
  check (until_day - first_day <= 89)
);
create index transition_by_camera on authorisation.transition (camera_id);
comment on table authorisation.transition is
  'Leave for a camera taken over from an older system to go on for at most 90 days in all, by whom and why.';
