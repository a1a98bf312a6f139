-- authorisation: from the proposal of a camera to the mandate that a recorder obeys, and to its end. Everything here is a
-- fact that somebody stated or the hub did; whether a gate stands open is computed from these, never stored.
create schema authorisation;

-- What a person is still typing; becomes a deployment when proposed. One per person and provider.
create table authorisation.draft (
  id uuid primary key,
  provider text not null,
  person_id uuid not null,
  -- Field name → what was typed, kept as it was even when it was refused.
  answers jsonb not null,
  -- The deployment that this one would continue, by fresh approval; null: a new one.
  extends_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index draft_by_person on authorisation.draft (person_id, updated_at desc);

-- One camera at one place under one authorisation.
create table authorisation.deployment (
  id uuid primary key,
  -- Ours, for talking about it: D-2026-0001, counted per provider and year.
  reference text not null check (reference ~ '^D-[0-9]{4}-[0-9]{4,}$'),
  provider text not null,
  -- Deployment type code in the pack.
  type text not null,
  -- Version of the pack it was proposed under; it stays under that one.
  policy_version text not null,
  site_id uuid not null references register.site,
  system_id uuid not null references register.system,
  camera_id uuid not null references register.camera,
  -- Codes from the pack's own list.
  purposes text[] not null check (cardinality(purposes) between 1 and 20),
  lawful_basis text not null,
  -- Kind of incident from the pack's list; null: none of them, the reason says it.
  incident text,
  -- Why this camera, in the proposer's words.
  reason text not null check (length(reason) between 1 and 4000),
  -- Less intrusive means tried or weighed.
  alternatives text not null check (length(alternatives) <= 4000),
  -- Home: the resident has no other means of capture. Null where the type doesn't ask.
  no_other_means boolean,
  -- Hours when it is needed, in words; empty: all day.
  schedule text not null default '' check (length(schedule) <= 500),
  equipment text not null default '' check (length(equipment) <= 1000),
  from_day date not null,
  -- Last day, whole; null only where the type has no limit.
  until_day date,
  -- When it is to be taken down, and when somebody asks again whether it is needed; null where the type doesn't ask.
  removal_day date,
  review_day date,
  time_zone text not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  -- Counts changes of the proposal. Approvals and DPIA versions name the one that they were given for.
  version integer not null default 1,
  -- Continues that deployment by fresh approval; null: none.
  extends_id uuid references authorisation.deployment,
  -- Set once, for good. The instant at which authority ended (which may lie before it was noticed).
  ended_at timestamptz,
  ended_cause text check (ended_cause in ('expired', 'withdrawn', 'agreement-withdrawn', 'refused', 'extended')),
  -- Null: by itself.
  ended_by uuid,
  ended_reason text,
  -- When the camera was taken down; null: not yet, or nothing was put up.
  removed_at timestamptz,
  removed_by uuid,
  check (until_day is null or until_day >= from_day),
  check ((ended_at is null) = (ended_cause is null)),
  check ((removed_at is null) = (removed_by is null)),
  unique (provider, reference)
);
create index deployment_by_camera on authorisation.deployment (camera_id);
create index deployment_open on authorisation.deployment (provider) where ended_at is null;
-- A continuation may wait beside the one it continues; otherwise a camera has one open authorisation.
create unique index deployment_one_open on authorisation.deployment (camera_id) where ended_at is null and extends_id is null;

create unique index deployment_one_continuation on authorisation.deployment (extends_id) where ended_at is null and extends_id is not null;

create table authorisation.deployment_number (
  provider text not null,
  year integer not null,
  last integer not null check (last > 0),
  primary key (provider, year)
);

create table authorisation.dpia (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  version integer not null check (version > 0),
  -- The proposal it assesses.
  proposal_version integer not null,
  -- Section code → answer, as typed.
  answers jsonb not null,
  -- The location table as the register stood when it was submitted; null before.
  locations jsonb,
  author_id uuid not null,
  updated_at timestamptz not null,
  -- Null: still a draft.
  submitted_at timestamptz,
  decision text check (decision in ('accepted', 'returned')),
  decision_reason text check (length(decision_reason) <= 4000),
  decided_by uuid,
  decided_at timestamptz,
  -- Day on which its review falls due; null until accepted.
  review_day date,
  unique (deployment_id, version),
  check ((decision is null) = (decided_at is null)),
  check ((decision is null) = (decided_by is null)),
  check (decision is null or submitted_at is not null),
  check (submitted_at is null or locations is not null),
  -- Its author never accepts it.
  check (decided_by is distinct from author_id or decided_by is null)
);

create table authorisation.approval (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  -- The role of the pack in which it was given.
  role text not null,
  proposal_version integer not null,
  decision text not null check (decision in ('approve', 'refuse', 'defer')),
  -- Never null; empty only with 'approve'.
  reason text not null check (length(reason) <= 4000 and (decision = 'approve' or length(reason) > 0)),
  person_id uuid not null,
  decided_at timestamptz not null
);
-- One standing approval for a role, and one person never gives two: what two people deciding at once run into.
create unique index approval_once_per_role on authorisation.approval (deployment_id, proposal_version, role) where decision in ('approve', 'refuse');
create unique index approval_once_per_person on authorisation.approval (deployment_id, proposal_version, person_id) where decision = 'approve';

create table authorisation.agreement (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  -- Who agreed: personal, shown to those who may see the deployment, never in the ledger's leaf.
  resident_name text not null check (length(resident_name) between 1 and 200),
  how text not null check (how in ('in-writing', 'in-person', 'by-phone')),
  told_not_to_tamper boolean not null,
  agreed_on date not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  withdrawn_how text check (withdrawn_how in ('in-writing', 'in-person', 'by-phone')),
  check ((withdrawn_at is null) = (withdrawn_by is null))
);
create unique index agreement_one_standing on authorisation.agreement (deployment_id) where withdrawn_at is null;

-- The site checklist, one row per item of the pack, last answer kept; every answer is in the ledger.
create table authorisation.checklist_answer (
  deployment_id uuid not null references authorisation.deployment,
  item text not null,
  met boolean not null,
  note text not null default '' check (length(note) <= 1000),
  answered_by uuid not null,
  answered_at timestamptz not null,
  primary key (deployment_id, item)
);

-- Who installed it, and that they say they are qualified to; one row per deployment, the last statement.
create table authorisation.installation (
  deployment_id uuid primary key references authorisation.deployment,
  installed_by uuid not null,
  qualified boolean not null,
  stated_at timestamptz not null
);

create table authorisation.reference_picture (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  attachment_id uuid not null references register.attachment,
  reel_id uuid not null,
  -- The aim of the camera that it shows: after a change of address or place it counts no more.
  aim_version integer not null,
  taken_at timestamptz not null,
  -- The installer looked at it: it shows what was approved and nothing private. Null: not yet looked at.
  accepted_by uuid,
  accepted_at timestamptz,
  -- Null: not refused.
  refused_at timestamptz,
  check ((accepted_by is null) = (accepted_at is null)),
  check (accepted_at is null or refused_at is null)
);
create index reference_by_deployment on authorisation.reference_picture (deployment_id, taken_at desc);

-- Stop needs no permission; going on does.
create table authorisation.stop (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  stopped_at timestamptz not null,
  stopped_by uuid not null,
  reason text not null check (length(reason) <= 1000),
  lifted_at timestamptz,
  lifted_by uuid,
  lifted_reason text,
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index stop_one_standing on authorisation.stop (deployment_id) where lifted_at is null;

-- The highest counter spent for a camera: mandates and withdrawals share it, and a recorder refuses lower ones.
create table authorisation.counter (
  camera_id uuid primary key references register.camera,
  last bigint not null check (last > 0)
);

create table authorisation.mandate (
  id uuid primary key,
  deployment_id uuid not null references authorisation.deployment,
  camera_id uuid not null references register.camera,
  recorder_id uuid not null,
  counter bigint not null,
  class text not null check (class in ('ordinary', 'commissioning', 'transitional')),
  from_at timestamptz not null,
  -- End of the lease: never later than the last day whose key it carries.
  until_at timestamptz not null,
  -- End of the authority behind it; null: no limit in the policy.
  authority_until_at timestamptz,
  retention_days integer not null check (retention_days > 0),
  jws text not null,
  certificate text not null,
  issued_at timestamptz not null,
  -- Set once. 'replaced': the next counter took over; else the authority itself ended at this instant.
  ended_at timestamptz,
  ended_cause text check (ended_cause in ('replaced', 'expired', 'withdrawn', 'stopped', 'agreement-withdrawn', 'reference-taken', 'gate-reopened', 'extended')),
  -- Signed word to the recorder that it ended; null for a replaced one.
  withdrawal text,
  withdrawal_counter bigint,
  -- What the recorder stored after ended_at before the news arrived, told by footage; null: not known yet.
  overrun_ms bigint check (overrun_ms >= 0),
  unique (camera_id, counter),
  check (until_at > from_at),
  check ((ended_at is null) = (ended_cause is null))
);
create unique index mandate_one_current on authorisation.mandate (camera_id) where ended_at is null;
create index mandate_by_deployment on authorisation.mandate (deployment_id, issued_at desc);
