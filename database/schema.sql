-- The database after every migration, as its catalogue tells it. Made by: node src/engine/schema-dump.ts
-- To be read, not run; changes go into a new file beside this one.

create schema authorisation;

create table authorisation.agreement (
  id uuid not null,
  deployment_id uuid not null,
  resident_name text not null,
  how text not null,
  told_not_to_tamper boolean not null,
  agreed_on date not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  withdrawn_by uuid,
  withdrawn_how text,
  constraint agreement_pkey PRIMARY KEY (id),
  constraint agreement_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint agreement_check CHECK (((withdrawn_at IS NULL) = (withdrawn_by IS NULL))),
  constraint agreement_how_check CHECK ((how = ANY (ARRAY['in-writing'::text, 'in-person'::text, 'by-phone'::text]))),
  constraint agreement_resident_name_check CHECK (((length(resident_name) >= 1) AND (length(resident_name) <= 200))),
  constraint agreement_withdrawn_how_check CHECK ((withdrawn_how = ANY (ARRAY['in-writing'::text, 'in-person'::text, 'by-phone'::text])))
);
comment on table authorisation.agreement is 'That a resident agreed to a camera in their home, and when they withdrew it, which ends the authority at once.';
CREATE UNIQUE INDEX agreement_one_standing ON authorisation.agreement USING btree (deployment_id) WHERE (withdrawn_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.agreement)

create table authorisation.approval (
  id uuid not null,
  deployment_id uuid not null,
  role text not null,
  proposal_version integer not null,
  decision text not null,
  reason text not null,
  person_id uuid not null,
  decided_at timestamp with time zone not null,
  constraint approval_pkey PRIMARY KEY (id),
  constraint approval_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint approval_check CHECK (((length(reason) <= 4000) AND ((decision = 'approve'::text) OR (length(reason) > 0)))),
  constraint approval_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'refuse'::text, 'defer'::text])))
);
comment on table authorisation.approval is 'Who approved, refused or deferred, in which role and for which version of the proposal.';
CREATE UNIQUE INDEX approval_once_per_person ON authorisation.approval USING btree (deployment_id, proposal_version, person_id) WHERE (decision = 'approve'::text);
CREATE UNIQUE INDEX approval_once_per_role ON authorisation.approval USING btree (deployment_id, proposal_version, role) WHERE (decision = ANY (ARRAY['approve'::text, 'refuse'::text]));
-- overt_app may: delete, insert, select, update (authorisation.approval)

create table authorisation.checklist_answer (
  deployment_id uuid not null,
  item text not null,
  met boolean not null,
  note text not null default ''::text,
  answered_by uuid not null,
  answered_at timestamp with time zone not null,
  constraint checklist_answer_pkey PRIMARY KEY (deployment_id, item),
  constraint checklist_answer_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint checklist_answer_note_check CHECK ((length(note) <= 1000))
);
comment on table authorisation.checklist_answer is 'The site checklist: the last answer to each item; every answer is in the ledger.';
-- overt_app may: delete, insert, select, update (authorisation.checklist_answer)

create table authorisation.counter (
  camera_id uuid not null,
  last bigint not null,
  constraint counter_pkey PRIMARY KEY (camera_id),
  constraint counter_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint counter_last_check CHECK ((last > 0))
);
comment on table authorisation.counter is 'The highest counter spent for a camera: mandates and withdrawals share it, and a recorder refuses lower ones.';
-- overt_app may: delete, insert, select, update (authorisation.counter)

create table authorisation.deployment (
  id uuid not null,
  reference text not null,
  provider text not null,
  type text not null,
  policy_version text not null,
  site_id uuid not null,
  system_id uuid not null,
  camera_id uuid not null,
  purposes text[] not null,
  lawful_basis text not null,
  incident text,
  reason text not null,
  alternatives text not null,
  no_other_means boolean,
  schedule text not null default ''::text,
  equipment text not null default ''::text,
  from_day date not null,
  until_day date,
  removal_day date,
  review_day date,
  time_zone text not null,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  version integer not null default 1,
  extends_id uuid,
  ended_at timestamp with time zone,
  ended_cause text,
  ended_by uuid,
  ended_reason text,
  removed_at timestamp with time zone,
  removed_by uuid,
  constraint deployment_pkey PRIMARY KEY (id),
  constraint deployment_provider_reference_key UNIQUE (provider, reference),
  constraint deployment_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint deployment_extends_id_fkey FOREIGN KEY (extends_id) REFERENCES authorisation.deployment(id),
  constraint deployment_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint deployment_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint deployment_alternatives_check CHECK ((length(alternatives) <= 4000)),
  constraint deployment_check CHECK (((until_day IS NULL) OR (until_day >= from_day))),
  constraint deployment_check1 CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint deployment_check2 CHECK (((removed_at IS NULL) = (removed_by IS NULL))),
  constraint deployment_ended_cause_check CHECK ((ended_cause = ANY (ARRAY['expired'::text, 'withdrawn'::text, 'agreement-withdrawn'::text, 'refused'::text, 'extended'::text]))),
  constraint deployment_equipment_check CHECK ((length(equipment) <= 1000)),
  constraint deployment_purposes_check CHECK (((cardinality(purposes) >= 1) AND (cardinality(purposes) <= 20))),
  constraint deployment_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 4000))),
  constraint deployment_reference_check CHECK ((reference ~ '^D-[0-9]{4}-[0-9]{4,}$'::text)),
  constraint deployment_schedule_check CHECK ((length(schedule) <= 500))
);
comment on table authorisation.deployment is 'One camera at one place under one authorisation. Facts only: whether a gate stands open is computed, never stored.';
CREATE INDEX deployment_by_camera ON authorisation.deployment USING btree (camera_id);
CREATE INDEX deployment_open ON authorisation.deployment USING btree (provider) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX deployment_one_continuation ON authorisation.deployment USING btree (extends_id) WHERE ((ended_at IS NULL) AND (extends_id IS NOT NULL));
CREATE UNIQUE INDEX deployment_one_open ON authorisation.deployment USING btree (camera_id) WHERE ((ended_at IS NULL) AND (extends_id IS NULL));
-- overt_app may: delete, insert, select, update (authorisation.deployment)

create table authorisation.deployment_number (
  provider text not null,
  year integer not null,
  last integer not null,
  constraint deployment_number_pkey PRIMARY KEY (provider, year),
  constraint deployment_number_last_check CHECK ((last > 0))
);
comment on table authorisation.deployment_number is 'Last number given to a deployment, by landlord and year: D-2026-0001.';
-- overt_app may: delete, insert, select, update (authorisation.deployment_number)

create table authorisation.dpia (
  id uuid not null,
  deployment_id uuid not null,
  version integer not null,
  proposal_version integer not null,
  answers jsonb not null,
  locations jsonb,
  author_id uuid not null,
  updated_at timestamp with time zone not null,
  submitted_at timestamp with time zone,
  decision text,
  decision_reason text,
  decided_by uuid,
  decided_at timestamp with time zone,
  review_day date,
  constraint dpia_pkey PRIMARY KEY (id),
  constraint dpia_deployment_id_version_key UNIQUE (deployment_id, version),
  constraint dpia_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint dpia_check CHECK (((decision IS NULL) = (decided_at IS NULL))),
  constraint dpia_check1 CHECK (((decision IS NULL) = (decided_by IS NULL))),
  constraint dpia_check2 CHECK (((decision IS NULL) OR (submitted_at IS NOT NULL))),
  constraint dpia_check3 CHECK (((submitted_at IS NULL) OR (locations IS NOT NULL))),
  constraint dpia_check4 CHECK (((decided_by IS DISTINCT FROM author_id) OR (decided_by IS NULL))),
  constraint dpia_decision_check CHECK ((decision = ANY (ARRAY['accepted'::text, 'returned'::text]))),
  constraint dpia_decision_reason_check CHECK ((length(decision_reason) <= 4000)),
  constraint dpia_version_check CHECK ((version > 0))
);
comment on table authorisation.dpia is 'Versions of the data protection impact assessment of a deployment, and what was decided on each. Its author never accepts it.';
-- overt_app may: delete, insert, select, update (authorisation.dpia)

create table authorisation.draft (
  id uuid not null,
  provider text not null,
  person_id uuid not null,
  answers jsonb not null,
  extends_id uuid,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint draft_pkey PRIMARY KEY (id)
);
comment on table authorisation.draft is 'What a person is still typing; becomes a deployment when proposed.';
CREATE INDEX draft_by_person ON authorisation.draft USING btree (person_id, updated_at DESC);
-- overt_app may: delete, insert, select, update (authorisation.draft)

create table authorisation.installation (
  deployment_id uuid not null,
  installed_by uuid not null,
  qualified boolean not null,
  stated_at timestamp with time zone not null,
  constraint installation_pkey PRIMARY KEY (deployment_id),
  constraint installation_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id)
);
comment on table authorisation.installation is 'Who installed it, and that they say they are qualified to.';
-- overt_app may: delete, insert, select, update (authorisation.installation)

create table authorisation.mandate (
  id uuid not null,
  deployment_id uuid not null,
  camera_id uuid not null,
  recorder_id uuid not null,
  counter bigint not null,
  class text not null,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  authority_until_at timestamp with time zone,
  retention_days integer not null,
  jws text not null,
  certificate text not null,
  issued_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_cause text,
  withdrawal text,
  withdrawal_counter bigint,
  overrun_ms bigint,
  constraint mandate_pkey PRIMARY KEY (id),
  constraint mandate_camera_id_counter_key UNIQUE (camera_id, counter),
  constraint mandate_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint mandate_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint mandate_check CHECK ((until_at > from_at)),
  constraint mandate_check1 CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint mandate_class_check CHECK ((class = ANY (ARRAY['ordinary'::text, 'commissioning'::text, 'transitional'::text]))),
  constraint mandate_ended_cause_check CHECK ((ended_cause = ANY (ARRAY['replaced'::text, 'expired'::text, 'withdrawn'::text, 'stopped'::text, 'agreement-withdrawn'::text, 'reference-taken'::text, 'gate-reopened'::text, 'extended'::text]))),
  constraint mandate_overrun_ms_check CHECK ((overrun_ms >= 0)),
  constraint mandate_retention_days_check CHECK ((retention_days > 0))
);
comment on table authorisation.mandate is 'Every signed mandate as issued, and how it ended. A camera has at most one that has not ended.';
CREATE INDEX mandate_by_deployment ON authorisation.mandate USING btree (deployment_id, issued_at DESC);
CREATE UNIQUE INDEX mandate_one_current ON authorisation.mandate USING btree (camera_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.mandate)

create table authorisation.reference_picture (
  id uuid not null,
  deployment_id uuid not null,
  attachment_id uuid not null,
  reel_id uuid not null,
  aim_version integer not null,
  taken_at timestamp with time zone not null,
  accepted_by uuid,
  accepted_at timestamp with time zone,
  refused_at timestamp with time zone,
  constraint reference_picture_pkey PRIMARY KEY (id),
  constraint reference_picture_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES register.attachment(id),
  constraint reference_picture_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint reference_picture_check CHECK (((accepted_by IS NULL) = (accepted_at IS NULL))),
  constraint reference_picture_check1 CHECK (((accepted_at IS NULL) OR (refused_at IS NULL)))
);
comment on table authorisation.reference_picture is 'The one still of a commissioning mandate, and whether it shows what was approved and nothing private.';
CREATE INDEX reference_by_deployment ON authorisation.reference_picture USING btree (deployment_id, taken_at DESC);
-- overt_app may: delete, insert, select, update (authorisation.reference_picture)

create table authorisation.restored_log (
  origin text not null,
  noted_at timestamp with time zone not null,
  constraint restored_log_pkey PRIMARY KEY (origin)
);
comment on table authorisation.restored_log is 'Logs of the ledger that opened by saying what a restore lost, and for which every camera was made unsure: once each.';
-- overt_app may: delete, insert, select, update (authorisation.restored_log)

create table authorisation.stop (
  id uuid not null,
  deployment_id uuid not null,
  stopped_at timestamp with time zone not null,
  stopped_by uuid,
  reason text not null,
  lifted_at timestamp with time zone,
  lifted_by uuid,
  lifted_reason text,
  constraint stop_pkey PRIMARY KEY (id),
  constraint stop_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint stop_check CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
  constraint stop_reason_check CHECK ((length(reason) <= 1000))
);
comment on table authorisation.stop is 'Stops, by anybody signed in, and who lifted them.';
comment on column authorisation.stop.stopped_by is 'Null: the hub itself, after a restored backup, see src/authorisation/restored.ts.';
CREATE UNIQUE INDEX stop_one_standing ON authorisation.stop USING btree (deployment_id) WHERE (lifted_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.stop)

create table authorisation.unsure (
  camera_id uuid not null,
  since timestamp with time zone not null,
  known bigint not null,
  recorder_id uuid,
  constraint unsure_pkey PRIMARY KEY (camera_id),
  constraint unsure_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint unsure_known_check CHECK ((known >= 0))
);
comment on table authorisation.unsure is 'Cameras whose recorder has yet to say what it holds, after a restored backup. While a row stands no mandate is signed or told.';
-- overt_app may: delete, insert, select, update (authorisation.unsure)

create schema casework;

create table casework.case (
  id uuid not null,
  provider text not null,
  reference text not null,
  their_reference text,
  kind text not null,
  title text not null,
  opened_at timestamp with time zone not null,
  opened_by uuid not null,
  closed_at timestamp with time zone,
  constraint case_pkey PRIMARY KEY (id),
  constraint case_provider_reference_key UNIQUE (provider, reference),
  constraint case_kind_check CHECK ((kind = ANY (ARRAY['antisocial-behaviour'::text, 'crime'::text, 'complaint'::text, 'safety'::text, 'request'::text, 'other'::text]))),
  constraint case_reference_check CHECK ((reference ~ '^C-[0-9]{4}-[0-9]{4,}$'::text)),
  constraint case_their_reference_check CHECK (((length(their_reference) >= 1) AND (length(their_reference) <= 100))),
  constraint case_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
comment on table casework.case is 'Why somebody looks, holds or asks: our reference and theirs.';
CREATE INDEX case_by_provider ON casework."case" USING btree (provider, opened_at DESC);
-- overt_app may: delete, insert, select, update (casework.case)

create table casework.case_number (
  provider text not null,
  year integer not null,
  last integer not null,
  constraint case_number_pkey PRIMARY KEY (provider, year),
  constraint case_number_last_check CHECK ((last > 0)),
  constraint case_number_year_check CHECK (((year >= 2000) AND (year <= 9999)))
);
comment on table casework.case_number is 'Last number given to a case, by landlord and year: C-2026-0001.';
-- overt_app may: delete, insert, select, update (casework.case_number)

create table casework.task (
  id uuid not null,
  kind text not null,
  provider text not null,
  area text,
  title text not null,
  roles text[] not null default '{}'::text[],
  person_id uuid,
  about jsonb not null,
  key text not null,
  due_at timestamp with time zone,
  clause text,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  closed_by uuid,
  constraint task_pkey PRIMARY KEY (id),
  constraint task_check CHECK (((cardinality(roles) > 0) OR (person_id IS NOT NULL))),
  constraint task_check1 CHECK (((closed_at IS NOT NULL) OR (closed_by IS NULL))),
  constraint task_kind_check CHECK ((kind ~ '^[a-z][a-z-]*(\.[a-z-]+)+$'::text)),
  constraint task_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300)))
);
comment on table casework.task is 'What waits for somebody. Closed when done, or by itself when its reason went away; never deleted.';
CREATE INDEX task_open_by_provider ON casework.task USING btree (provider, due_at) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX task_open_once ON casework.task USING btree (kind, key) WHERE (closed_at IS NULL);
-- overt_app may: delete, insert, select, update (casework.task)

create schema engine;
comment on schema engine is 'Migrations, outbox and timers. Knows no camera and no person.';

create table engine.later (
  id bigint not null generated always as identity,
  job text not null,
  data jsonb not null,
  due_at timestamp with time zone not null,
  constraint later_pkey PRIMARY KEY (id)
);
comment on table engine.later is 'Jobs for a later time, by Overt''s own clock; handed to the job queue when due.';
CREATE INDEX later_due ON engine.later USING btree (due_at);
-- overt_app may: delete, insert, select, update (engine.later)

create table engine.migration (
  number integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);
comment on table engine.migration is 'Files of database/ that were applied here, each once and whole.';
comment on column engine.migration.sha256 is 'Of the file as applied. An applied file never changes.';
-- overt_app may: select (engine.migration)

create table engine.outbox (
  id bigint not null generated always as identity,
  topic text not null,
  key text not null default ''::text,
  payload jsonb not null,
  published_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  retry_at timestamp with time zone,
  last_error text,
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_attempts_check CHECK ((attempts >= 0)),
  constraint outbox_key_check CHECK ((length(key) <= 200)),
  constraint outbox_topic_check CHECK ((topic ~ '^[a-z]+(\.[a-z-]+)*$'::text))
);
comment on table engine.outbox is 'What a lower floor tells a higher one: written in the transaction of the change, deleted in the transaction of its handling. At least once; in order of id for each topic and key.';
comment on column engine.outbox.key is 'Messages of one topic and key are handled in order; a failing one holds up only those behind it with the same key.';
comment on column engine.outbox.retry_at is 'Null: never failed. Else the earliest next attempt, in real time (never the demo clock).';
comment on column engine.outbox.last_error is 'Why the last attempt failed, as logged; null: never failed.';
CREATE INDEX outbox_order ON engine.outbox USING btree (topic, key, id);
-- overt_app may: delete, insert, select, update (engine.outbox)

create table engine.timer (
  name text not null,
  last_at timestamp with time zone not null,
  constraint timer_pkey PRIMARY KEY (name)
);
comment on table engine.timer is 'When periodic work last began, by Overt''s own clock. One row per kind of work; claimed by updating it.';
-- overt_app may: delete, insert, select, update (engine.timer)

create schema evidence;

create table evidence.disclosure (
  id uuid not null,
  exhibit_id uuid not null,
  provider text not null,
  recipient_kind text not null,
  recipient_name text not null,
  basis text not null,
  necessity text not null,
  policy text not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  state text not null,
  words text,
  statement_sha256 bytea,
  zip_sha256 bytea,
  zip_bytes bigint,
  expires_at timestamp with time zone,
  seen_at timestamp with time zone,
  seen_by uuid,
  ledger_entry uuid not null,
  constraint disclosure_pkey PRIMARY KEY (id),
  constraint disclosure_exhibit_id_fkey FOREIGN KEY (exhibit_id) REFERENCES evidence.exhibit(id),
  constraint disclosure_check CHECK (((state = ANY (ARRAY['ready'::text, 'removed'::text])) = ((zip_sha256 IS NOT NULL) AND (zip_bytes IS NOT NULL) AND (expires_at IS NOT NULL)))),
  constraint disclosure_check1 CHECK (((seen_at IS NULL) = (seen_by IS NULL))),
  constraint disclosure_necessity_check CHECK ((length(necessity) <= 2000)),
  constraint disclosure_recipient_name_check CHECK (((length(recipient_name) >= 1) AND (length(recipient_name) <= 200))),
  constraint disclosure_state_check CHECK ((state = ANY (ARRAY['making'::text, 'ready'::text, 'failed'::text, 'removed'::text]))),
  constraint disclosure_statement_sha256_check CHECK ((octet_length(statement_sha256) = 32)),
  constraint disclosure_zip_bytes_check CHECK ((zip_bytes > 0)),
  constraint disclosure_zip_sha256_check CHECK ((octet_length(zip_sha256) = 32))
);
comment on table evidence.disclosure is 'A hand-over of an exhibit to a named recipient on a stated basis, and the pack made for it.';
CREATE INDEX disclosure_exhibit_id_made_at_idx ON evidence.disclosure USING btree (exhibit_id, made_at DESC);
CREATE INDEX disclosure_expires_at_idx ON evidence.disclosure USING btree (expires_at) WHERE (state = 'ready'::text);
CREATE INDEX disclosure_provider_made_at_idx ON evidence.disclosure USING btree (provider, made_at DESC);
-- overt_app may: delete, insert, select, update (evidence.disclosure)

create table evidence.exhibit (
  id uuid not null,
  provider text not null,
  area text,
  reference text not null,
  camera_id uuid not null,
  deployment_type text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  purpose text not null,
  description text not null,
  case_id uuid,
  case_reference text,
  hold_id uuid not null,
  hold_ends_at timestamp with time zone not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  derived_from uuid,
  ledger_entry uuid not null,
  constraint exhibit_pkey PRIMARY KEY (id),
  constraint exhibit_provider_reference_key UNIQUE (provider, reference),
  constraint exhibit_derived_from_fkey FOREIGN KEY (derived_from) REFERENCES evidence.exhibit(id),
  constraint exhibit_check CHECK ((to_at > from_at)),
  constraint exhibit_check1 CHECK (((case_id IS NULL) = (case_reference IS NULL))),
  constraint exhibit_description_check CHECK ((length(description) <= 2000)),
  constraint exhibit_reference_check CHECK ((reference ~ '^[A-Z]{2,4}/[1-9][0-9]{0,5}$'::text))
);
comment on table evidence.exhibit is 'A span of one camera preserved as evidence, with its reference and the hold that keeps it.';
CREATE INDEX exhibit_camera_id_from_at_idx ON evidence.exhibit USING btree (camera_id, from_at);
CREATE INDEX exhibit_case_id_idx ON evidence.exhibit USING btree (case_id) WHERE (case_id IS NOT NULL);
CREATE INDEX exhibit_provider_made_at_idx ON evidence.exhibit USING btree (provider, made_at DESC);
-- overt_app may: delete, insert, select, update (evidence.exhibit)

create table evidence.initials (
  provider text not null,
  person_id uuid not null,
  initials text not null,
  last integer not null default 0,
  constraint initials_pkey PRIMARY KEY (provider, person_id),
  constraint initials_provider_initials_key UNIQUE (provider, initials),
  constraint initials_initials_check CHECK ((initials ~ '^[A-Z]{2,4}$'::text)),
  constraint initials_last_check CHECK ((last >= 0)),
  constraint initials_provider_check CHECK ((provider ~ '^[a-z0-9-]{1,64}$'::text))
);
comment on table evidence.initials is 'Initials under which a person numbers exhibits at one landlord; nobody else there has the same.';
-- overt_app may: delete, insert, select, update (evidence.initials)

create table evidence.look (
  id uuid not null,
  exhibit_id uuid not null,
  person_id uuid not null,
  opened_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ledger_entry uuid not null,
  constraint look_pkey PRIMARY KEY (id),
  constraint look_exhibit_id_fkey FOREIGN KEY (exhibit_id) REFERENCES evidence.exhibit(id),
  constraint look_check CHECK ((expires_at > opened_at))
);
comment on table evidence.look is 'Who watched an exhibit, and until when they may. The reason is in the ledger.';
CREATE INDEX look_exhibit_id_opened_at_idx ON evidence.look USING btree (exhibit_id, opened_at DESC);
-- overt_app may: delete, insert, select, update (evidence.look)

create schema footage;
comment on schema footage is 'Recorders, reels, gaps, viewings, holds and expiry. No key of any kind: those are in the keyring, outside database and backups.';

create table footage.camera_state (
  camera_id uuid not null,
  recorder_id uuid not null,
  code text not null,
  since_at timestamp with time zone not null,
  last_frame_at timestamp with time zone,
  mandate_id uuid,
  told_at timestamp with time zone not null,
  constraint camera_state_pkey PRIMARY KEY (camera_id),
  constraint camera_state_recorder_id_fkey FOREIGN KEY (recorder_id) REFERENCES footage.recorder(id),
  constraint camera_state_code_check CHECK (((length(code) >= 1) AND (length(code) <= 60)))
);
comment on table footage.camera_state is 'What a camera did when its recorder last told. What it does now is in memory while the recorder is linked.';
-- overt_app may: delete, insert, select, update (footage.camera_state)

create table footage.early_end (
  mandate_id uuid not null,
  camera_id uuid not null,
  recorder_id uuid not null,
  ended_at timestamp with time zone not null,
  cause text not null,
  acknowledged_at timestamp with time zone,
  overrun_ms bigint,
  fragments_destroyed integer,
  settled_at timestamp with time zone,
  constraint early_end_pkey PRIMARY KEY (mandate_id),
  constraint early_end_check CHECK (((settled_at IS NULL) = (overrun_ms IS NULL))),
  constraint early_end_fragments_destroyed_check CHECK ((fragments_destroyed >= 0)),
  constraint early_end_overrun_ms_check CHECK ((overrun_ms >= 0))
);
comment on table footage.early_end is 'A mandates end before its time, and what was recorded after it; settled when the keys of that are destroyed.';
CREATE INDEX early_end_open ON footage.early_end USING btree (camera_id) WHERE (settled_at IS NULL);
-- overt_app may: delete, insert, select, update (footage.early_end)

create table footage.enrolment_token (
  id uuid not null,
  token_hash bytea not null,
  name text not null,
  made_by uuid,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  recorder_id uuid,
  providers text[] not null default '{}'::text[],
  constraint enrolment_token_pkey PRIMARY KEY (id),
  constraint enrolment_token_token_hash_key UNIQUE (token_hash),
  constraint enrolment_token_check CHECK ((expires_at > made_at)),
  constraint enrolment_token_check1 CHECK (((used_at IS NULL) = (recorder_id IS NULL))),
  constraint enrolment_token_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint enrolment_token_token_hash_check CHECK ((octet_length(token_hash) = 32))
);
comment on table footage.enrolment_token is 'One-time tokens that enrol a recorder; only their hashes.';
-- overt_app may: delete, insert, select, update (footage.enrolment_token)

create table footage.expiry (
  key_group text not null,
  gone_by date not null,
  time_zone text not null,
  gone_by_at timestamp with time zone not null,
  destroyed_at timestamp with time zone not null,
  camera_days integer not null,
  agreed_by uuid,
  agreed_recorder uuid,
  constraint expiry_pkey PRIMARY KEY (key_group),
  constraint expiry_agreed_recorder_fkey FOREIGN KEY (agreed_recorder) REFERENCES footage.recorder(id),
  constraint expiry_camera_days_check CHECK ((camera_days >= 0)),
  constraint expiry_check CHECK (((agreed_by IS NULL) = (agreed_recorder IS NULL)))
);
comment on table footage.expiry is 'What retention destroyed, and when. What was promised is measured against this.';
-- overt_app may: delete, insert, select, update (footage.expiry)

create table footage.gap (
  camera_id uuid not null,
  recorder_id uuid not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone,
  cause text not null,
  constraint gap_pkey PRIMARY KEY (camera_id, from_at, cause),
  constraint gap_recorder_id_fkey FOREIGN KEY (recorder_id) REFERENCES footage.recorder(id),
  constraint gap_cause_check CHECK ((cause = ANY (ARRAY['camera-silent'::text, 'connection-lost'::text, 'packets-lost'::text, 'writer-behind'::text, 'disk-full'::text, 'no-mandate'::text, 'recorder-stopped'::text, 'clock-stepped'::text, 'unknown'::text]))),
  constraint gap_check CHECK (((to_at IS NULL) OR (to_at >= from_at)))
);
comment on table footage.gap is 'Times without picture, each with its cause, as the recorder told them.';
CREATE INDEX gap_by_time ON footage.gap USING btree (camera_id, to_at);
-- overt_app may: delete, insert, select, update (footage.gap)

create table footage.hold (
  id uuid not null,
  provider text not null,
  camera_id uuid not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  owner_id uuid not null,
  reason text not null,
  case_id uuid,
  made_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_cause text,
  ended_by uuid,
  fragments integer not null,
  bytes bigint not null,
  constraint hold_pkey PRIMARY KEY (id),
  constraint hold_bytes_check CHECK ((bytes >= 0)),
  constraint hold_check CHECK ((to_at > from_at)),
  constraint hold_check1 CHECK ((ends_at > made_at)),
  constraint hold_check2 CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint hold_ended_cause_check CHECK ((ended_cause = ANY (ARRAY['released'::text, 'end-reached'::text, 'keys-gone'::text]))),
  constraint hold_fragments_check CHECK ((fragments > 0)),
  constraint hold_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000)))
);
comment on table footage.hold is 'A stop on deletion with an owner, a reason and an end.';
CREATE INDEX hold_standing ON footage.hold USING btree (camera_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (footage.hold)

create table footage.hold_part (
  hold_id uuid not null,
  reel_id uuid not null,
  from_sequence integer not null,
  to_sequence integer not null,
  constraint hold_part_pkey PRIMARY KEY (hold_id, reel_id, from_sequence),
  constraint hold_part_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES footage.hold(id),
  constraint hold_part_reel_id_fkey FOREIGN KEY (reel_id) REFERENCES footage.reel(id),
  constraint hold_part_check CHECK ((to_sequence >= from_sequence)),
  constraint hold_part_from_sequence_check CHECK ((from_sequence >= 0))
);
comment on table footage.hold_part is 'Which records of which reel a hold keeps.';
CREATE INDEX hold_part_by_reel ON footage.hold_part USING btree (reel_id);
-- overt_app may: delete, insert, select, update (footage.hold_part)

create table footage.keyring (
  id uuid not null,
  first_opened_at timestamp with time zone not null,
  last_opened_at timestamp with time zone not null,
  constraint keyring_pkey PRIMARY KEY (id)
);
comment on table footage.keyring is 'The keyring under which this installation records. A second row only after somebody accepted that the one before is lost for good.';
-- overt_app may: delete, insert, select, update (footage.keyring)

create table footage.recorder (
  id uuid not null,
  name text not null,
  public_key bytea not null,
  enrolled_at timestamp with time zone not null,
  enrolled_by uuid,
  revoked_at timestamp with time zone,
  revoked_by uuid,
  heard_at timestamp with time zone,
  status jsonb,
  clock_difference_ms bigint,
  providers text[] not null default '{}'::text[],
  constraint recorder_pkey PRIMARY KEY (id),
  constraint recorder_public_key_key UNIQUE (public_key),
  constraint recorder_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint recorder_public_key_check CHECK ((octet_length(public_key) = 32))
);
comment on table footage.recorder is 'The recorders, their identity keys and what they last said. A revoked one gets nothing.';
-- overt_app may: delete, insert, select, update (footage.recorder)

create table footage.reel (
  id uuid not null,
  recorder_id uuid not null,
  camera_id uuid not null,
  mandate_id uuid not null,
  day date not null,
  time_zone text not null,
  kid text not null,
  head jsonb not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  first_at timestamp with time zone,
  last_at timestamp with time zone,
  records integer,
  bytes bigint,
  chain_head bytea,
  ledger_entry text,
  gone_by_at timestamp with time zone not null,
  keys_destroyed_at timestamp with time zone,
  deleted_clause text,
  deleted_cause text,
  unlink_ordered_at timestamp with time zone,
  unlinked_at timestamp with time zone,
  missing_at timestamp with time zone,
  constraint reel_pkey PRIMARY KEY (id),
  constraint reel_recorder_id_fkey FOREIGN KEY (recorder_id) REFERENCES footage.recorder(id),
  constraint reel_bytes_check CHECK ((bytes >= 0)),
  constraint reel_chain_head_check CHECK ((octet_length(chain_head) = 32)),
  constraint reel_check CHECK (((closed_at IS NULL) = (chain_head IS NULL))),
  constraint reel_check1 CHECK (((keys_destroyed_at IS NULL) = (deleted_cause IS NULL))),
  constraint reel_check2 CHECK (((first_at IS NULL) OR (last_at >= first_at))),
  constraint reel_deleted_cause_check CHECK ((deleted_cause = ANY (ARRAY['retention'::text, 'overrun'::text, 'keyring-lost'::text]))),
  constraint reel_kid_check CHECK ((kid ~ '^[A-Za-z0-9_-]{22}$'::text)),
  constraint reel_records_check CHECK ((records >= 0))
);
comment on table footage.reel is 'One row for each sealed file; the row stays when file and keys are gone.';
CREATE INDEX reel_by_camera ON footage.reel USING btree (camera_id, opened_at);
CREATE INDEX reel_by_kid ON footage.reel USING btree (kid);
CREATE INDEX reel_open ON footage.reel USING btree (recorder_id) WHERE (closed_at IS NULL);
CREATE INDEX reel_to_unlink ON footage.reel USING btree (recorder_id) WHERE ((keys_destroyed_at IS NOT NULL) AND (unlinked_at IS NULL));
-- overt_app may: delete, insert, select, update (footage.reel)

create table footage.viewing (
  id uuid not null,
  kind text not null,
  person_id uuid not null,
  provider text not null,
  camera_ids uuid[] not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  purpose text not null,
  reason text not null,
  case_id uuid,
  opened_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ledger_entry text not null,
  constraint viewing_pkey PRIMARY KEY (id),
  constraint viewing_camera_ids_check CHECK (((cardinality(camera_ids) >= 1) AND (cardinality(camera_ids) <= 16))),
  constraint viewing_check CHECK ((to_at > from_at)),
  constraint viewing_check1 CHECK (((expires_at > opened_at) AND (expires_at <= (opened_at + '12:00:00'::interval)))),
  constraint viewing_kind_check CHECK ((kind = ANY (ARRAY['recorded'::text, 'live'::text]))),
  constraint viewing_reason_check CHECK ((length(reason) <= 2000))
);
comment on table footage.viewing is 'Who may look at what until when, and why. Written after its ledger entry, before the first frame.';
CREATE INDEX viewing_by_camera ON footage.viewing USING gin (camera_ids);
CREATE INDEX viewing_by_person ON footage.viewing USING btree (person_id, opened_at DESC);
-- overt_app may: delete, insert, select, update (footage.viewing)

create table footage.viewing_served (
  viewing_id uuid not null,
  camera_id uuid not null,
  minute_at timestamp with time zone not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint viewing_served_pkey PRIMARY KEY (viewing_id, camera_id, minute_at),
  constraint viewing_served_viewing_id_fkey FOREIGN KEY (viewing_id) REFERENCES footage.viewing(id),
  constraint viewing_served_check CHECK ((to_at >= from_at))
);
comment on table footage.viewing_served is 'What was truly sent to whom, by minute of footage, written before the picture leaves.';
CREATE INDEX viewing_served_untold ON footage.viewing_served USING btree (viewing_id) WHERE (told_at IS NULL);
-- overt_app may: delete, insert, select, update (footage.viewing_served)

create schema ledger;
comment on schema ledger is 'Tamper-evident log of what was done. Leaves never change; personal details lie beside it and can be erased.';

create table ledger.checkpoint (
  log_id integer not null,
  size bigint not null,
  note text not null,
  signed_at timestamp with time zone not null,
  constraint checkpoint_pkey PRIMARY KEY (log_id, size),
  constraint checkpoint_log_id_fkey FOREIGN KEY (log_id) REFERENCES ledger.log(id),
  constraint checkpoint_size_check CHECK ((size >= 1))
);
comment on table ledger.checkpoint is 'Every signed checkpoint (C2SP tlog-checkpoint). signed_at is by Overt''s clock.';
-- overt_app may: select (ledger.checkpoint)

create table ledger.entry (
  number bigint not null,
  log_id integer not null,
  index bigint not null,
  leaf text not null,
  id uuid not null generated always as ((((leaf)::jsonb ->> 'id'::text))::uuid) stored,
  kind text not null generated always as (((leaf)::jsonb ->> 'kind'::text)) stored,
  at_ms bigint not null generated always as ((((leaf)::jsonb ->> 'at'::text))::bigint) stored,
  actor text generated always as (((leaf)::jsonb ->> 'actor'::text)) stored,
  provider text generated always as (((leaf)::jsonb ->> 'provider'::text)) stored,
  constraint entry_pkey PRIMARY KEY (number),
  constraint entry_id_key UNIQUE (id),
  constraint entry_log_id_index_key UNIQUE (log_id, index),
  constraint entry_log_id_fkey FOREIGN KEY (log_id) REFERENCES ledger.log(id),
  constraint entry_index_check CHECK ((index >= 0)),
  constraint entry_leaf_check CHECK ((octet_length(leaf) <= 65535))
);
comment on table ledger.entry is 'The leaves. The UTF-8 of leaf is what is hashed.';
comment on column ledger.entry.number is 'Counts through all logs: first_number of the log + index.';
comment on column ledger.entry.actor is 'Person id (a pseudonym); null: done by Overt itself.';
comment on column ledger.entry.provider is 'Slug of the landlord; null: concerns the installation.';
CREATE INDEX entry_at ON ledger.entry USING btree (at_ms);
CREATE INDEX entry_kind ON ledger.entry USING btree (kind, number);
-- overt_app may: select (ledger.entry)

create table ledger.log (
  id integer not null generated always as identity,
  origin text not null,
  year integer not null,
  part integer not null default 1,
  public_key bytea not null,
  first_number bigint not null,
  size bigint not null default 0,
  root bytea not null,
  opened_at timestamp with time zone not null,
  constraint log_pkey PRIMARY KEY (id),
  constraint log_origin_key UNIQUE (origin),
  constraint log_year_part_key UNIQUE (year, part),
  constraint log_origin_check CHECK ((origin ~ '^overt(-demo)?/[0-9a-f-]{36}/[0-9]{4}(\.[0-9]+)?$'::text)),
  constraint log_part_check CHECK ((part >= 1)),
  constraint log_public_key_check CHECK ((length(public_key) = 32)),
  constraint log_root_check CHECK ((length(root) = 32)),
  constraint log_size_check CHECK ((size >= 0))
);
comment on table ledger.log is 'One log per UTC year by Overt''s clock; a further part of a year only after a restored backup. The newest is the open one.';
comment on column ledger.log.origin is 'Name in every checkpoint. A home born as demo carries it in the name for ever.';
comment on column ledger.log.first_number is 'Number, over all logs, of this log''s leaf 0.';
comment on column ledger.log.size is 'Leaves sequenced; equals the size of its newest checkpoint.';
-- overt_app may: select (ledger.log)

create table ledger.mention (
  value text not null,
  number bigint not null,
  name text not null,
  constraint mention_pkey PRIMARY KEY (value, number, name),
  constraint mention_number_fkey FOREIGN KEY (number) REFERENCES ledger.entry(number)
);
comment on table ledger.mention is 'Finds entries by an id they are about, or by who acted (name "actor"). Derived from the leaf; overt ledger verify compares.';
-- overt_app may: select (ledger.mention)

create table ledger.pending (
  seq bigint not null generated always as identity,
  id uuid not null,
  leaf text not null,
  constraint pending_pkey PRIMARY KEY (seq),
  constraint pending_id_key UNIQUE (id),
  constraint pending_leaf_check CHECK ((octet_length(leaf) <= 65535))
);
comment on table ledger.pending is 'Committed with the change it records, not yet numbered and signed. Normally empty within a second.';
CREATE TRIGGER well_formed BEFORE INSERT ON ledger.pending FOR EACH ROW EXECUTE FUNCTION ledger.well_formed();
-- overt_app may: insert (id, leaf), select (ledger.pending)

create table ledger.personal (
  entry_id uuid not null,
  field text not null,
  salt bytea,
  body text,
  erased_at timestamp with time zone,
  erased_why text,
  constraint personal_pkey PRIMARY KEY (entry_id, field),
  constraint personal_check CHECK (((erased_at IS NULL) = ((salt IS NOT NULL) AND (body IS NOT NULL)))),
  constraint personal_check1 CHECK (((erased_at IS NULL) = (erased_why IS NULL))),
  constraint personal_check2 CHECK ((num_nulls(salt, body) = ANY (ARRAY[0, 2]))),
  constraint personal_salt_check CHECK ((length(salt) = 32))
);
comment on table ledger.personal is 'Personal details whose salted commitment is in the leaf. Erased: text and salt gone, the row says when and why.';
comment on column ledger.personal.salt is '32 random bytes for this field alone; with it gone the commitment tells nothing, not even to one who guesses.';
CREATE TRIGGER only_erase BEFORE UPDATE ON ledger.personal FOR EACH ROW EXECUTE FUNCTION ledger.only_erase();
-- overt_app may: insert (entry_id, field, salt, body), select, update (salt, body, erased_at, erased_why) (ledger.personal)

create table ledger.tile (
  log_id integer not null,
  level integer not null,
  index bigint not null,
  hashes bytea not null,
  constraint tile_pkey PRIMARY KEY (log_id, level, index),
  constraint tile_log_id_fkey FOREIGN KEY (log_id) REFERENCES ledger.log(id),
  constraint tile_hashes_check CHECK ((((length(hashes) >= 32) AND (length(hashes) <= 8192)) AND ((length(hashes) % 32) = 0))),
  constraint tile_index_check CHECK ((index >= 0)),
  constraint tile_level_check CHECK (((level >= 0) AND (level <= 63)))
);
comment on table ledger.tile is 'C2SP tlog-tiles: up to 256 hashes of one level. A narrower partial tile is the beginning of this one.';
-- overt_app may: select (ledger.tile)

CREATE OR REPLACE FUNCTION ledger.add_batch(p_log integer, p_old_size bigint, p_seqs bigint[], p_levels integer[], p_indexes bigint[], p_hashes text[], p_root bytea, p_note text, p_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
declare
  v_log ledger.log;
  v_count bigint;
begin
  select * into v_log from ledger.log order by id desc limit 1 for update;
  if v_log.id <> p_log or v_log.size <> p_old_size then
    raise exception 'the ledger moved on' using errcode = 'serialization_failure';
  end if;
  if coalesce(cardinality(p_seqs), 0) = 0 then
    raise exception 'an empty batch';
  end if;

  with taken as (
    delete from ledger.pending where seq = any (p_seqs) returning seq, leaf
  ), numbered as (
    insert into ledger.entry (number, log_id, index, leaf)
    select v_log.first_number + p_old_size + o.n - 1, p_log, p_old_size + o.n - 1, taken.leaf
    from unnest(p_seqs) with ordinality as o (seq, n) join taken using (seq)
    returning number, leaf, actor
  ), named as (
    insert into ledger.mention (value, number, name)
    select m.value, numbered.number, m.key from numbered, jsonb_each_text(numbered.leaf::jsonb -> 'about') m
    union all
    select numbered.actor, numbered.number, 'actor' from numbered where numbered.actor is not null
  )
  select count(*) into v_count from numbered;
  if v_count <> cardinality(p_seqs) then
    raise exception 'the ledger moved on' using errcode = 'serialization_failure';
  end if;

  insert into ledger.tile as t (log_id, level, index, hashes)
  select p_log, l, i, decode(h, 'base64') from unnest(p_levels, p_indexes, p_hashes) as x (l, i, h)
  on conflict (log_id, level, index) do update set hashes = excluded.hashes
  where substr(excluded.hashes, 1, length(t.hashes)) = t.hashes;
  get diagnostics v_count = row_count;
  if v_count <> cardinality(p_levels) then
    raise exception 'a tile may only grow';
  end if;

  insert into ledger.checkpoint (log_id, size, note, signed_at)
  values (p_log, p_old_size + cardinality(p_seqs), p_note, p_at);
  update ledger.log set size = p_old_size + cardinality(p_seqs), root = p_root where id = p_log;
end $function$;
-- overt_app may: execute

CREATE OR REPLACE FUNCTION ledger.only_erase()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.erased_at is not null or new.erased_at is null
     or new.entry_id <> old.entry_id or new.field <> old.field then
    raise exception 'a personal detail may only be erased, and only once';
  end if;
  return new;
end $function$;
-- overt_app may: nothing

CREATE OR REPLACE FUNCTION ledger.open_log(p_origin text, p_year integer, p_part integer, p_public_key bytea, p_at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
declare
  v_last ledger.log;
  v_id integer;
begin
  lock table ledger.log in exclusive mode;
  select * into v_last from ledger.log order by id desc limit 1;
  if found and (p_year, p_part) <= (v_last.year, v_last.part) then
    raise exception 'a log of % is already open', v_last.year;
  end if;
  insert into ledger.log (origin, year, part, public_key, first_number, root, opened_at)
  values (p_origin, p_year, p_part, p_public_key, coalesce(v_last.first_number + v_last.size, 0), sha256(''), p_at)
  returning id into v_id;
  return v_id;
end $function$;
-- overt_app may: execute

CREATE OR REPLACE FUNCTION ledger.well_formed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'ledger', 'pg_temp'
AS $function$
declare
  v_leaf jsonb := new.leaf::jsonb;
begin
  if (v_leaf ->> 'v') is distinct from '1'
     or (v_leaf ->> 'id')::uuid is distinct from new.id
     or coalesce(v_leaf ->> 'kind', '') !~ '^[a-z.-]{3,80}$'
     or jsonb_typeof(v_leaf -> 'at') is distinct from 'number'
     or (v_leaf ->> 'at')::bigint not between 0 and 9007199254740991
     or coalesce(jsonb_typeof(v_leaf -> 'actor'), '') not in ('string', 'null')
     or length(v_leaf ->> 'actor') > 200
     or coalesce(jsonb_typeof(v_leaf -> 'provider'), '') not in ('string', 'null')
     or coalesce(jsonb_typeof(v_leaf -> 'about'), '') <> 'object'
     or coalesce(jsonb_typeof(v_leaf -> 'data'), '') <> 'object'
     or coalesce(jsonb_typeof(v_leaf -> 'personal'), '') <> 'object'
     or exists (
       select from jsonb_each(v_leaf -> 'about') a
       where jsonb_typeof(a.value) <> 'string' or length(a.value #>> '{}') > 200)
  then
    raise exception 'this is not a ledger entry';
  end if;
  if exists (select from ledger.entry e where e.id = new.id) then
    raise exception 'there is a ledger entry with this id already';
  end if;
  return new;
end $function$;
-- overt_app may: nothing

create schema people;
comment on schema people is 'Accounts, roles, sessions and tokens. Nothing here gives a right to a picture by itself.';

create table people.attempt (
  name_hash bytea not null,
  failures integer not null,
  last_at timestamp with time zone not null,
  blocked_until timestamp with time zone,
  constraint attempt_pkey PRIMARY KEY (name_hash),
  constraint attempt_failures_check CHECK ((failures > 0)),
  constraint attempt_name_hash_check CHECK ((length(name_hash) = 32))
);
comment on table people.attempt is 'Wrong sign-ins by name tried, whether it exists or not, so that waiting tells nobody which names exist. Gone after a day or a right sign-in.';
comment on column people.attempt.name_hash is 'SHA-256 of the name as tried: people sometimes type their password there.';
-- overt_app may: delete, insert, select, update (people.attempt)

create table people.invitation (
  secret_hash bytea not null,
  person_id uuid not null,
  until timestamp with time zone not null,
  constraint invitation_pkey PRIMARY KEY (secret_hash),
  constraint invitation_person_id_key UNIQUE (person_id),
  constraint invitation_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint invitation_secret_hash_check CHECK ((length(secret_hash) = 32))
);
comment on table people.invitation is 'A one-time link by which a person chooses their own password; removed when used. One at a time.';
-- overt_app may: delete, insert, select, update (people.invitation)

create table people.person (
  id uuid not null,
  username text not null,
  name text not null,
  email text,
  administrator boolean not null,
  active boolean not null default true,
  password_hash text,
  password_at timestamp with time zone,
  made_at timestamp with time zone not null,
  made_by uuid,
  deactivated_at timestamp with time zone,
  constraint person_pkey PRIMARY KEY (id),
  constraint person_username_key UNIQUE (username),
  constraint person_made_by_fkey FOREIGN KEY (made_by) REFERENCES people.person(id),
  constraint person_check CHECK (((password_hash IS NULL) = (password_at IS NULL))),
  constraint person_check1 CHECK ((active = (deactivated_at IS NULL))),
  constraint person_email_check CHECK ((length(email) <= 254)),
  constraint person_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint person_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text)),
  constraint person_username_check CHECK (((username = lower(username)) AND (username ~ '^[a-z0-9][a-z0-9._-]{1,59}$'::text)))
);
comment on table people.person is 'Rows are never deleted: old entries of the ledger point at them. Leaving deactivates.';
comment on column people.person.email is 'Null: none given. Not used to sign in.';
comment on column people.person.administrator is 'Runs the installation: accounts, recorders, landlords. Gives no right to footage.';
comment on column people.person.password_hash is 'argon2id as a PHC string. Null: invited, has not yet chosen one, so cannot sign in.';
comment on column people.person.made_by is 'Null: the first administrator, or made by Overt itself.';
-- overt_app may: delete, insert, select, update (people.person)

create table people.role (
  person_id uuid not null,
  provider text not null,
  role text not null,
  areas text[] not null default '{}'::text[],
  given_at timestamp with time zone not null,
  given_by uuid,
  constraint role_pkey PRIMARY KEY (person_id, provider, role),
  constraint role_given_by_fkey FOREIGN KEY (given_by) REFERENCES people.person(id),
  constraint role_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint role_role_check CHECK ((role ~ '^[a-z0-9][a-z0-9-]*$'::text))
);
comment on table people.role is 'Which role a person holds at which landlord, and how far it reaches.';
comment on column people.role.role is 'A role code of the landlord''s policy pack.';
comment on column people.role.areas is 'How far it reaches. Empty: everywhere at that landlord.';
CREATE INDEX role_holders ON people.role USING btree (provider, role);
-- overt_app may: delete, insert, select, update (people.role)

create table people.session (
  secret_hash bytea not null,
  person_id uuid not null,
  steps text[] not null,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  until timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (secret_hash),
  constraint session_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint session_check CHECK ((until > started_at)),
  constraint session_secret_hash_check CHECK ((length(secret_hash) = 32)),
  constraint session_steps_check CHECK ((cardinality(steps) > 0))
);
comment on table people.session is 'Signed-in browsers, by real time (never the demo''s clock). SHA-256 of a 256-bit secret that only the cookie holds.';
comment on column people.session.steps is 'How the person proved who they are: password (later also a second step).';
comment on column people.session.until is 'The end whatever happens; not being used ends it earlier.';
CREATE INDEX session_of_person ON people.session USING btree (person_id);
CREATE INDEX session_until ON people.session USING btree (until);
-- overt_app may: delete, insert, select, update (people.session)

create table people.setup (
  single boolean not null default true,
  secret_hash bytea not null,
  made_at timestamp with time zone not null default now(),
  constraint setup_pkey PRIMARY KEY (single),
  constraint setup_secret_hash_check CHECK ((length(secret_hash) = 32)),
  constraint setup_single_check CHECK (single)
);
comment on table people.setup is 'The one-time link of the first administrator. Its row goes when it is used; no row is made once anybody exists.';
comment on column people.setup.made_at is 'Real time. The link is good for a day; a later start prints a new one.';
-- overt_app may: delete, insert, select, update (people.setup)

create table people.token (
  id uuid not null,
  person_id uuid not null,
  label text not null,
  secret_hash bytea not null,
  made_at timestamp with time zone not null,
  until timestamp with time zone not null,
  used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint token_pkey PRIMARY KEY (id),
  constraint token_secret_hash_key UNIQUE (secret_hash),
  constraint token_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint token_check CHECK ((until > made_at)),
  constraint token_label_check CHECK (((length(label) >= 1) AND (length(label) <= 80))),
  constraint token_secret_hash_check CHECK ((length(secret_hash) = 32))
);
comment on table people.token is 'For programs: carries the rights of the person who made it, no more.';
comment on column people.token.used_at is 'To the minute. Null: never used.';
CREATE INDEX token_of_person ON people.token USING btree (person_id);
-- overt_app may: delete, insert, select, update (people.token)

create schema providers;

create table providers.adopted_version (
  provider text not null,
  version date not null,
  from_day date not null,
  hash text not null,
  reference text not null,
  title text not null,
  adopted_by uuid,
  adopted_at timestamp with time zone not null,
  revision integer not null,
  constraint adopted_version_pkey PRIMARY KEY (provider, version, revision),
  constraint adopted_version_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint adopted_version_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint adopted_version_revision_check CHECK (((revision >= 1) AND (revision <= 1000)))
);
comment on table providers.adopted_version is 'A policy version, once adopted, is never changed or forgotten.';
comment on column providers.adopted_version.revision is 'How often this version of the policy has been written out as a pack. The highest one on record is the one that decides.';
CREATE INDEX adopted_version_from ON providers.adopted_version USING btree (provider, from_day DESC, version DESC);
-- overt_app may: insert, select (providers.adopted_version)

create table providers.provider (
  slug text not null,
  name text not null,
  time_zone text not null,
  created_at timestamp with time zone not null,
  constraint provider_pkey PRIMARY KEY (slug),
  constraint provider_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint provider_slug_check CHECK ((slug ~ '^[a-z][a-z0-9-]{0,59}$'::text))
);
comment on table providers.provider is 'One landlord. The slug is the folder under policies/ and the key of every role.';
-- overt_app may: insert, select, update (providers.provider)

create schema register;

create table register.attachment (
  id uuid not null,
  provider text not null,
  mime text not null,
  bytes bytea not null,
  sha256 bytea not null,
  created_at timestamp with time zone not null,
  created_by uuid,
  constraint attachment_pkey PRIMARY KEY (id),
  constraint attachment_bytes_check CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 5242880))),
  constraint attachment_mime_check CHECK ((mime = ANY (ARRAY['image/jpeg'::text, 'image/png'::text]))),
  constraint attachment_sha256_check CHECK ((octet_length(sha256) = 32))
);
comment on table register.attachment is 'Pictures that people hand in or an installer takes: photos of signs, reference stills.';
-- overt_app may: delete, insert, select, update (register.attachment)

create table register.camera (
  id uuid not null,
  provider text not null,
  system_id uuid not null,
  label text not null,
  "position" text not null default ''::text,
  model text not null default ''::text,
  serial text not null default ''::text,
  recorder_id uuid,
  rtsp_url text,
  credentials bytea,
  probe_code text,
  probe_words text,
  probe_at timestamp with time zone,
  retired_at timestamp with time zone,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  version integer not null default 1,
  aim_version integer not null default 1,
  constraint camera_pkey PRIMARY KEY (id),
  constraint camera_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint camera_check CHECK (((probe_code IS NULL) = (probe_at IS NULL))),
  constraint camera_label_check CHECK (((length(label) >= 1) AND (length(label) <= 100))),
  constraint camera_model_check CHECK ((length(model) <= 200)),
  constraint camera_position_check CHECK ((length("position") <= 1000)),
  constraint camera_rtsp_url_check CHECK (((rtsp_url ~~ 'rtsp://%'::text) AND (rtsp_url !~~ 'rtsp://%@%'::text))),
  constraint camera_serial_check CHECK ((length(serial) <= 200))
);
comment on table register.camera is 'Any capturing device: where it hangs, how it is reached. Its user and password are sealed under a key outside the database.';
CREATE INDEX camera_by_provider ON register.camera USING btree (provider);
CREATE INDEX camera_by_recorder ON register.camera USING btree (recorder_id) WHERE (recorder_id IS NOT NULL);
CREATE INDEX camera_by_system ON register.camera USING btree (system_id);
-- overt_app may: delete, insert, select, update (register.camera)

create table register.sign (
  id uuid not null,
  provider text not null,
  system_id uuid not null,
  camera_id uuid,
  place text not null,
  note text not null default ''::text,
  photo_id uuid not null,
  version integer not null default 1,
  placed_at timestamp with time zone not null,
  placed_by uuid not null,
  missing_at timestamp with time zone,
  removed_at timestamp with time zone,
  constraint sign_pkey PRIMARY KEY (id),
  constraint sign_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint sign_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES register.attachment(id),
  constraint sign_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint sign_note_check CHECK ((length(note) <= 300)),
  constraint sign_place_check CHECK ((place = ANY (ARRAY['entry'::text, 'near-camera'::text, 'at-camera'::text])))
);
comment on table register.sign is 'A sign that tells of cameras, with its photo; kept after it was removed.';
CREATE INDEX sign_by_camera ON register.sign USING btree (camera_id);
CREATE INDEX sign_by_system ON register.sign USING btree (system_id);
-- overt_app may: delete, insert, select, update (register.sign)

create table register.site (
  id uuid not null,
  provider text not null,
  name text not null,
  address text[] not null,
  kind text not null,
  time_zone text not null default 'Europe/London'::text,
  area text,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  version integer not null default 1,
  constraint site_pkey PRIMARY KEY (id),
  constraint site_address_check CHECK (((cardinality(address) >= 1) AND (cardinality(address) <= 7))),
  constraint site_area_check CHECK (((length(area) >= 1) AND (length(area) <= 100))),
  constraint site_kind_check CHECK ((kind = ANY (ARRAY['home'::text, 'communal'::text, 'office'::text, 'land'::text, 'other'::text]))),
  constraint site_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
comment on table register.site is 'A place with cameras. Addresses of homes are sensitive: never in a log line, a task title or a ledger leaf.';
CREATE INDEX site_by_provider ON register.site USING btree (provider, name);
-- overt_app may: delete, insert, select, update (register.site)

create table register.system (
  id uuid not null,
  provider text not null,
  site_id uuid not null,
  name text not null,
  purposes text[] not null,
  manager_id uuid,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  constraint system_pkey PRIMARY KEY (id),
  constraint system_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint system_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
comment on table register.system is 'The cameras serving one purpose at a place, with a manager.';
CREATE INDEX system_by_site ON register.system USING btree (site_id);
-- overt_app may: delete, insert, select, update (register.system)
