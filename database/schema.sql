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
  deputy_for uuid,
  constraint approval_pkey PRIMARY KEY (id),
  constraint approval_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint approval_check CHECK (((length(reason) <= 4000) AND ((decision = 'approve'::text) OR (length(reason) > 0)))),
  constraint approval_check1 CHECK ((deputy_for <> person_id)),
  constraint approval_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'refuse'::text, 'defer'::text])))
);
comment on table authorisation.approval is 'Who approved, refused or deferred, in which role and for which version of the proposal.';
comment on column authorisation.approval.deputy_for is 'Whose role it was, where person_id stood in for them. Null: their own role.';
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

create table authorisation.consultation (
  id uuid not null,
  provider text not null,
  system_id uuid not null,
  deployment_id uuid not null,
  cameras integer not null,
  payers text not null,
  households integer not null,
  contacts text,
  contacts_erased_at timestamp with time zone,
  ways text[] not null,
  opens_on date not null,
  closes_on date not null,
  questions text[] not null,
  yearly_cost_pence bigint not null,
  charge_basis text not null,
  household_pence bigint not null,
  opened_by uuid not null,
  opened_at timestamp with time zone not null,
  called_off_at timestamp with time zone,
  called_off_by uuid,
  outcome text,
  outcome_reason text,
  outcome_role text,
  outcome_by uuid,
  outcome_at timestamp with time zone,
  count_for integer,
  count_against integer,
  count_comment integer,
  charge_handed_at timestamp with time zone,
  charge_handed_by uuid,
  constraint consultation_pkey PRIMARY KEY (id),
  constraint consultation_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint consultation_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint consultation_cameras_check CHECK (((cameras >= 1) AND (cameras <= 500))),
  constraint consultation_charge_basis_check CHECK ((charge_basis = ANY (ARRAY['service-charge'::text, 'landlord-pays'::text]))),
  constraint consultation_check CHECK ((closes_on >= opens_on)),
  constraint consultation_check1 CHECK (((called_off_at IS NULL) = (called_off_by IS NULL))),
  constraint consultation_check2 CHECK (((outcome IS NULL) = (outcome_at IS NULL))),
  constraint consultation_check3 CHECK (((outcome IS NULL) = (outcome_by IS NULL))),
  constraint consultation_check4 CHECK (((outcome IS NULL) = (outcome_reason IS NULL))),
  constraint consultation_check5 CHECK (((outcome IS NULL) OR (called_off_at IS NULL))),
  constraint consultation_check6 CHECK (((outcome IS NULL) = ((count_for IS NULL) OR (count_against IS NULL) OR (count_comment IS NULL)))),
  constraint consultation_check7 CHECK (((charge_handed_at IS NULL) = (charge_handed_by IS NULL))),
  constraint consultation_contacts_check CHECK ((length(contacts) <= 20000)),
  constraint consultation_household_pence_check CHECK ((household_pence >= 0)),
  constraint consultation_households_check CHECK (((households >= 1) AND (households <= 100000))),
  constraint consultation_outcome_check CHECK ((outcome = ANY (ARRAY['go-ahead'::text, 'no'::text]))),
  constraint consultation_outcome_reason_check CHECK (((length(outcome_reason) >= 1) AND (length(outcome_reason) <= 4000))),
  constraint consultation_payers_check CHECK (((length(payers) >= 1) AND (length(payers) <= 2000))),
  constraint consultation_questions_check CHECK (((cardinality(questions) >= 1) AND (cardinality(questions) <= 20))),
  constraint consultation_ways_check CHECK (((cardinality(ways) >= 1) AND (cardinality(ways) <= 10))),
  constraint consultation_yearly_cost_pence_check CHECK ((yearly_cost_pence >= 0))
);
comment on table authorisation.consultation is 'Consultations of those who would pay for a system: whom, how, when, what it costs, and the result that somebody stated.';
comment on column authorisation.consultation.contacts is 'Personal: erased on request, or by whoever runs the consultation.';
comment on column authorisation.consultation.closes_on is 'Last day on which answers are taken; the result comes after it.';
comment on column authorisation.consultation.household_pence is 'Pence a year that each household would pay.';
CREATE INDEX consultation_by_system ON authorisation.consultation USING btree (system_id, opened_at DESC);
CREATE UNIQUE INDEX consultation_one_open ON authorisation.consultation USING btree (system_id) WHERE ((outcome IS NULL) AND (called_off_at IS NULL));
-- overt_app may: delete, insert, select, update (authorisation.consultation)

create table authorisation.consultation_answer (
  id uuid not null,
  consultation_id uuid not null,
  stance text not null,
  came_on date not null,
  way text not null,
  who text,
  words text,
  erased_at timestamp with time zone,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  constraint consultation_answer_pkey PRIMARY KEY (id),
  constraint consultation_answer_consultation_id_fkey FOREIGN KEY (consultation_id) REFERENCES authorisation.consultation(id),
  constraint consultation_answer_stance_check CHECK ((stance = ANY (ARRAY['for'::text, 'against'::text, 'comment'::text]))),
  constraint consultation_answer_who_check CHECK ((length(who) <= 300)),
  constraint consultation_answer_words_check CHECK ((length(words) <= 4000))
);
comment on table authorisation.consultation_answer is 'Answers to a consultation: for, against, or a comment. Who and what words can be erased; that there was an answer stays.';
CREATE INDEX consultation_answer_by_consultation ON authorisation.consultation_answer USING btree (consultation_id, recorded_at);
-- overt_app may: delete, insert, select, update (authorisation.consultation_answer)

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
  aim text not null default ''::text,
  need text not null default ''::text,
  incident_other text,
  detail text,
  proportion text not null default ''::text,
  technologies text[] not null default '{}'::text[],
  revised_by uuid[] not null default '{}'::uuid[],
  constraint deployment_pkey PRIMARY KEY (id),
  constraint deployment_provider_reference_key UNIQUE (provider, reference),
  constraint deployment_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint deployment_extends_id_fkey FOREIGN KEY (extends_id) REFERENCES authorisation.deployment(id),
  constraint deployment_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint deployment_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint deployment_aim_check CHECK ((length(aim) <= 1000)),
  constraint deployment_alternatives_check CHECK ((length(alternatives) <= 4000)),
  constraint deployment_check CHECK (((until_day IS NULL) OR (until_day >= from_day))),
  constraint deployment_check1 CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint deployment_check2 CHECK (((removed_at IS NULL) = (removed_by IS NULL))),
  constraint deployment_detail_check CHECK ((detail = ANY (ARRAY['monitor'::text, 'detect'::text, 'observe'::text, 'recognise'::text, 'identify'::text]))),
  constraint deployment_ended_cause_check CHECK ((ended_cause = ANY (ARRAY['expired'::text, 'withdrawn'::text, 'agreement-withdrawn'::text, 'refused'::text, 'extended'::text]))),
  constraint deployment_equipment_check CHECK ((length(equipment) <= 1000)),
  constraint deployment_incident_other_check CHECK (((length(incident_other) >= 1) AND (length(incident_other) <= 500))),
  constraint deployment_need_check CHECK ((length(need) <= 4000)),
  constraint deployment_proportion_check CHECK ((length(proportion) <= 2000)),
  constraint deployment_purposes_check CHECK (((cardinality(purposes) >= 1) AND (cardinality(purposes) <= 20))),
  constraint deployment_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 4000))),
  constraint deployment_reference_check CHECK ((reference ~ '^D-[0-9]{4}-[0-9]{4,}$'::text)),
  constraint deployment_schedule_check CHECK ((length(schedule) <= 500)),
  constraint deployment_technologies_check CHECK ((cardinality(technologies) <= 20))
);
comment on table authorisation.deployment is 'One camera at one place under one authorisation. Facts only: whether a gate stands open is computed, never stored.';
comment on column authorisation.deployment.aim is 'The legitimate aim, in words. Empty only where it was asked for before this was recorded.';
comment on column authorisation.deployment.need is 'The pressing need, in words. Empty only where it was asked for before this was recorded.';
comment on column authorisation.deployment.incident_other is 'A kind of trouble that the policy’s list does not have; null: it has, or none is given.';
comment on column authorisation.deployment.detail is 'How much a picture must show (BS EN 62676-4): from that somebody is there to who it is. Null only where asked for before.';
comment on column authorisation.deployment.proportion is 'Why fewer hours or less detail would not do.';
comment on column authorisation.deployment.technologies is 'What it does besides filming: codes of src/policy/placement.ts. Never one that the policy refuses.';
comment on column authorisation.deployment.revised_by is 'Everybody who has changed the proposal since it was made; like whoever made it they don''t approve it.';
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
  writer_ids uuid[] not null default '{}'::uuid[],
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
comment on column authorisation.dpia.writer_ids is 'Everybody who has saved this version before it was sent, the author included; none of them accepts it.';
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
  qualification text not null default ''::text,
  qualification_until date,
  kit text[] not null default '{}'::text[],
  constraint installation_pkey PRIMARY KEY (deployment_id),
  constraint installation_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint installation_kit_check CHECK ((cardinality(kit) <= 40)),
  constraint installation_qualification_check CHECK ((length(qualification) <= 300))
);
comment on table authorisation.installation is 'Who installed it, and that they say they are qualified to.';
comment on column authorisation.installation.qualification is 'Certificate, card or employer’s word that they are qualified. Empty only where it was stated before this was asked.';
comment on column authorisation.installation.qualification_until is 'Its last day; null: it has none.';
comment on column authorisation.installation.kit is 'What was fitted, a line each: what, make and model, serial number.';
-- overt_app may: delete, insert, select, update (authorisation.installation)

create table authorisation.letter (
  batch_id uuid not null,
  line integer not null,
  reference text,
  name text,
  address text not null,
  form text not null,
  constraint letter_pkey PRIMARY KEY (batch_id, line),
  constraint letter_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES authorisation.letter_batch(id),
  constraint letter_address_check CHECK (((length(address) >= 1) AND (length(address) <= 300))),
  constraint letter_form_check CHECK (((length(form) >= 1) AND (length(form) <= 200))),
  constraint letter_line_check CHECK (((line >= 1) AND (line <= 200))),
  constraint letter_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint letter_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 60)))
);
comment on table authorisation.letter is 'Who a letter goes to. Personal, health may show through it: deleted on request and 90 days after the batch was made.';
-- overt_app may: delete, insert, select, update (authorisation.letter)

create table authorisation.letter_batch (
  id uuid not null,
  provider text not null,
  deployment_id uuid not null,
  kind text not null,
  facts jsonb not null,
  letters integer not null,
  forms jsonb not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  sent_on date,
  sent_by uuid,
  erased_at timestamp with time zone,
  constraint letter_batch_pkey PRIMARY KEY (id),
  constraint letter_batch_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint letter_batch_check CHECK (((sent_on IS NULL) = (sent_by IS NULL))),
  constraint letter_batch_kind_check CHECK ((kind = ANY (ARRAY['told'::text, 'consultation'::text]))),
  constraint letter_batch_letters_check CHECK (((letters >= 1) AND (letters <= 200)))
);
comment on table authorisation.letter_batch is 'Letters made for households, one row per printing. Holds nobody''s name.';
CREATE INDEX letter_batch_by_deployment ON authorisation.letter_batch USING btree (deployment_id, made_at DESC);
CREATE INDEX letter_batch_to_erase ON authorisation.letter_batch USING btree (made_at) WHERE (erased_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.letter_batch)

create table authorisation.letter_translation (
  id uuid not null,
  provider text not null,
  deployment_id uuid not null,
  kind text not null,
  easy boolean not null,
  language text not null,
  of_hash text not null,
  body text not null,
  translated_by text not null,
  translated_on date not null,
  put_in_by uuid not null,
  put_in_at timestamp with time zone not null,
  constraint letter_translation_pkey PRIMARY KEY (id),
  constraint letter_translation_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint letter_translation_body_check CHECK (((length(body) >= 1) AND (length(body) <= 30000))),
  constraint letter_translation_kind_check CHECK ((kind = ANY (ARRAY['told'::text, 'consultation'::text]))),
  constraint letter_translation_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'::text)),
  constraint letter_translation_of_hash_check CHECK ((of_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint letter_translation_translated_by_check CHECK (((length(translated_by) >= 1) AND (length(translated_by) <= 120)))
);
comment on table authorisation.letter_translation is 'Letters in other languages, each with the English words it was made from. A corrected one is a row of its own; the newest is used. Names no household.';
CREATE INDEX letter_translation_by_deployment ON authorisation.letter_translation USING btree (deployment_id, kind, language, put_in_at DESC);
-- overt_app may: delete, insert, select, update (authorisation.letter_translation)

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
  audio_until_at timestamp with time zone,
  constraint mandate_pkey PRIMARY KEY (id),
  constraint mandate_camera_id_counter_key UNIQUE (camera_id, counter),
  constraint mandate_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint mandate_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint mandate_check CHECK ((until_at > from_at)),
  constraint mandate_check1 CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint mandate_class_check CHECK ((class = ANY (ARRAY['ordinary'::text, 'commissioning'::text, 'transitional'::text]))),
  constraint mandate_ended_cause_check CHECK ((ended_cause = ANY (ARRAY['replaced'::text, 'expired'::text, 'withdrawn'::text, 'stopped'::text, 'agreement-withdrawn'::text, 'reference-taken'::text, 'gate-reopened'::text, 'extended'::text, 'audio-expired'::text, 'audio-withdrawn'::text]))),
  constraint mandate_overrun_ms_check CHECK ((overrun_ms >= 0)),
  constraint mandate_retention_days_check CHECK ((retention_days > 0))
);
comment on table authorisation.mandate is 'Every signed mandate as issued, and how it ended. A camera has at most one that has not ended.';
comment on column authorisation.mandate.audio_until_at is 'Until when the mandate carries sound; null: it carries none.';
CREATE INDEX mandate_by_deployment ON authorisation.mandate USING btree (deployment_id, issued_at DESC);
CREATE UNIQUE INDEX mandate_one_current ON authorisation.mandate USING btree (camera_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.mandate)

create table authorisation.matching (
  id uuid not null,
  deployment_id uuid not null,
  database_name text not null,
  owner text not null,
  checked_on date not null,
  good_until date not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint matching_pkey PRIMARY KEY (id),
  constraint matching_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint matching_check CHECK ((good_until > checked_on)),
  constraint matching_check1 CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint matching_database_name_check CHECK (((length(database_name) >= 1) AND (length(database_name) <= 300))),
  constraint matching_owner_check CHECK (((length(owner) >= 1) AND (length(owner) <= 200)))
);
comment on table authorisation.matching is 'A database that pictures of a camera are matched with: it has an owner and a day of its last check, or the matching is off.';
CREATE UNIQUE INDEX matching_one_open ON authorisation.matching USING btree (deployment_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.matching)

create table authorisation.new_build (
  deployment_id uuid not null,
  design text not null,
  first_tenancy_day date not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  constraint new_build_pkey PRIMARY KEY (deployment_id),
  constraint new_build_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint new_build_design_check CHECK (((length(design) >= 1) AND (length(design) <= 1000)))
);
comment on table authorisation.new_build is 'That a camera is fitted before anybody lives there, where the policy lets a new building go without a consultation.';
-- overt_app may: delete, insert, select, update (authorisation.new_build)

create table authorisation.reference_picture (
  id uuid not null,
  deployment_id uuid not null,
  attachment_id uuid,
  reel_id uuid not null,
  aim_version integer not null,
  taken_at timestamp with time zone not null,
  accepted_by uuid,
  accepted_at timestamp with time zone,
  refused_at timestamp with time zone,
  gone_at timestamp with time zone,
  sealed boolean not null default false,
  constraint reference_picture_pkey PRIMARY KEY (id),
  constraint reference_picture_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES register.attachment(id),
  constraint reference_picture_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint reference_gone_or_there CHECK (((attachment_id IS NULL) = (gone_at IS NOT NULL))),
  constraint reference_picture_check CHECK (((accepted_by IS NULL) = (accepted_at IS NULL))),
  constraint reference_picture_check1 CHECK (((accepted_at IS NULL) OR (refused_at IS NULL)))
);
comment on table authorisation.reference_picture is 'The one still of a commissioning mandate, and whether it shows what was approved and nothing private.';
comment on column authorisation.reference_picture.gone_at is 'When the picture itself was deleted; what is left says that there was one. Null: it is there.';
comment on column authorisation.reference_picture.sealed is 'Its bytes are sealed under a key of its own in the keyring (docs/design/keyring.md); false: taken before that was so.';
CREATE INDEX reference_by_deployment ON authorisation.reference_picture USING btree (deployment_id, taken_at DESC);
-- overt_app may: delete, insert, select, update (authorisation.reference_picture)

create table authorisation.restored_log (
  origin text not null,
  noted_at timestamp with time zone not null,
  constraint restored_log_pkey PRIMARY KEY (origin)
);
comment on table authorisation.restored_log is 'Logs of the ledger that opened by saying what a restore lost, and for which every camera was made unsure: once each.';
-- overt_app may: delete, insert, select, update (authorisation.restored_log)

create table authorisation.site_photo (
  id uuid not null,
  deployment_id uuid not null,
  attachment_id uuid not null,
  note text not null default ''::text,
  taken_by uuid not null,
  taken_at timestamp with time zone not null,
  constraint site_photo_pkey PRIMARY KEY (id),
  constraint site_photo_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES register.attachment(id),
  constraint site_photo_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint site_photo_note_check CHECK ((length(note) <= 300))
);
comment on table authorisation.site_photo is 'Photos of where a camera hangs, taken by the installer. No footage.';
CREATE INDEX site_photo_by_deployment ON authorisation.site_photo USING btree (deployment_id, taken_at);
-- overt_app may: delete, insert, select, update (authorisation.site_photo)

create table authorisation.sound (
  id uuid not null,
  deployment_id uuid not null,
  proposal_version integer not null,
  purposes text[] not null,
  reason text not null,
  until_day date not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_cause text,
  ended_by uuid,
  constraint sound_pkey PRIMARY KEY (id),
  constraint sound_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint sound_check CHECK (((ended_at IS NULL) = (ended_cause IS NULL))),
  constraint sound_ended_cause_check CHECK ((ended_cause = ANY (ARRAY['expired'::text, 'withdrawn'::text, 'refused'::text]))),
  constraint sound_purposes_check CHECK (((cardinality(purposes) >= 1) AND (cardinality(purposes) <= 20))),
  constraint sound_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 4000)))
);
comment on table authorisation.sound is 'Who asked for sound, why, for which purposes and until when. One open request for a deployment.';
CREATE UNIQUE INDEX sound_one_open ON authorisation.sound USING btree (deployment_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (authorisation.sound)

create table authorisation.sound_decision (
  id uuid not null,
  sound_id uuid not null,
  role text not null,
  decision text not null,
  reason text not null,
  person_id uuid not null,
  decided_at timestamp with time zone not null,
  constraint sound_decision_pkey PRIMARY KEY (id),
  constraint sound_decision_sound_id_person_id_key UNIQUE (sound_id, person_id),
  constraint sound_decision_sound_id_role_key UNIQUE (sound_id, role),
  constraint sound_decision_sound_id_fkey FOREIGN KEY (sound_id) REFERENCES authorisation.sound(id),
  constraint sound_decision_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'refuse'::text]))),
  constraint sound_decision_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 4000)))
);
comment on table authorisation.sound_decision is 'Who agreed to sound or refused it, in which role. Each role once, each person once.';
-- overt_app may: delete, insert, select, update (authorisation.sound_decision)

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

create table authorisation.transition (
  deployment_id uuid not null,
  camera_id uuid not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  decision text,
  decision_reason text,
  decided_by uuid,
  decided_role text,
  decided_at timestamp with time zone,
  first_day date,
  from_day date,
  until_day date,
  aim_version integer,
  constraint transition_pkey PRIMARY KEY (deployment_id),
  constraint transition_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint transition_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES authorisation.deployment(id),
  constraint transition_check CHECK (((decision IS NULL) = (decided_by IS NULL))),
  constraint transition_check1 CHECK (((decision IS NULL) = (decided_at IS NULL))),
  constraint transition_check2 CHECK (((decision IS NULL) = (decided_role IS NULL))),
  constraint transition_check3 CHECK (((decision IS NULL) = (decision_reason IS NULL))),
  constraint transition_check4 CHECK ((decided_by IS DISTINCT FROM asked_by)),
  constraint transition_check5 CHECK (((decision IS DISTINCT FROM 'allowed'::text) OR ((first_day IS NOT NULL) AND (from_day IS NOT NULL) AND (until_day IS NOT NULL) AND (aim_version IS NOT NULL)))),
  constraint transition_check6 CHECK (((until_day >= from_day) AND (from_day >= first_day))),
  constraint transition_check7 CHECK (((until_day - first_day) <= 89)),
  constraint transition_decision_check CHECK ((decision = ANY (ARRAY['allowed'::text, 'refused'::text, 'withdrawn'::text]))),
  constraint transition_decision_reason_check CHECK (((length(decision_reason) >= 1) AND (length(decision_reason) <= 4000)))
);
comment on table authorisation.transition is 'Leave for a camera taken over from an older system to go on for at most 90 days in all, by whom and why.';
CREATE INDEX transition_by_camera ON authorisation.transition USING btree (camera_id);
-- overt_app may: delete, insert, select, update (authorisation.transition)

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
  area text,
  site_id uuid,
  constraint case_pkey PRIMARY KEY (id),
  constraint case_provider_reference_key UNIQUE (provider, reference),
  constraint case_area_check CHECK (((length(area) >= 1) AND (length(area) <= 100))),
  constraint case_kind_check CHECK ((kind = ANY (ARRAY['antisocial-behaviour'::text, 'crime'::text, 'complaint'::text, 'safety'::text, 'request'::text, 'other'::text]))),
  constraint case_one_place CHECK ((num_nonnulls(area, site_id) <= 1)),
  constraint case_reference_check CHECK ((reference ~ '^C-[0-9]{4}-[0-9]{4,}$'::text)),
  constraint case_their_reference_check CHECK (((length(their_reference) >= 1) AND (length(their_reference) <= 100))),
  constraint case_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
comment on table casework.case is 'Why somebody looks, holds or asks: our reference and theirs.';
comment on column casework.case.area is 'The area that it is about; null: one place, or the whole landlord.';
comment on column casework.case.site_id is 'The place that it is about, an id of the register; null: an area, or the whole landlord. Without either it is shown to those whose role reaches the whole landlord, to who opened it and to who has looked for it.';
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
  escalated_at timestamp with time zone,
  escalated_to text[] not null default '{}'::text[],
  place text[] not null default '{}'::text[],
  constraint task_pkey PRIMARY KEY (id),
  constraint task_check CHECK (((cardinality(roles) > 0) OR (person_id IS NOT NULL))),
  constraint task_check1 CHECK (((closed_at IS NOT NULL) OR (closed_by IS NULL))),
  constraint task_escalated_to_somebody CHECK (((escalated_at IS NULL) = (cardinality(escalated_to) = 0))),
  constraint task_kind_check CHECK ((kind ~ '^[a-z][a-z-]*(\.[a-z-]+)+$'::text)),
  constraint task_place_few CHECK ((cardinality(place) <= 2)),
  constraint task_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300)))
);
comment on table casework.task is 'What waits for somebody. Closed when done, or by itself when its reason went away; never deleted.';
comment on column casework.task.escalated_at is 'When it was told to the roles of escalated_to that this is late; null: in time, or not yet told.';
comment on column casework.task.escalated_to is 'Roles at the provider that see it besides those who are to do it.';
comment on column casework.task.place is 'Where it is about beside its area, as a reach names it: patch:ID and site:ID; empty: nowhere narrower.';
CREATE INDEX task_due ON casework.task USING btree (due_at) WHERE (closed_at IS NULL);
CREATE INDEX task_escalated ON casework.task USING btree (provider) WHERE ((closed_at IS NULL) AND (escalated_at IS NOT NULL));
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

create table footage.kept_less (
  provider text not null,
  version date not null,
  camera_days integer not null,
  told_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint kept_less_pkey PRIMARY KEY (provider, version),
  constraint kept_less_camera_days_check CHECK ((camera_days >= 0)),
  constraint kept_less_check CHECK ((done_at >= told_at))
);
comment on table footage.kept_less is 'Versions of a policy that have had their say over what was recorded before them. A version that keeps more stands here with none moved.';
-- overt_app may: insert, select, update (footage.kept_less)

create table footage.keyring (
  id uuid not null,
  first_opened_at timestamp with time zone not null,
  last_opened_at timestamp with time zone not null,
  constraint keyring_pkey PRIMARY KEY (id)
);
comment on table footage.keyring is 'The keyring under which this installation records. A second row only after somebody accepted that the one before is lost for good.';
-- overt_app may: delete, insert, select, update (footage.keyring)

create table footage.leave (
  id uuid not null,
  kind text not null,
  provider text not null,
  person_id uuid not null,
  camera_ids uuid[] not null,
  viewing_kind text not null,
  from_at timestamp with time zone,
  to_at timestamp with time zone,
  purpose text not null,
  reason text not null,
  case_id uuid,
  asked_at timestamp with time zone not null,
  until timestamp with time zone not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  decided_role text,
  agreed boolean,
  decided_reason text,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint leave_pkey PRIMARY KEY (id),
  constraint leave_camera_ids_check CHECK (((cardinality(camera_ids) >= 1) AND (cardinality(camera_ids) <= 16))),
  constraint leave_check CHECK (((until > asked_at) AND (until <= (asked_at + '91 days'::interval)))),
  constraint leave_check1 CHECK ((((kind = 'colleague'::text) AND (viewing_kind = 'recorded'::text)) = (from_at IS NOT NULL))),
  constraint leave_check2 CHECK ((((from_at IS NULL) = (to_at IS NULL)) AND ((to_at IS NULL) OR (to_at > from_at)))),
  constraint leave_check3 CHECK ((((decided_at IS NULL) = (decided_by IS NULL)) AND ((decided_at IS NULL) = (decided_role IS NULL)) AND ((decided_at IS NULL) = (agreed IS NULL)) AND ((decided_at IS NULL) = (decided_reason IS NULL)))),
  constraint leave_check4 CHECK (((decided_by IS NULL) OR (decided_by <> person_id))),
  constraint leave_check5 CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint leave_decided_reason_check CHECK ((length(decided_reason) <= 2000)),
  constraint leave_kind_check CHECK ((kind = ANY (ARRAY['colleague'::text, 'exception'::text]))),
  constraint leave_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
  constraint leave_viewing_kind_check CHECK ((viewing_kind = ANY (ARRAY['recorded'::text, 'live'::text])))
);
comment on table footage.leave is 'Leave to look, asked for by one person and given by another. Without it no viewing of that kind is opened.';
comment on column footage.leave.kind is 'colleague: the person looked for works for the landlord; good for exactly this span and purpose. exception: a purpose that is otherwise refused, for a while.';
comment on column footage.leave.from_at is 'The span that is asked for. Null: live, or an exception, which is not about one span.';
comment on column footage.leave.until is 'From here on it is worth nothing, decided or not.';
comment on column footage.leave.agreed is 'Null: nobody has decided yet.';
comment on column footage.leave.ended_at is 'Taken back by whoever may decide, or by who asked. Null: it was not.';
CREATE INDEX leave_of_person ON footage.leave USING btree (person_id, asked_at DESC);
CREATE INDEX leave_waiting ON footage.leave USING btree (provider) WHERE ((decided_at IS NULL) AND (ended_at IS NULL));
-- overt_app may: delete, insert, select, update (footage.leave)

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
  leave_id uuid,
  constraint viewing_pkey PRIMARY KEY (id),
  constraint viewing_leave_id_fkey FOREIGN KEY (leave_id) REFERENCES footage.leave(id),
  constraint viewing_camera_ids_check CHECK (((cardinality(camera_ids) >= 1) AND (cardinality(camera_ids) <= 16))),
  constraint viewing_check CHECK ((to_at > from_at)),
  constraint viewing_check1 CHECK (((expires_at > opened_at) AND (expires_at <= (opened_at + '12:00:00'::interval)))),
  constraint viewing_kind_check CHECK ((kind = ANY (ARRAY['recorded'::text, 'live'::text]))),
  constraint viewing_reason_check CHECK ((length(reason) <= 2000))
);
comment on table footage.viewing is 'Who may look at what until when, and why. Written after its ledger entry, before the first frame.';
comment on column footage.viewing.leave_id is 'The leave that it stands on; when that ends, so does the viewing. Null: it needed none.';
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

create table people.acknowledgement (
  person_id uuid not null,
  provider text not null,
  kind text not null,
  subject text not null,
  version text not null,
  at timestamp with time zone not null,
  constraint acknowledgement_pkey PRIMARY KEY (person_id, provider, kind, subject, version),
  constraint acknowledgement_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint acknowledgement_kind_check CHECK ((kind = ANY (ARRAY['policy'::text, 'briefing'::text, 'procedure'::text])))
);
comment on table people.acknowledgement is 'Who has read what, and says so. Once for each version.';
comment on column people.acknowledgement.subject is 'policy: the landlord''s slug. briefing, procedure: its id.';
comment on column people.acknowledgement.version is 'policy: day of effect of the document. '''' where there are no versions.';
CREATE INDEX acknowledgement_of ON people.acknowledgement USING btree (provider, kind, subject, version);
-- overt_app may: delete, insert, select, update (people.acknowledgement)

create table people.alarm (
  id uuid not null,
  person_id uuid not null,
  provider text not null,
  rule text not null,
  key text not null,
  count integer not null,
  noticed_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  answered_by uuid,
  answer text,
  unusual boolean,
  constraint alarm_pkey PRIMARY KEY (id),
  constraint alarm_rule_key_key UNIQUE (rule, key),
  constraint alarm_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES people.person(id),
  constraint alarm_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint alarm_answer_check CHECK (((length(answer) >= 1) AND (length(answer) <= 500))),
  constraint alarm_check CHECK ((answered_by <> person_id)),
  constraint alarm_check1 CHECK ((((answered_at IS NULL) = (answered_by IS NULL)) AND ((answered_at IS NULL) = (answer IS NULL))))
);
comment on table people.alarm is 'Unusual use that a plain rule noticed. It stops nobody; somebody else looks and answers.';
comment on column people.alarm.key is 'Person and span of the rule, so that one thing is told once.';
comment on column people.alarm.unusual is 'Null: not yet answered. False: a false alarm.';
-- overt_app may: delete, insert, select, update (people.alarm)

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

create table people.briefing (
  id uuid not null,
  provider text not null,
  title text not null,
  body text not null,
  roles text[] not null,
  due_on date not null,
  given_at timestamp with time zone not null,
  given_by uuid not null,
  constraint briefing_pkey PRIMARY KEY (id),
  constraint briefing_given_by_fkey FOREIGN KEY (given_by) REFERENCES people.person(id),
  constraint briefing_body_check CHECK (((length(body) >= 10) AND (length(body) <= 8000))),
  constraint briefing_title_check CHECK (((length(title) >= 3) AND (length(title) <= 200)))
);
comment on table people.briefing is 'A dated note to roles that each reads and acknowledges.';
comment on column people.briefing.roles is 'To whom. Empty: everybody who works for the landlord.';
CREATE INDEX briefing_at ON people.briefing USING btree (provider, given_at DESC);
-- overt_app may: delete, insert, select, update (people.briefing)

create table people.conflict (
  id uuid not null,
  person_id uuid not null,
  provider text not null,
  kind text not null,
  thing_id uuid not null,
  label text not null,
  why text not null,
  declared_at timestamp with time zone not null,
  lifted_at timestamp with time zone,
  lifted_by uuid,
  lift_reason text,
  constraint conflict_pkey PRIMARY KEY (id),
  constraint conflict_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES people.person(id),
  constraint conflict_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint conflict_check CHECK ((lifted_by <> person_id)),
  constraint conflict_check1 CHECK ((((lifted_at IS NULL) = (lifted_by IS NULL)) AND ((lifted_at IS NULL) = (lift_reason IS NULL)))),
  constraint conflict_kind_check CHECK ((kind = ANY (ARRAY['site'::text, 'case'::text, 'person'::text]))),
  constraint conflict_label_check CHECK (((length(label) >= 1) AND (length(label) <= 200))),
  constraint conflict_lift_reason_check CHECK (((length(lift_reason) >= 1) AND (length(lift_reason) <= 500))),
  constraint conflict_why_check CHECK (((length(why) >= 1) AND (length(why) <= 500)))
);
comment on table people.conflict is 'A neighbour, a relative: declared by the person, and until somebody else lifts it they neither decide nor look there.';
CREATE INDEX conflict_of_person ON people.conflict USING btree (person_id) WHERE (lifted_at IS NULL);
CREATE INDEX conflict_of_thing ON people.conflict USING btree (thing_id) WHERE (lifted_at IS NULL);
-- overt_app may: delete, insert, select, update (people.conflict)

create table people.course (
  id uuid not null,
  provider text not null,
  code text not null,
  title text not null,
  way text not null,
  roles text[] not null,
  months integer,
  due_days integer not null,
  covers text not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  retired_at timestamp with time zone,
  constraint course_pkey PRIMARY KEY (id),
  constraint course_provider_code_key UNIQUE (provider, code),
  constraint course_made_by_fkey FOREIGN KEY (made_by) REFERENCES people.person(id),
  constraint course_code_check CHECK ((code ~ '^own-[a-z0-9-]{1,50}$'::text)),
  constraint course_covers_check CHECK (((length(covers) >= 3) AND (length(covers) <= 1000))),
  constraint course_due_days_check CHECK (((due_days >= 1) AND (due_days <= 365))),
  constraint course_months_check CHECK (((months >= 1) AND (months <= 120))),
  constraint course_title_check CHECK (((length(title) >= 3) AND (length(title) <= 200))),
  constraint course_way_check CHECK ((way = ANY (ARRAY['induction'::text, 'on-the-job'::text, 'team-session'::text, 'briefing'::text, 'course'::text, 'reading'::text])))
);
comment on table people.course is 'A course that the landlord adds to those of its policy. Nothing waits for it but a reminder.';
comment on column people.course.roles is 'Who needs it. Empty: everybody who works for the landlord.';
comment on column people.course.months is 'Due again after so many. Null: once.';
-- overt_app may: delete, insert, select, update (people.course)

create table people.deputy (
  id uuid not null,
  absent_id uuid not null,
  deputy_id uuid not null,
  provider text not null,
  roles text[] not null,
  from_at timestamp with time zone not null,
  until timestamp with time zone not null,
  named_by uuid not null,
  named_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint deputy_pkey PRIMARY KEY (id),
  constraint deputy_absent_id_fkey FOREIGN KEY (absent_id) REFERENCES people.person(id),
  constraint deputy_deputy_id_fkey FOREIGN KEY (deputy_id) REFERENCES people.person(id),
  constraint deputy_named_by_fkey FOREIGN KEY (named_by) REFERENCES people.person(id),
  constraint deputy_check CHECK ((absent_id <> deputy_id)),
  constraint deputy_check1 CHECK ((until > from_at)),
  constraint deputy_roles_check CHECK (((cardinality(roles) >= 1) AND (cardinality(roles) <= 20)))
);
comment on table people.deputy is 'Who stands in for whom, in which roles, from when to when. It lends what the absent person holds at that moment, and nothing that they do not.';
CREATE INDEX deputy_of_absent ON people.deputy USING btree (absent_id);
CREATE INDEX deputy_of_deputy ON people.deputy USING btree (deputy_id);
-- overt_app may: delete, insert, select, update (people.deputy)

create table people.digest (
  person_id uuid not null,
  often text not null default 'daily'::text,
  last_day date,
  failed_at timestamp with time zone,
  constraint digest_pkey PRIMARY KEY (person_id),
  constraint digest_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint digest_often_check CHECK ((often = ANY (ARRAY['daily'::text, 'weekly'::text, 'never'::text])))
);
comment on table people.digest is 'E-mail that says how much waits for somebody, and never what or about whom.';
-- overt_app may: delete, insert, select, update (people.digest)

create table people.engineer (
  id uuid not null,
  person_id uuid not null,
  provider text not null,
  role text not null,
  sites uuid[] not null,
  visit text,
  supervisor_id uuid not null,
  from_at timestamp with time zone not null,
  until timestamp with time zone not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint engineer_pkey PRIMARY KEY (id),
  constraint engineer_made_by_fkey FOREIGN KEY (made_by) REFERENCES people.person(id),
  constraint engineer_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint engineer_supervisor_id_fkey FOREIGN KEY (supervisor_id) REFERENCES people.person(id),
  constraint engineer_check CHECK (((until > from_at) AND (until <= (from_at + '72:00:00'::interval)))),
  constraint engineer_check1 CHECK ((supervisor_id <> person_id)),
  constraint engineer_sites_check CHECK (((cardinality(sites) >= 1) AND (cardinality(sites) <= 50))),
  constraint engineer_visit_check CHECK (((length(visit) >= 1) AND (length(visit) <= 100)))
);
comment on table people.engineer is 'Which account an engineer from outside has for a planned visit, and in which role. It is open only while that visit goes on.';
comment on column people.engineer.sites is 'The place of the visit when the account was given; the visit''s own place counts.';
comment on column people.engineer.visit is 'Id of the supplier''s visit in the register, which says where and when. Null: from before visits were asked for; opens nothing.';
comment on column people.engineer.supervisor_id is 'Who was to stay with them when the account was given; the visit says who does now.';
comment on column people.engineer.from_at is 'As planned when the account was given; it opens when they are let in at the place.';
comment on column people.engineer.until is 'As planned when the account was given: the latest end.';
comment on column people.engineer.ended_at is 'Put out before the visit''s end. Null: nobody did.';
CREATE INDEX engineer_of_person ON people.engineer USING btree (person_id);
CREATE INDEX engineer_of_visit ON people.engineer USING btree (visit);
-- overt_app may: delete, insert, select, update (people.engineer)

create table people.evidence (
  id uuid not null,
  provider text not null,
  mime text not null,
  bytes bytea not null,
  sha256 bytea not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  constraint evidence_pkey PRIMARY KEY (id),
  constraint evidence_made_by_fkey FOREIGN KEY (made_by) REFERENCES people.person(id),
  constraint evidence_bytes_check CHECK (((length(bytes) >= 1) AND (length(bytes) <= 5242880))),
  constraint evidence_mime_check CHECK ((mime = ANY (ARRAY['image/jpeg'::text, 'image/png'::text, 'application/pdf'::text]))),
  constraint evidence_sha256_check CHECK ((length(sha256) = 32))
);
comment on table people.evidence is 'A certificate or an attendance sheet behind a record. What it is was read from its bytes.';
-- overt_app may: delete, insert, select, update (people.evidence)

create table people.factor (
  person_id uuid not null,
  secret bytea,
  confirmed_at timestamp with time zone,
  last_step bigint,
  pending bytea,
  pending_at timestamp with time zone,
  constraint factor_pkey PRIMARY KEY (person_id),
  constraint factor_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint factor_check CHECK (((secret IS NULL) = (confirmed_at IS NULL))),
  constraint factor_check1 CHECK (((pending IS NULL) = (pending_at IS NULL))),
  constraint factor_check2 CHECK (((last_step IS NULL) OR (secret IS NOT NULL)))
);
comment on table people.factor is 'The key that a person''s device makes codes from, by real time. Sealed under a key that is a file of the hub and never in here.';
comment on column people.factor.secret is 'Sealed. Null: none confirmed yet.';
comment on column people.factor.last_step is 'Number of the newest 30 seconds whose code was taken: that code and older ones are refused, so an overheard code opens nothing.';
comment on column people.factor.pending is 'Sealed. A new key that no code has confirmed; the old one holds until then.';
-- overt_app may: delete, insert, select, update (people.factor)

create table people.half_session (
  secret_hash bytea not null,
  person_id uuid not null,
  until timestamp with time zone not null,
  constraint half_session_pkey PRIMARY KEY (secret_hash),
  constraint half_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint half_session_secret_hash_check CHECK ((length(secret_hash) = 32))
);
comment on table people.half_session is 'Between the right password and the code: opens nothing but the page that asks for the code. Real time.';
-- overt_app may: delete, insert, select, update (people.half_session)

create table people.hand_over (
  id uuid not null,
  leaver_id uuid not null,
  to_id uuid,
  what text not null,
  count integer not null,
  by_id uuid not null,
  at timestamp with time zone not null,
  constraint hand_over_pkey PRIMARY KEY (id),
  constraint hand_over_by_id_fkey FOREIGN KEY (by_id) REFERENCES people.person(id),
  constraint hand_over_leaver_id_fkey FOREIGN KEY (leaver_id) REFERENCES people.person(id),
  constraint hand_over_to_id_fkey FOREIGN KEY (to_id) REFERENCES people.person(id),
  constraint hand_over_count_check CHECK ((count > 0))
);
comment on table people.hand_over is 'What somebody who left had in hand, and who has it now. to_id null: the holders of the role.';
CREATE INDEX hand_over_of_leaver ON people.hand_over USING btree (leaver_id);
-- overt_app may: delete, insert, select, update (people.hand_over)

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

create table people.notice (
  id uuid not null,
  person_id uuid not null,
  words text not null,
  at timestamp with time zone not null,
  read_at timestamp with time zone,
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint notice_words_check CHECK (((length(words) >= 1) AND (length(words) <= 500)))
);
comment on table people.notice is 'What a person is told about their own account; on every page until they say that they have read it.';
CREATE INDEX notice_unread ON people.notice USING btree (person_id) WHERE (read_at IS NULL);
-- overt_app may: delete, insert, select, update (people.notice)

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
  factor_asked_at timestamp with time zone,
  kind text not null default 'staff'::text,
  manager_id uuid,
  constraint person_pkey PRIMARY KEY (id),
  constraint person_username_key UNIQUE (username),
  constraint person_made_by_fkey FOREIGN KEY (made_by) REFERENCES people.person(id),
  constraint person_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES people.person(id),
  constraint person_check CHECK (((password_hash IS NULL) = (password_at IS NULL))),
  constraint person_check1 CHECK ((active = (deactivated_at IS NULL))),
  constraint person_check2 CHECK ((manager_id <> id)),
  constraint person_email_check CHECK ((length(email) <= 254)),
  constraint person_kind_check CHECK ((kind = ANY (ARRAY['staff'::text, 'engineer'::text]))),
  constraint person_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint person_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text)),
  constraint person_username_check CHECK (((username = lower(username)) AND (username ~ '^[a-z0-9][a-z0-9._-]{1,59}$'::text)))
);
comment on table people.person is 'Rows are never deleted: old entries of the ledger point at them. Leaving deactivates.';
comment on column people.person.email is 'Null: none given. Not used to sign in.';
comment on column people.person.administrator is 'Runs the installation: accounts, recorders, landlords. Gives no right to footage.';
comment on column people.person.password_hash is 'argon2id as a PHC string. Null: invited, has not yet chosen one, so cannot sign in.';
comment on column people.person.made_by is 'Null: the first administrator, or made by Overt itself.';
comment on column people.person.factor_asked_at is 'Real time at which the second step was first asked of them; the days of grace count from here. Null: not yet asked.';
comment on column people.person.kind is 'engineer: works here for hours, by people.engineer alone, and holds no role beside it.';
comment on column people.person.manager_id is 'Whom they report to. Null: nobody is named.';
CREATE INDEX person_reports ON people.person USING btree (manager_id);
-- overt_app may: delete, insert, select, update (people.person)

create table people.qualification (
  id uuid not null,
  person_id uuid not null,
  provider text not null,
  kind text not null,
  code text not null,
  done_on date not null,
  given_by text,
  number text,
  last_day date,
  until timestamp with time zone,
  evidence_id uuid,
  recorded_at timestamp with time zone not null,
  recorded_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  ended_why text,
  constraint qualification_pkey PRIMARY KEY (id),
  constraint qualification_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES people.person(id),
  constraint qualification_evidence_id_fkey FOREIGN KEY (evidence_id) REFERENCES people.evidence(id),
  constraint qualification_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint qualification_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES people.person(id),
  constraint qualification_check CHECK ((last_day >= done_on)),
  constraint qualification_check1 CHECK ((recorded_by <> person_id)),
  constraint qualification_check2 CHECK (((last_day IS NULL) = (until IS NULL))),
  constraint qualification_check3 CHECK (((kind = 'training'::text) OR (last_day IS NOT NULL))),
  constraint qualification_check4 CHECK (((kind = 'licence'::text) OR (number IS NULL))),
  constraint qualification_check5 CHECK ((((ended_at IS NULL) = (ended_by IS NULL)) AND ((ended_at IS NULL) = (ended_why IS NULL)))),
  constraint qualification_code_check CHECK ((code ~ '^[a-z][a-z0-9-]{0,59}$'::text)),
  constraint qualification_ended_why_check CHECK (((length(ended_why) >= 1) AND (length(ended_why) <= 500))),
  constraint qualification_given_by_check CHECK (((length(given_by) >= 1) AND (length(given_by) <= 200))),
  constraint qualification_kind_check CHECK ((kind = ANY (ARRAY['training'::text, 'licence'::text]))),
  constraint qualification_number_check CHECK (((length(number) >= 1) AND (length(number) <= 60)))
);
comment on table people.qualification is 'One training done or one licence held by a person, for a landlord. Rows are never deleted; what was wrong or revoked is ended.';
comment on column people.qualification.code is 'Of the pack''s list or, for training, of people.course.';
comment on column people.qualification.done_on is 'Day on which the training was done, or from which the licence is good.';
comment on column people.qualification.given_by is 'Who gave the training or issued the licence. Null: not said.';
comment on column people.qualification.number is 'Of the licence. Personal: shown by its last four signs, and can be erased (null) without touching the rest.';
comment on column people.qualification.last_day is 'Last day on which it counts. Null: it does not run out.';
comment on column people.qualification.until is 'The first instant after last_day, in the landlord''s zone.';
comment on column people.qualification.ended_at is 'Taken back: recorded by mistake, or revoked. Null: it stands.';
CREATE INDEX qualification_at ON people.qualification USING btree (provider, person_id);
CREATE INDEX qualification_of_person ON people.qualification USING btree (person_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (people.qualification)

create table people.recovery_code (
  person_id uuid not null,
  code_hash bytea not null,
  made_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint recovery_code_pkey PRIMARY KEY (person_id, code_hash),
  constraint recovery_code_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint recovery_code_code_hash_check CHECK ((length(code_hash) = 32))
);
comment on table people.recovery_code is 'SHA-256 of codes of 80 random bits, shown once. Each opens once, where the device is lost.';
-- overt_app may: delete, insert, select, update (people.recovery_code)

create table people.role (
  person_id uuid not null,
  provider text not null,
  role text not null,
  areas text[] not null default '{}'::text[],
  given_at timestamp with time zone not null,
  given_by uuid,
  until timestamp with time zone,
  constraint role_pkey PRIMARY KEY (person_id, provider, role),
  constraint role_given_by_fkey FOREIGN KEY (given_by) REFERENCES people.person(id),
  constraint role_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint role_role_check CHECK ((role ~ '^[a-z0-9][a-z0-9-]*$'::text))
);
comment on table people.role is 'Which role a person holds at which landlord, and how far it reaches.';
comment on column people.role.role is 'A role code of the landlord''s policy pack.';
comment on column people.role.areas is 'How far it reaches: area names, patch:CODE, site:ID. Empty: everywhere at that landlord, except for roles that the policy ties to areas.';
comment on column people.role.until is 'From here on the role is not held, whether or not anything ran. Null: no end.';
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

create table people.sign_in_place (
  person_id uuid not null,
  place_hash bytea not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint sign_in_place_pkey PRIMARY KEY (person_id, place_hash),
  constraint sign_in_place_person_id_fkey FOREIGN KEY (person_id) REFERENCES people.person(id),
  constraint sign_in_place_place_hash_check CHECK ((length(place_hash) = 32))
);
comment on table people.sign_in_place is 'Networks from which somebody has signed in, as a keyed hash: whether one is new can be told, where it is cannot.';
-- overt_app may: delete, insert, select, update (people.sign_in_place)

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

create table providers.adjustment (
  id uuid not null,
  provider text not null,
  area text,
  reference text,
  name text,
  formats text[] not null,
  language text,
  contact_way text not null,
  contact text,
  note text,
  by_person uuid,
  at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  erased_at timestamp with time zone,
  home_site uuid,
  constraint adjustment_pkey PRIMARY KEY (id),
  constraint adjustment_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint adjustment_area_check CHECK ((length(area) <= 100)),
  constraint adjustment_check CHECK (((erased_at IS NULL) = (reference IS NOT NULL))),
  constraint adjustment_check1 CHECK (((erased_at IS NULL) OR ((name IS NULL) AND (contact IS NULL) AND (note IS NULL) AND (ended_at IS NOT NULL)))),
  constraint adjustment_contact_check CHECK (((length(contact) >= 1) AND (length(contact) <= 300))),
  constraint adjustment_contact_way_check CHECK ((contact_way = ANY (ARRAY['letter'::text, 'email'::text, 'telephone'::text, 'text-message'::text, 'visit'::text, 'somebody-else'::text]))),
  constraint adjustment_erased_home CHECK (((erased_at IS NULL) OR (home_site IS NULL))),
  constraint adjustment_formats_check CHECK ((formats <@ ARRAY['large-print'::text, 'easy-read'::text, 'plain-text'::text, 'braille'::text, 'audio'::text, 'coloured-paper'::text, 'sign-language'::text])),
  constraint adjustment_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'::text)),
  constraint adjustment_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint adjustment_note_check CHECK (((length(note) >= 1) AND (length(note) <= 1000))),
  constraint adjustment_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 60)))
);
comment on table providers.adjustment is 'One row per person and landlord while it is in force. Words about the person can be erased (UK GDPR Art 17).';
comment on column providers.adjustment.home_site is 'A place of the register; null where nobody said. Told to whoever writes to people there, and to an installer as a form of sign only, never as a person.';
CREATE INDEX adjustment_by_home ON providers.adjustment USING btree (home_site) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX adjustment_in_force ON providers.adjustment USING btree (provider, lower(reference)) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (providers.adjustment)

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

create table providers.consultation (
  id uuid not null,
  provider text not null,
  version date not null,
  title text not null,
  intro text not null,
  questions jsonb not null,
  opens_at timestamp with time zone not null,
  closes_at timestamp with time zone not null,
  by_person uuid,
  at timestamp with time zone not null,
  outcome text,
  outcome_at timestamp with time zone,
  constraint consultation_pkey PRIMARY KEY (id),
  constraint consultation_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint consultation_check CHECK ((closes_at > opens_at)),
  constraint consultation_check1 CHECK (((outcome IS NULL) = (outcome_at IS NULL))),
  constraint consultation_intro_check CHECK (((length(intro) >= 1) AND (length(intro) <= 4000))),
  constraint consultation_outcome_check CHECK (((length(outcome) >= 1) AND (length(outcome) <= 8000))),
  constraint consultation_questions_check CHECK (((jsonb_typeof(questions) = 'array'::text) AND ((jsonb_array_length(questions) >= 1) AND (jsonb_array_length(questions) <= 12)))),
  constraint consultation_title_check CHECK (((length(title) >= 1) AND (length(title) <= 160)))
);
comment on table providers.consultation is 'People are asked about the policy, for a time. Answers are taken between the two instants and at no other.';
comment on column providers.consultation.questions is '[{"code": "unclear", "ask": "…"}] as they were asked.';
CREATE INDEX consultation_of ON providers.consultation USING btree (provider, opens_at DESC);
-- overt_app may: insert, select, update (providers.consultation)

create table providers.consultation_answer (
  id uuid not null,
  consultation uuid not null,
  who text not null,
  heard_by text not null,
  answers jsonb,
  at timestamp with time zone not null,
  erased_at timestamp with time zone,
  constraint consultation_answer_pkey PRIMARY KEY (id),
  constraint consultation_answer_consultation_fkey FOREIGN KEY (consultation) REFERENCES providers.consultation(id),
  constraint consultation_answer_check CHECK (((answers IS NULL) = (erased_at IS NOT NULL))),
  constraint consultation_answer_heard_by_check CHECK ((heard_by = ANY (ARRAY['web'::text, 'paper'::text, 'spoken'::text]))),
  constraint consultation_answer_who_check CHECK ((who = ANY (ARRAY['resident'::text, 'neighbour'::text, 'colleague'::text, 'partner'::text, 'other'::text, 'not-said'::text])))
);
comment on table providers.consultation_answer is 'What somebody said. Nobody is asked for a name; words that give one away can be erased, and the answer still counts.';
CREATE INDEX consultation_answer_of ON providers.consultation_answer USING btree (consultation, at);
-- overt_app may: insert, select, update (providers.consultation_answer)

create table providers.decision (
  id uuid not null,
  provider text not null,
  key text not null,
  version date not null,
  value jsonb not null,
  reason text not null,
  decided_by uuid not null,
  role text not null,
  decided_at timestamp with time zone not null,
  ledger_entry uuid,
  constraint decision_pkey PRIMARY KEY (id),
  constraint decision_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint decision_key_check CHECK ((key ~ '^[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,59}$'::text)),
  constraint decision_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint decision_role_check CHECK ((role ~ '^[a-z][a-z0-9-]{0,59}$'::text)),
  constraint decision_value_check CHECK ((length((value)::text) <= 1000))
);
comment on table providers.decision is 'A landlord''s own answer to what its policy leaves open. The newest of a key counts; what was asked for before it was made goes on under the first.';
CREATE INDEX decision_of ON providers.decision USING btree (provider, key, decided_at, id);
-- overt_app may: insert, select (providers.decision)

create table providers.difference_seen (
  provider text not null,
  version date not null,
  difference text not null,
  note text not null,
  seen_by uuid not null,
  seen_at timestamp with time zone not null,
  constraint difference_seen_pkey PRIMARY KEY (provider, version, difference),
  constraint difference_seen_provider_version_fkey FOREIGN KEY (provider, version) REFERENCES providers.version_effect(provider, version),
  constraint difference_seen_difference_check CHECK ((difference ~ '^[A-Za-z0-9_-]{16}$'::text)),
  constraint difference_seen_note_check CHECK (((length(note) >= 1) AND (length(note) <= 1000)))
);
comment on table providers.difference_seen is 'What somebody responsible did about one difference between two versions, for the cameras that go on under the older.';
-- overt_app may: insert, select (providers.difference_seen)

create table providers.format_request (
  id uuid not null,
  provider text not null,
  wanted text,
  contact text,
  at timestamp with time zone not null,
  answered_at timestamp with time zone,
  answered_by uuid,
  constraint format_request_pkey PRIMARY KEY (id),
  constraint format_request_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint format_request_check CHECK ((answered_at >= at)),
  constraint format_request_check1 CHECK (((wanted IS NULL) = (answered_at IS NOT NULL))),
  constraint format_request_check2 CHECK (((wanted IS NOT NULL) OR (contact IS NULL))),
  constraint format_request_contact_check CHECK (((length(contact) >= 1) AND (length(contact) <= 300))),
  constraint format_request_wanted_check CHECK (((length(wanted) >= 1) AND (length(wanted) <= 300)))
);
comment on table providers.format_request is 'A need for another language or form. Its words are erased as it is answered: then only that it was asked stays.';
CREATE INDEX format_request_open ON providers.format_request USING btree (provider, at) WHERE (answered_at IS NULL);
-- overt_app may: insert, select, update (providers.format_request)

create table providers.paper (
  id uuid not null,
  provider text not null,
  code text,
  kind text not null,
  title text not null,
  stages text[] not null,
  owner_role text not null,
  review_on date not null,
  dead_since timestamp with time zone,
  by_person uuid,
  at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint paper_pkey PRIMARY KEY (id),
  constraint paper_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint paper_code_check CHECK ((code ~ '^[a-z][a-z0-9-]{0,59}$'::text)),
  constraint paper_kind_check CHECK ((kind = ANY (ARRAY['policy'::text, 'procedure'::text, 'template'::text, 'guidance'::text]))),
  constraint paper_owner_role_check CHECK ((owner_role ~ '^[a-z][a-z0-9-]{0,59}$'::text)),
  constraint paper_stages_check CHECK (((array_length(stages, 1) IS NULL) OR (array_length(stages, 1) <= 12))),
  constraint paper_title_check CHECK (((length(title) >= 1) AND (length(title) <= 160)))
);
comment on table providers.paper is 'A linked policy, procedure, template or piece of outside guidance. Its newest version is what people open.';
CREATE UNIQUE INDEX paper_of_pack ON providers.paper USING btree (provider, code) WHERE (ended_at IS NULL);
-- overt_app may: insert, select, update (providers.paper)

create table providers.paper_version (
  paper uuid not null,
  number integer not null,
  edition text not null,
  url text,
  file bytea,
  mime text,
  filename text,
  sha256 text,
  by_person uuid,
  at timestamp with time zone not null,
  constraint paper_version_pkey PRIMARY KEY (paper, number),
  constraint paper_version_paper_fkey FOREIGN KEY (paper) REFERENCES providers.paper(id),
  constraint paper_version_check CHECK (((url IS NULL) <> (file IS NULL))),
  constraint paper_version_check1 CHECK ((((file IS NULL) = (mime IS NULL)) AND ((file IS NULL) = (filename IS NULL)) AND ((file IS NULL) = (sha256 IS NULL)))),
  constraint paper_version_edition_check CHECK (((length(edition) >= 1) AND (length(edition) <= 60))),
  constraint paper_version_file_check CHECK ((length(file) <= 10485760)),
  constraint paper_version_filename_check CHECK ((length(filename) <= 120)),
  constraint paper_version_mime_check CHECK ((mime = ANY (ARRAY['application/pdf'::text, 'text/plain'::text, 'image/png'::text, 'image/jpeg'::text]))),
  constraint paper_version_number_check CHECK ((number >= 1)),
  constraint paper_version_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint paper_version_url_check CHECK (((url ~ '^https://'::text) AND (length(url) <= 500)))
);
comment on table providers.paper_version is 'What was opened under a version stays: a version is never changed.';
-- overt_app may: insert, select (providers.paper_version)

create table providers.policy_review (
  id uuid not null,
  provider text not null,
  version date not null,
  reviewed_on date not null,
  outcome text not null,
  note text not null,
  next_review date not null,
  by_person uuid,
  at timestamp with time zone not null,
  constraint policy_review_pkey PRIMARY KEY (id),
  constraint policy_review_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint policy_review_check CHECK ((next_review > reviewed_on)),
  constraint policy_review_note_check CHECK (((length(note) >= 1) AND (length(note) <= 4000))),
  constraint policy_review_outcome_check CHECK ((outcome = ANY (ARRAY['stays'::text, 'to-change'::text, 'changed'::text])))
);
comment on table providers.policy_review is 'A policy was looked at again. The newest one says when the next is due; before the first, the document does.';
CREATE INDEX policy_review_of ON providers.policy_review USING btree (provider, at DESC);
-- overt_app may: insert, select (providers.policy_review)

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

create table providers.publication (
  id uuid not null,
  provider text not null,
  version date not null,
  revision integer not null,
  channel text not null,
  address text,
  by_person uuid,
  at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint publication_pkey PRIMARY KEY (id),
  constraint publication_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint publication_address_check CHECK ((length(address) <= 500)),
  constraint publication_channel_check CHECK ((channel = ANY (ARRAY['website'::text, 'intranet'::text, 'staff'::text]))),
  constraint publication_check CHECK ((ended_at >= at))
);
comment on table providers.publication is 'Where a version is made known. A row of channel website without an end opens the public page.';
CREATE UNIQUE INDEX publication_open ON providers.publication USING btree (provider, channel) WHERE (ended_at IS NULL);
-- overt_app may: insert, select, update (providers.publication)

create table providers.refusal_count (
  provider text not null,
  day date not null,
  clause text not null,
  rule text not null,
  refusals bigint not null,
  constraint refusal_count_pkey PRIMARY KEY (provider, day, clause, rule),
  constraint refusal_count_clause_check CHECK ((length(clause) <= 80)),
  constraint refusal_count_refusals_check CHECK ((refusals > 0)),
  constraint refusal_count_rule_check CHECK (((length(rule) >= 1) AND (length(rule) <= 80)))
);
comment on table providers.refusal_count is 'Refused decisions by rule and day. Never who asked, and never what for.';
-- overt_app may: delete, insert, select, update (providers.refusal_count)

create table providers.standard (
  provider text not null,
  code text not null,
  kind text not null,
  title text not null,
  edition text,
  dated date,
  owner_role text not null,
  expires_on date,
  number text,
  state text not null,
  note text,
  controls text[] not null,
  changed_at timestamp with time zone not null,
  changed_by uuid,
  checked_on date,
  constraint standard_pkey PRIMARY KEY (provider, code),
  constraint standard_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint standard_code_check CHECK ((code ~ '^[a-z][a-z0-9-]{0,59}$'::text)),
  constraint standard_edition_check CHECK (((length(edition) >= 1) AND (length(edition) <= 60))),
  constraint standard_kind_check CHECK ((kind = ANY (ARRAY['statute'::text, 'code'::text, 'standard'::text, 'regulator'::text, 'registration'::text]))),
  constraint standard_note_check CHECK (((length(note) >= 1) AND (length(note) <= 2000))),
  constraint standard_number_check CHECK (((length(number) >= 1) AND (length(number) <= 60))),
  constraint standard_owner_role_check CHECK ((owner_role ~ '^[a-z][a-z0-9-]{0,59}$'::text)),
  constraint standard_state_check CHECK ((state = ANY (ARRAY['in-force'::text, 'amended'::text, 'repealed'::text, 'not-taken-up'::text]))),
  constraint standard_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
comment on table providers.standard is 'One law, code, standard, regulator''s standard or registration as it stands now, and what in Overt answers it.';
-- overt_app may: insert, select, update (providers.standard)

create table providers.standard_change (
  id uuid not null,
  provider text not null,
  code text not null,
  what text not null,
  edition text,
  state text not null,
  expires_on date,
  by_person uuid,
  at timestamp with time zone not null,
  constraint standard_change_pkey PRIMARY KEY (id),
  constraint standard_change_provider_code_fkey FOREIGN KEY (provider, code) REFERENCES providers.standard(provider, code),
  constraint standard_change_what_check CHECK (((length(what) >= 1) AND (length(what) <= 2000)))
);
comment on table providers.standard_change is 'Each change of the register, in words; it opened a task to look at the policy again.';
CREATE INDEX standard_change_of ON providers.standard_change USING btree (provider, code, at DESC);
-- overt_app may: insert, select (providers.standard_change)

create table providers.subsidiary (
  slug text not null,
  group_slug text not null,
  added_by uuid,
  added_at timestamp with time zone not null,
  constraint subsidiary_pkey PRIMARY KEY (slug),
  constraint subsidiary_group_slug_fkey FOREIGN KEY (group_slug) REFERENCES providers.provider(slug),
  constraint subsidiary_slug_fkey FOREIGN KEY (slug) REFERENCES providers.provider(slug),
  constraint subsidiary_check CHECK ((slug <> group_slug))
);
comment on table providers.subsidiary is 'A landlord of a group: its group''s policy, versions and decisions are its own. It never gets a policy beside it.';
CREATE INDEX subsidiary_of ON providers.subsidiary USING btree (group_slug);
-- overt_app may: insert, select (providers.subsidiary)

create table providers.translation (
  id uuid not null,
  provider text not null,
  version date not null,
  of_hash text not null,
  language text not null,
  language_name text not null,
  easy_read boolean not null default false,
  translated_on date not null,
  body text,
  file bytea,
  mime text,
  filename text,
  by_person uuid,
  at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint translation_pkey PRIMARY KEY (id),
  constraint translation_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint translation_body_check CHECK (((length(body) >= 1) AND (length(body) <= 200000))),
  constraint translation_check CHECK ((ended_at >= at)),
  constraint translation_check1 CHECK (((body IS NULL) <> (file IS NULL))),
  constraint translation_check2 CHECK ((((file IS NULL) = (mime IS NULL)) AND ((file IS NULL) = (filename IS NULL)))),
  constraint translation_file_check CHECK ((length(file) <= 10485760)),
  constraint translation_filename_check CHECK ((length(filename) <= 120)),
  constraint translation_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'::text)),
  constraint translation_language_name_check CHECK (((length(language_name) >= 1) AND (length(language_name) <= 60))),
  constraint translation_of_hash_check CHECK ((of_hash ~ '^[0-9a-f]{64}$'::text))
);
comment on table providers.translation is 'The policy in another language or in easy read: words or a file. The newest of a language is shown.';
CREATE UNIQUE INDEX translation_open ON providers.translation USING btree (provider, language, easy_read) WHERE (ended_at IS NULL);
-- overt_app may: insert, select, update (providers.translation)

create table providers.use_count (
  provider text not null,
  kind text not null,
  cause text not null default ''::text,
  day date not null,
  uses bigint not null,
  constraint use_count_pkey PRIMARY KEY (provider, day, kind, cause),
  constraint use_count_cause_check CHECK ((length(cause) <= 80)),
  constraint use_count_kind_check CHECK (((length(kind) >= 3) AND (length(kind) <= 80))),
  constraint use_count_uses_check CHECK ((uses > 0))
);
comment on table providers.use_count is 'Ledger entries by landlord, kind and day in its time zone. Made from the ledger, and made again from it when lost.';
-- overt_app may: delete, insert, select, update (providers.use_count)

create table providers.use_cursor (
  one boolean not null default true,
  counted_to bigint not null,
  constraint use_cursor_pkey PRIMARY KEY (one),
  constraint use_cursor_counted_to_check CHECK ((counted_to >= '-1'::integer)),
  constraint use_cursor_one_check CHECK (one)
);
comment on table providers.use_cursor is 'Number of the last ledger entry that use_count holds; -1: none yet.';
-- overt_app may: delete, insert, select, update (providers.use_cursor)

create table providers.version_effect (
  provider text not null,
  version date not null,
  previous_version date not null,
  effect_at timestamp with time zone not null,
  constraint version_effect_pkey PRIMARY KEY (provider, version),
  constraint version_effect_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint version_effect_check CHECK ((version <> previous_version))
);
comment on table providers.version_effect is 'The day a newer version began to decide here, found by the clock. Written once.';
-- overt_app may: insert, select (providers.version_effect)

create table providers.word (
  id uuid not null,
  provider text not null,
  version date not null,
  kind text not null,
  body text not null,
  given_on date not null,
  minute text,
  by_person uuid,
  at timestamp with time zone not null,
  constraint word_pkey PRIMARY KEY (id),
  constraint word_provider_fkey FOREIGN KEY (provider) REFERENCES providers.provider(slug),
  constraint word_body_check CHECK (((length(body) >= 1) AND (length(body) <= 200))),
  constraint word_kind_check CHECK ((kind = ANY (ARRAY['approved'::text, 'shown'::text]))),
  constraint word_minute_check CHECK (((length(minute) >= 1) AND (length(minute) <= 200)))
);
comment on table providers.word is 'A body approved a version of the policy, or was shown what came of a review. Written once, never changed.';
CREATE INDEX word_of ON providers.word USING btree (provider, given_on DESC);
-- overt_app may: insert, select (providers.word)

create schema register;

create table register.acknowledgement (
  procedure_id uuid not null,
  person_id uuid not null,
  at timestamp with time zone not null,
  constraint acknowledgement_pkey PRIMARY KEY (procedure_id, person_id),
  constraint acknowledgement_procedure_id_fkey FOREIGN KEY (procedure_id) REFERENCES register.procedure(id)
);
comment on table register.acknowledgement is 'Who has said that they have read a version of a procedure and will keep to it.';
-- overt_app may: insert, select (register.acknowledgement)

create table register.attachment (
  id uuid not null,
  provider text not null,
  mime text not null,
  bytes bytea not null,
  sha256 bytea not null,
  created_at timestamp with time zone not null,
  created_by uuid,
  constraint attachment_pkey PRIMARY KEY (id),
  constraint attachment_bytes_check CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 12582912))),
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
  reference text,
  device_port integer,
  constraint camera_pkey PRIMARY KEY (id),
  constraint camera_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint camera_check CHECK (((probe_code IS NULL) = (probe_at IS NULL))),
  constraint camera_device_port_check CHECK (((device_port >= 1) AND (device_port <= 65535))),
  constraint camera_label_check CHECK (((length(label) >= 1) AND (length(label) <= 100))),
  constraint camera_model_check CHECK ((length(model) <= 200)),
  constraint camera_position_check CHECK ((length("position") <= 1000)),
  constraint camera_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 60))),
  constraint camera_rtsp_url_check CHECK (((rtsp_url ~~ 'rtsp://%'::text) AND (rtsp_url !~~ 'rtsp://%@%'::text))),
  constraint camera_serial_check CHECK ((length(serial) <= 200))
);
comment on table register.camera is 'Any capturing device: where it hangs, how it is reached. Its user and password are sealed under a key outside the database.';
comment on column register.camera.device_port is 'Port of the camera''s own services (ONVIF); null: the usual one, 80.';
CREATE INDEX camera_by_provider ON register.camera USING btree (provider);
CREATE INDEX camera_by_recorder ON register.camera USING btree (recorder_id) WHERE (recorder_id IS NOT NULL);
CREATE INDEX camera_by_system ON register.camera USING btree (system_id);
CREATE TRIGGER keep_findable AFTER INSERT OR DELETE OR UPDATE OF label, model, serial, system_id, provider ON register.camera FOR EACH ROW EXECUTE FUNCTION register.keep_findable();
CREATE UNIQUE INDEX camera_by_reference ON register.camera USING btree (provider, reference) WHERE (reference IS NOT NULL);
-- overt_app may: delete, insert, select, update (register.camera)

create table register.camera_taken_over (
  camera_id uuid not null,
  import_id uuid not null,
  days_kept_before integer,
  sign_place text,
  running boolean not null,
  constraint camera_taken_over_pkey PRIMARY KEY (camera_id),
  constraint camera_taken_over_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint camera_taken_over_import_id_fkey FOREIGN KEY (import_id) REFERENCES register.estate_import(id),
  constraint camera_taken_over_days_kept_before_check CHECK (((days_kept_before >= 0) AND (days_kept_before <= 3660))),
  constraint camera_taken_over_sign_place_check CHECK ((sign_place = ANY (ARRAY['entry'::text, 'near-camera'::text, 'at-camera'::text])))
);
comment on table register.camera_taken_over is 'What an uploaded file said of a camera that came from an older system.';
-- overt_app may: delete, insert, select, update (register.camera_taken_over)

create table register.change (
  id uuid not null,
  provider text not null,
  what text not null,
  object_id uuid not null,
  at timestamp with time zone not null,
  by uuid,
  field text not null,
  was text,
  became text,
  constraint change_pkey PRIMARY KEY (id),
  constraint change_field_check CHECK (((length(field) >= 1) AND (length(field) <= 100))),
  constraint change_what_check CHECK ((what = ANY (ARRAY['site'::text, 'patch'::text, 'system'::text, 'camera'::text, 'device'::text, 'supplier'::text, 'sign'::text, 'plan'::text])))
);
comment on table register.change is 'What changed in the register, field by field, from what to what, by whom and when.';
comment on column register.change.was is 'Before, in words; null: nothing was there, or it is not written down (a secret).';
CREATE INDEX change_by_object ON register.change USING btree (object_id, at);
-- overt_app may: insert, select (register.change)

create table register.device (
  id uuid not null,
  provider text not null,
  kind text not null,
  name text not null,
  make text not null default ''::text,
  model text not null default ''::text,
  serial text not null default ''::text,
  owner text not null,
  has_audio boolean not null,
  redeployable boolean not null,
  status text not null,
  site_id uuid,
  system_id uuid,
  camera_id uuid,
  holder_id uuid,
  place text not null default ''::text,
  unwiped boolean not null default false,
  declared_until date,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  version integer not null default 1,
  constraint device_pkey PRIMARY KEY (id),
  constraint device_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint device_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint device_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint device_check CHECK (((status <> 'issued'::text) OR (holder_id IS NOT NULL))),
  constraint device_check1 CHECK (((status <> 'installed'::text) OR (site_id IS NOT NULL))),
  constraint device_check2 CHECK (((owner <> 'staff'::text) OR ((holder_id IS NOT NULL) AND (kind = 'dash-cam'::text)))),
  constraint device_check3 CHECK (((declared_until IS NOT NULL) = (owner = 'staff'::text))),
  constraint device_kind_check CHECK ((kind = ANY (ARRAY['camera'::text, 'recorder'::text, 'screen'::text, 'doorbell'::text, 'body-worn'::text, 'dash-cam'::text, 'door-entry'::text, 'other'::text]))),
  constraint device_make_check CHECK ((length(make) <= 100)),
  constraint device_model_check CHECK ((length(model) <= 100)),
  constraint device_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint device_owner_check CHECK ((owner = ANY (ARRAY['landlord'::text, 'staff'::text, 'supplier'::text]))),
  constraint device_place_check CHECK ((length(place) <= 300)),
  constraint device_serial_check CHECK ((length(serial) <= 100)),
  constraint device_status_check CHECK ((status = ANY (ARRAY['store'::text, 'issued'::text, 'installed'::text, 'repair'::text, 'retired'::text])))
);
comment on table register.device is 'A piece of equipment: what it is, whose, who holds it, where, and whether it may still hold pictures.';
comment on column register.device.unwiped is 'It has been out since it was last wiped: it may hold pictures, and is not given out again before.';
comment on column register.device.declared_until is 'Staff''s own dash cam: declared again after this day; null for all else.';
CREATE INDEX device_by_holder ON register.device USING btree (holder_id) WHERE (holder_id IS NOT NULL);
CREATE INDEX device_by_provider ON register.device USING btree (provider, kind, name);
CREATE INDEX device_by_site ON register.device USING btree (site_id) WHERE (site_id IS NOT NULL);
CREATE INDEX device_by_system ON register.device USING btree (system_id) WHERE (system_id IS NOT NULL);
CREATE TRIGGER keep_findable AFTER INSERT OR DELETE OR UPDATE OF name, kind, make, model, serial, place, site_id, system_id, provider ON register.device FOR EACH ROW EXECUTE FUNCTION register.keep_findable();
CREATE UNIQUE INDEX device_serial_once ON register.device USING btree (provider, lower(make), lower(serial)) WHERE (serial <> ''::text);
-- overt_app may: delete, insert, select, update (register.device)

create table register.device_reading (
  camera_id uuid not null,
  tried_at timestamp with time zone not null,
  code text not null,
  words text not null,
  read_at timestamp with time zone,
  functions jsonb not null default '[]'::jsonb,
  constraint device_reading_pkey PRIMARY KEY (camera_id),
  constraint device_reading_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint device_reading_code_check CHECK (((length(code) >= 1) AND (length(code) <= 40))),
  constraint device_reading_functions_check CHECK ((jsonb_typeof(functions) = 'array'::text)),
  constraint device_reading_words_check CHECK ((length(words) <= 500))
);
comment on table register.device_reading is 'The last time that a camera was asked what it does (tried_at, code, words), and what it said when it last answered (read_at, functions): a camera that falls silent doesn''t take back what it said. Gone when its address changes.';
comment on column register.device_reading.functions is 'Analytic modules and rules set up on the camera: [{kind: module | rule, type, name}], as the camera calls them.';
-- overt_app may: delete, insert, select, update (register.device_reading)

create table register.device_step (
  id uuid not null,
  device_id uuid not null,
  what text not null,
  at timestamp with time zone not null,
  by uuid not null,
  holder_id uuid,
  site_id uuid,
  note text not null default ''::text,
  constraint device_step_pkey PRIMARY KEY (id),
  constraint device_step_device_id_fkey FOREIGN KEY (device_id) REFERENCES register.device(id),
  constraint device_step_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint device_step_note_check CHECK ((length(note) <= 500)),
  constraint device_step_what_check CHECK ((what = ANY (ARRAY['added'::text, 'issued'::text, 'returned'::text, 'installed'::text, 'repair'::text, 'wiped'::text, 'retired'::text, 'declared'::text])))
);
comment on table register.device_step is 'Where a device has been and with whom: every handing over, for ever.';
CREATE INDEX step_by_device ON register.device_step USING btree (device_id, at);
-- overt_app may: insert, select (register.device_step)

create table register.estate_import (
  id uuid not null,
  provider text not null,
  uploaded_by uuid not null,
  uploaded_at timestamp with time zone not null,
  sha256 bytea not null,
  format text not null,
  sealed bytea,
  rows integer not null,
  problems integer not null,
  confirmed_at timestamp with time zone,
  counts jsonb,
  constraint estate_import_pkey PRIMARY KEY (id),
  constraint estate_import_check CHECK (((confirmed_at IS NULL) = (counts IS NULL))),
  constraint estate_import_check1 CHECK (((confirmed_at IS NULL) OR (problems = 0))),
  constraint estate_import_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'json'::text]))),
  constraint estate_import_problems_check CHECK ((problems >= 0)),
  constraint estate_import_rows_check CHECK ((rows >= 0)),
  constraint estate_import_sealed_check CHECK ((octet_length(sealed) <= 6291456)),
  constraint estate_import_sha256_check CHECK ((octet_length(sha256) = 32))
);
comment on table register.estate_import is 'A file with sites, systems and cameras: checked first, taken over whole or not at all.';
CREATE INDEX estate_import_by_person ON register.estate_import USING btree (uploaded_by, uploaded_at DESC);
-- overt_app may: delete, insert, select, update (register.estate_import)

create table register.findable (
  kind text not null,
  id uuid not null,
  provider text not null,
  area text,
  site_id uuid,
  system_id uuid,
  patch_id uuid,
  title text not null,
  note text not null,
  words text not null,
  constraint findable_pkey PRIMARY KEY (id),
  constraint findable_kind_check CHECK ((kind = ANY (ARRAY['site'::text, 'system'::text, 'camera'::text, 'device'::text, 'supplier'::text])))
);
comment on table register.findable is 'What search and long lists read: one line for each thing of the register, kept by triggers.';
comment on column register.findable.area is 'Of its place, for reach; null: only who reaches the whole landlord finds it.';
CREATE INDEX findable_by_site ON register.findable USING btree (site_id) WHERE (site_id IS NOT NULL);
CREATE INDEX findable_by_system ON register.findable USING btree (system_id) WHERE (system_id IS NOT NULL);
CREATE INDEX findable_in_order ON register.findable USING btree (provider, kind, title, id);
CREATE INDEX findable_words ON register.findable USING gin (words gin_trgm_ops);
-- overt_app may: delete, insert, select, update (register.findable)

create view register.findable_source as
 SELECT 'site'::text AS kind,
    t.id,
    t.provider,
    t.area,
    t.id AS site_id,
    NULL::uuid AS system_id,
    t.patch_id,
    t.name AS title,
    array_to_string(t.address, ', '::text) AS note,
    lower(concat_ws(' '::text, t.name, array_to_string(t.address, ' '::text), t.area)) AS words
   FROM register.site t
UNION ALL
 SELECT 'system'::text AS kind,
    s.id,
    s.provider,
    t.area,
    t.id AS site_id,
    s.id AS system_id,
    t.patch_id,
    s.name AS title,
    t.name AS note,
    lower(concat_ws(' '::text, s.name, t.name, array_to_string(t.address, ' '::text), t.area)) AS words
   FROM register.system s
     JOIN register.site t ON t.id = s.site_id
UNION ALL
 SELECT 'camera'::text AS kind,
    c.id,
    c.provider,
    t.area,
    t.id AS site_id,
    s.id AS system_id,
    t.patch_id,
    c.label AS title,
    t.name AS note,
    lower(concat_ws(' '::text, c.label, c.model, c.serial, s.name, t.name, array_to_string(t.address, ' '::text), t.area)) AS words
   FROM register.camera c
     JOIN register.system s ON s.id = c.system_id
     JOIN register.site t ON t.id = s.site_id
UNION ALL
 SELECT 'device'::text AS kind,
    d.id,
    d.provider,
    t.area,
    t.id AS site_id,
    d.system_id,
    t.patch_id,
    d.name AS title,
    concat_ws(' '::text, NULLIF(d.make, ''::text), NULLIF(d.model, ''::text)) AS note,
    lower(concat_ws(' '::text, d.name, replace(d.kind, '-'::text, ' '::text), d.make, d.model, d.serial, d.place, t.name, array_to_string(t.address, ' '::text))) AS words
   FROM register.device d
     LEFT JOIN register.site t ON t.id = d.site_id
UNION ALL
 SELECT 'supplier'::text AS kind,
    p.id,
    p.provider,
    NULL::text AS area,
    NULL::uuid AS site_id,
    NULL::uuid AS system_id,
    NULL::uuid AS patch_id,
    p.name AS title,
    p.contract_reference AS note,
    lower(concat_ws(' '::text, p.name, p.contract_reference)) AS words
   FROM register.supplier p;
comment on view register.findable_source is 'What register.findable must hold; its triggers copy from here.';
-- overt_app may: delete, insert, select, update (register.findable_source)

create table register.guarded_system (
  system_id uuid not null,
  reason text not null,
  guarded_at timestamp with time zone not null,
  guarded_by uuid not null,
  constraint guarded_system_pkey PRIMARY KEY (system_id),
  constraint guarded_system_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint guarded_system_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);
comment on table register.guarded_system is 'Systems marked for safety: the page behind their signs says nothing of where or whether anything records.';
-- overt_app may: delete, insert, select, update (register.guarded_system)

create table register.operator (
  system_id uuid not null,
  person_id uuid not null,
  named_at timestamp with time zone not null,
  named_by uuid not null,
  ended_at timestamp with time zone,
  constraint operator_pkey PRIMARY KEY (system_id, person_id, named_at),
  constraint operator_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id)
);
comment on table register.operator is 'Who operates a system; ended_at is null while they do.';
CREATE UNIQUE INDEX operator_once ON register.operator USING btree (system_id, person_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (register.operator)

create table register.patch (
  id uuid not null,
  provider text not null,
  name text not null,
  area text,
  manager_id uuid,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  version integer not null default 1,
  constraint patch_pkey PRIMARY KEY (id),
  constraint patch_id_provider_key UNIQUE (id, provider),
  constraint patch_provider_name_key UNIQUE (provider, name),
  constraint patch_area_check CHECK (((length(area) >= 1) AND (length(area) <= 100))),
  constraint patch_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
comment on table register.patch is 'The part of an area that one person looks after; sites lie in it.';
comment on column register.patch.manager_id is 'Who looks after it; null: nobody yet, which is shown and chased.';
-- overt_app may: delete, insert, select, update (register.patch)

create table register.plan (
  id uuid not null,
  site_id uuid not null,
  picture_id uuid not null,
  width_m double precision not null,
  height_m double precision not null,
  uploaded_by uuid not null,
  uploaded_at timestamp with time zone not null,
  replaced_at timestamp with time zone,
  constraint plan_pkey PRIMARY KEY (id),
  constraint plan_picture_id_fkey FOREIGN KEY (picture_id) REFERENCES register.attachment(id),
  constraint plan_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint plan_height_m_check CHECK (((height_m >= (0.1)::double precision) AND (height_m <= (50000)::double precision))),
  constraint plan_width_m_check CHECK (((width_m >= (1)::double precision) AND (width_m <= (5000)::double precision)))
);
comment on table register.plan is 'A picture of a site from above, with its scale.';
CREATE UNIQUE INDEX plan_one_current ON register.plan USING btree (site_id) WHERE (replaced_at IS NULL);
-- overt_app may: delete, insert, select, update (register.plan)

create table register.plan_area (
  id uuid not null,
  plan_id uuid not null,
  name text not null,
  kind text not null,
  see_through boolean not null default false,
  corners jsonb not null,
  marked_by uuid not null,
  marked_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint plan_area_pkey PRIMARY KEY (id),
  constraint plan_area_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES register.plan(id),
  constraint plan_area_check CHECK (((NOT see_through) OR (kind = 'wall'::text))),
  constraint plan_area_corners_check CHECK (((jsonb_typeof(corners) = 'array'::text) AND ((jsonb_array_length(corners) >= 3) AND (jsonb_array_length(corners) <= 40)))),
  constraint plan_area_kind_check CHECK ((kind = ANY (ARRAY['private-property'::text, 'private-room'::text, 'neighbour-window'::text, 'shared'::text, 'wall'::text]))),
  constraint plan_area_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
comment on table register.plan_area is 'A part of a plan, and whether it is private.';
CREATE INDEX plan_area_by_plan ON register.plan_area USING btree (plan_id) WHERE (removed_at IS NULL);
-- overt_app may: delete, insert, select, update (register.plan_area)

create table register.plan_camera (
  plan_id uuid not null,
  camera_id uuid not null,
  x_m double precision not null,
  y_m double precision not null,
  direction double precision not null,
  angle double precision not null,
  range_m double precision not null,
  version integer not null default 1,
  aim_version integer not null,
  placed_by uuid not null,
  placed_at timestamp with time zone not null,
  constraint plan_camera_pkey PRIMARY KEY (plan_id, camera_id),
  constraint plan_camera_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint plan_camera_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES register.plan(id),
  constraint plan_camera_angle_check CHECK (((angle >= (5)::double precision) AND (angle <= (360)::double precision))),
  constraint plan_camera_direction_check CHECK (((direction >= (0)::double precision) AND (direction < (360)::double precision))),
  constraint plan_camera_range_m_check CHECK (((range_m >= (0.5)::double precision) AND (range_m <= (500)::double precision)))
);
comment on table register.plan_camera is 'Where a camera hangs on a plan and what it sees of it.';
CREATE INDEX plan_camera_by_camera ON register.plan_camera USING btree (camera_id);
-- overt_app may: delete, insert, select, update (register.plan_camera)

create table register.procedure (
  id uuid not null,
  system_id uuid not null,
  version integer not null,
  title text not null,
  duties text not null,
  link text,
  file_name text,
  mime text,
  bytes bytea,
  sha256 bytea,
  written_at timestamp with time zone not null,
  written_by uuid not null,
  constraint procedure_pkey PRIMARY KEY (id),
  constraint procedure_system_id_version_key UNIQUE (system_id, version),
  constraint procedure_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint procedure_bytes_check CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 10485760))),
  constraint procedure_check CHECK (((link IS NULL) <> (bytes IS NULL))),
  constraint procedure_check1 CHECK ((((bytes IS NULL) = (file_name IS NULL)) AND ((bytes IS NULL) = (mime IS NULL)) AND ((bytes IS NULL) = (sha256 IS NULL)))),
  constraint procedure_duties_check CHECK (((length(duties) >= 1) AND (length(duties) <= 4000))),
  constraint procedure_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
  constraint procedure_link_check CHECK (((link ~ '^(https://|/)'::text) AND (length(link) <= 500))),
  constraint procedure_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint procedure_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint procedure_version_check CHECK ((version >= 1))
);
comment on table register.procedure is 'The procedure for running a system, each version for ever; the newest counts.';
comment on column register.procedure.duties is 'What manager and operators do and answer for.';
-- overt_app may: insert, select (register.procedure)

create table register.security_answer (
  id uuid not null,
  system_id uuid not null,
  code text not null,
  answer text not null,
  evidence text not null,
  day date not null,
  recheck_day date not null,
  at timestamp with time zone not null,
  by uuid not null,
  constraint security_answer_pkey PRIMARY KEY (id),
  constraint security_answer_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint security_answer_answer_check CHECK ((answer = ANY (ARRAY['met'::text, 'not-met'::text, 'not-there'::text]))),
  constraint security_answer_check CHECK ((recheck_day > day)),
  constraint security_answer_code_check CHECK (((length(code) >= 1) AND (length(code) <= 60))),
  constraint security_answer_evidence_check CHECK (((length(evidence) >= 1) AND (length(evidence) <= 1000)))
);
comment on table register.security_answer is 'Answers to the security checklist of a system; the newest of a question counts, older ones stay.';
CREATE INDEX security_by_system ON register.security_answer USING btree (system_id, code, at);
-- overt_app may: insert, select (register.security_answer)

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
  sheet_id uuid,
  proof text,
  seen_at timestamp with time zone,
  trouble text,
  constraint sign_pkey PRIMARY KEY (id),
  constraint sign_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint sign_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES register.attachment(id),
  constraint sign_sheet_id_fkey FOREIGN KEY (sheet_id) REFERENCES register.sign_sheet(id),
  constraint sign_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint sign_note_check CHECK ((length(note) <= 300)),
  constraint sign_place_check CHECK ((place = ANY (ARRAY['entry'::text, 'near-camera'::text, 'at-camera'::text]))),
  constraint sign_proof_check CHECK ((proof = ANY (ARRAY['read'::text, 'word'::text, 'waiting'::text]))),
  constraint sign_proof_of_sheet CHECK (((sheet_id IS NULL) = (proof IS NULL))),
  constraint sign_trouble_check CHECK ((trouble = ANY (ARRAY['missing'::text, 'damaged'::text])))
);
comment on table register.sign is 'A sign that tells of cameras, with its photo; kept after it was removed.';
CREATE INDEX sign_by_camera ON register.sign USING btree (camera_id);
CREATE INDEX sign_by_sheet ON register.sign USING btree (sheet_id);
CREATE INDEX sign_by_system ON register.sign USING btree (system_id);
-- overt_app may: delete, insert, select, update (register.sign)

create table register.sign_contact (
  provider text not null,
  name text not null,
  phone text not null default ''::text,
  email text not null default ''::text,
  web text not null default ''::text,
  post text not null default ''::text,
  version integer not null default 1,
  set_at timestamp with time zone not null,
  set_by uuid,
  constraint sign_contact_pkey PRIMARY KEY (provider),
  constraint sign_contact_check CHECK (((phone <> ''::text) OR (email <> ''::text) OR (web <> ''::text) OR (post <> ''::text))),
  constraint sign_contact_email_check CHECK ((length(email) <= 254)),
  constraint sign_contact_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint sign_contact_phone_check CHECK ((length(phone) <= 50)),
  constraint sign_contact_post_check CHECK ((length(post) <= 500)),
  constraint sign_contact_web_check CHECK ((length(web) <= 200))
);
comment on table register.sign_contact is 'Whom people can ask about a landlord''s cameras: printed on every sign.';
-- overt_app may: delete, insert, select, update (register.sign_contact)

create table register.sign_sheet (
  id uuid not null,
  provider text not null,
  system_id uuid not null,
  camera_id uuid not null,
  place text not null,
  code text not null,
  unlisted boolean not null,
  version integer not null,
  must_version integer not null default 1,
  must_since timestamp with time zone not null,
  made_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint sign_sheet_pkey PRIMARY KEY (id),
  constraint sign_sheet_code_key UNIQUE (code),
  constraint sign_sheet_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint sign_sheet_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint sign_sheet_check CHECK ((must_version <= version)),
  constraint sign_sheet_code_check CHECK ((code ~ '^[0-9A-HJKMNP-TV-Z]{20}$'::text)),
  constraint sign_sheet_place_check CHECK ((place = ANY (ARRAY['entry'::text, 'near-camera'::text, 'at-camera'::text]))),
  constraint sign_sheet_version_check CHECK (((version >= 1) AND (version <= 9999)))
);
comment on table register.sign_sheet is 'A sign that belongs at a place of a camera, with its unguessable public code and the present version of its words.';
CREATE INDEX sign_sheet_by_camera ON register.sign_sheet USING btree (camera_id) WHERE (retired_at IS NULL);
CREATE INDEX sign_sheet_by_provider ON register.sign_sheet USING btree (provider) WHERE (retired_at IS NULL);
-- overt_app may: delete, insert, select, update (register.sign_sheet)

create table register.sign_sighting (
  id uuid not null,
  sign_id uuid not null,
  version integer not null,
  photo_id uuid not null,
  taken_at timestamp with time zone not null,
  taken_by uuid not null,
  proof text not null,
  reason text not null default ''::text,
  answered_at timestamp with time zone,
  answered_by uuid,
  answer text not null default ''::text,
  constraint sign_sighting_pkey PRIMARY KEY (id),
  constraint sign_sighting_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES register.attachment(id),
  constraint sign_sighting_sign_id_fkey FOREIGN KEY (sign_id) REFERENCES register.sign(id),
  constraint sign_sighting_answer_check CHECK ((length(answer) <= 500)),
  constraint sign_sighting_check CHECK (((answered_at IS NULL) = (answered_by IS NULL))),
  constraint sign_sighting_check1 CHECK (((answered_by IS NULL) OR (answered_by <> taken_by))),
  constraint sign_sighting_check2 CHECK (((proof <> 'word'::text) OR (answered_by IS NOT NULL))),
  constraint sign_sighting_proof_check CHECK ((proof = ANY (ARRAY['read'::text, 'waiting'::text, 'word'::text, 'refused'::text, 'passed'::text]))),
  constraint sign_sighting_reason_check CHECK ((length(reason) <= 500))
);
comment on table register.sign_sighting is 'Photos of signs on the wall and what was read in them, or who vouched for it.';
CREATE INDEX sign_sighting_by_sign ON register.sign_sighting USING btree (sign_id, taken_at);
-- overt_app may: delete, insert, select, update (register.sign_sighting)

create table register.sign_version (
  sheet_id uuid not null,
  version integer not null,
  says jsonb not null,
  change text not null default ''::text,
  since timestamp with time zone not null,
  constraint sign_version_pkey PRIMARY KEY (sheet_id, version),
  constraint sign_version_sheet_id_fkey FOREIGN KEY (sheet_id) REFERENCES register.sign_sheet(id)
);
comment on table register.sign_version is 'What each version of a sign says. Versions are added, never changed.';
-- overt_app may: delete, insert, select, update (register.sign_version)

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
  patch_id uuid,
  out_of_scope text,
  latitude double precision,
  longitude double precision,
  constraint site_pkey PRIMARY KEY (id),
  constraint site_patch_id_provider_fkey FOREIGN KEY (patch_id, provider) REFERENCES register.patch(id, provider),
  constraint site_address_check CHECK (((cardinality(address) >= 1) AND (cardinality(address) <= 7))),
  constraint site_area_check CHECK (((length(area) >= 1) AND (length(area) <= 100))),
  constraint site_coordinates_whole CHECK (((latitude IS NULL) = (longitude IS NULL))),
  constraint site_kind_check CHECK ((kind = ANY (ARRAY['home'::text, 'communal'::text, 'office'::text, 'land'::text, 'other'::text]))),
  constraint site_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
  constraint site_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
  constraint site_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint site_out_of_scope_check CHECK (((length(out_of_scope) >= 1) AND (length(out_of_scope) <= 500)))
);
comment on table register.site is 'A place with cameras. Addresses of homes are sensitive: never in a log line, a task title or a ledger leaf.';
comment on column register.site.out_of_scope is 'Why the landlord''s CCTV policy doesn''t cover this place; null: it does. No camera is asked for where it is set.';
CREATE INDEX site_by_patch ON register.site USING btree (patch_id) WHERE (patch_id IS NOT NULL);
CREATE INDEX site_by_provider ON register.site USING btree (provider, name);
CREATE TRIGGER keep_findable AFTER INSERT OR DELETE OR UPDATE OF name, address, area, patch_id, provider ON register.site FOR EACH ROW EXECUTE FUNCTION register.keep_findable();
-- overt_app may: delete, insert, select, update (register.site)

create table register.supplier (
  id uuid not null,
  provider text not null,
  name text not null,
  does text[] not null,
  processor boolean not null,
  contract_reference text not null default ''::text,
  contract_from date,
  contract_until date,
  note text not null default ''::text,
  ended_at timestamp with time zone,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  version integer not null default 1,
  constraint supplier_pkey PRIMARY KEY (id),
  constraint supplier_check CHECK (((contract_until IS NULL) OR ((contract_from IS NOT NULL) AND (contract_until >= contract_from)))),
  constraint supplier_contract_reference_check CHECK ((length(contract_reference) <= 100)),
  constraint supplier_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint supplier_note_check CHECK ((length(note) <= 2000))
);
comment on table register.supplier is 'A firm that works on CCTV for a landlord, with its contract.';
comment on column register.supplier.contract_from is 'First day of the contract; null: none is on record.';
comment on column register.supplier.contract_until is 'Last day of the contract; null: no end was agreed.';
CREATE INDEX supplier_by_provider ON register.supplier USING btree (provider, name);
CREATE TRIGGER keep_findable AFTER INSERT OR DELETE OR UPDATE OF name, contract_reference, provider ON register.supplier FOR EACH ROW EXECUTE FUNCTION register.keep_findable();
-- overt_app may: delete, insert, select, update (register.supplier)

create table register.supplier_audit (
  id uuid not null,
  supplier_id uuid not null,
  day date not null,
  outcome text not null,
  note text not null,
  next_day date not null,
  at timestamp with time zone not null,
  by uuid not null,
  constraint supplier_audit_pkey PRIMARY KEY (id),
  constraint supplier_audit_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES register.supplier(id),
  constraint supplier_audit_check CHECK ((next_day > day)),
  constraint supplier_audit_note_check CHECK (((length(note) >= 1) AND (length(note) <= 2000))),
  constraint supplier_audit_outcome_check CHECK ((outcome = ANY (ARRAY['passed'::text, 'points'::text, 'failed'::text])))
);
comment on table register.supplier_audit is 'When a supplier was looked into, with what result, and when next.';
CREATE INDEX audit_by_supplier ON register.supplier_audit USING btree (supplier_id, day);
-- overt_app may: insert, select (register.supplier_audit)

create table register.supplier_contact (
  id uuid not null,
  supplier_id uuid not null,
  name text not null,
  job text not null default ''::text,
  phone text not null default ''::text,
  email text not null default ''::text,
  created_at timestamp with time zone not null,
  constraint supplier_contact_pkey PRIMARY KEY (id),
  constraint supplier_contact_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES register.supplier(id),
  constraint supplier_contact_email_check CHECK ((length(email) <= 254)),
  constraint supplier_contact_job_check CHECK ((length(job) <= 120)),
  constraint supplier_contact_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint supplier_contact_phone_check CHECK ((length(phone) <= 50))
);
comment on table register.supplier_contact is 'People to call at a supplier; removed for good when they leave, for they are personal data.';
CREATE INDEX contact_by_supplier ON register.supplier_contact USING btree (supplier_id);
-- overt_app may: delete, insert, select, update (register.supplier_contact)

create table register.supplier_proof (
  id uuid not null,
  supplier_id uuid not null,
  code text not null,
  reference text not null,
  valid_until date,
  file_name text,
  mime text,
  bytes bytea,
  sha256 bytea,
  seen_at timestamp with time zone not null,
  seen_by uuid not null,
  constraint supplier_proof_pkey PRIMARY KEY (id),
  constraint supplier_proof_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES register.supplier(id),
  constraint supplier_proof_bytes_check CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 10485760))),
  constraint supplier_proof_check CHECK ((((bytes IS NULL) = (file_name IS NULL)) AND ((bytes IS NULL) = (mime IS NULL)) AND ((bytes IS NULL) = (sha256 IS NULL)))),
  constraint supplier_proof_code_check CHECK (((length(code) >= 1) AND (length(code) <= 60))),
  constraint supplier_proof_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
  constraint supplier_proof_reference_check CHECK (((length(reference) >= 1) AND (length(reference) <= 300))),
  constraint supplier_proof_sha256_check CHECK ((octet_length(sha256) = 32))
);
comment on table register.supplier_proof is 'What a supplier showed (insurance, certificates, signed terms), and who saw it; the newest of a code counts.';
CREATE INDEX proof_by_supplier ON register.supplier_proof USING btree (supplier_id, code, seen_at);
-- overt_app may: insert, select (register.supplier_proof)

create table register.system (
  id uuid not null,
  provider text not null,
  site_id uuid not null,
  name text not null,
  purposes text[] not null,
  manager_id uuid,
  created_at timestamp with time zone not null,
  created_by uuid not null,
  version integer not null default 1,
  retention_days integer,
  retention_from date,
  constraint system_pkey PRIMARY KEY (id),
  constraint system_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint system_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint system_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 3660))),
  constraint system_retention_since CHECK (((retention_days IS NULL) = (retention_from IS NULL)))
);
comment on table register.system is 'The cameras serving one purpose at a place, with a manager.';
comment on column register.system.retention_days is 'Days for which its pictures are kept, where these are fewer than the policy allows; null: as many as the policy says.';
comment on column register.system.retention_from is 'Civil day at its site from which on these days hold for what is recorded.';
CREATE INDEX system_by_site ON register.system USING btree (site_id);
CREATE TRIGGER keep_findable AFTER INSERT OR DELETE OR UPDATE OF name, site_id, provider ON register.system FOR EACH ROW EXECUTE FUNCTION register.keep_findable();
-- overt_app may: delete, insert, select, update (register.system)

create table register.system_controller (
  system_id uuid not null,
  kind text not null,
  landlord text,
  body text,
  contact text not null default ''::text,
  supplier_id uuid,
  joint text not null default ''::text,
  set_at timestamp with time zone not null,
  set_by uuid not null,
  constraint system_controller_pkey PRIMARY KEY (system_id),
  constraint system_controller_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES register.supplier(id),
  constraint system_controller_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint system_controller_body_check CHECK (((length(body) >= 1) AND (length(body) <= 200))),
  constraint system_controller_check CHECK (((kind = 'landlord'::text) = (landlord IS NOT NULL))),
  constraint system_controller_check1 CHECK (((kind = 'outside'::text) = (body IS NOT NULL))),
  constraint system_controller_check2 CHECK ((((kind = 'outside'::text) AND (contact <> ''::text)) OR ((kind <> 'outside'::text) AND (contact = ''::text) AND (supplier_id IS NULL)))),
  constraint system_controller_contact_check CHECK ((length(contact) <= 500)),
  constraint system_controller_joint_check CHECK ((length(joint) <= 300)),
  constraint system_controller_kind_check CHECK ((kind = ANY (ARRAY['own'::text, 'landlord'::text, 'outside'::text]))),
  constraint system_controller_landlord_check CHECK (((length(landlord) >= 1) AND (length(landlord) <= 60)))
);
comment on table register.system_controller is 'Who is the controller of a system; no row: the landlord itself, alone.';
comment on column register.system_controller.landlord is 'Slug of another landlord of this installation.';
comment on column register.system_controller.body is 'A body that is no landlord here, by name; contact: how to reach it.';
comment on column register.system_controller.supplier_id is 'The same body as a supplier of the landlord, where it is one.';
comment on column register.system_controller.joint is 'With whom the controller decides jointly; empty: with nobody.';
-- overt_app may: delete, insert, select, update (register.system_controller)

create table register.system_processor (
  system_id uuid not null,
  supplier_id uuid not null,
  does text not null,
  named_at timestamp with time zone not null,
  named_by uuid not null,
  ended_at timestamp with time zone,
  constraint system_processor_pkey PRIMARY KEY (system_id, supplier_id, named_at),
  constraint system_processor_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES register.supplier(id),
  constraint system_processor_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint system_processor_does_check CHECK (((length(does) >= 1) AND (length(does) <= 300)))
);
comment on table register.system_processor is 'Suppliers that handle a system''s pictures for its controller; ended_at is null while they do.';
comment on column register.system_processor.does is 'What they do for the system, in words.';
CREATE INDEX processor_by_supplier ON register.system_processor USING btree (supplier_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX processor_once ON register.system_processor USING btree (system_id, supplier_id) WHERE (ended_at IS NULL);
-- overt_app may: delete, insert, select, update (register.system_processor)

create table register.view_requirement (
  camera_id uuid not null,
  level text not null,
  must_see text not null,
  pixels_per_metre integer,
  by_day text not null,
  by_night text not null,
  evidence text not null default ''::text,
  checked_day date,
  recheck_day date,
  aim_version integer not null,
  written_at timestamp with time zone not null,
  written_by uuid not null,
  version integer not null default 1,
  constraint view_requirement_pkey PRIMARY KEY (camera_id),
  constraint view_requirement_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint view_requirement_by_day_check CHECK ((by_day = ANY (ARRAY['met'::text, 'not-met'::text, 'not-tried'::text]))),
  constraint view_requirement_by_night_check CHECK ((by_night = ANY (ARRAY['met'::text, 'not-met'::text, 'not-tried'::text, 'not-needed'::text]))),
  constraint view_requirement_check CHECK (((checked_day IS NULL) = (recheck_day IS NULL))),
  constraint view_requirement_check1 CHECK (((recheck_day IS NULL) OR (recheck_day > checked_day))),
  constraint view_requirement_check2 CHECK (((checked_day IS NOT NULL) OR ((by_day = 'not-tried'::text) AND (by_night = ANY (ARRAY['not-tried'::text, 'not-needed'::text]))))),
  constraint view_requirement_evidence_check CHECK ((length(evidence) <= 1000)),
  constraint view_requirement_level_check CHECK ((level = ANY (ARRAY['monitor'::text, 'detect'::text, 'observe'::text, 'recognise'::text, 'identify'::text, 'inspect'::text]))),
  constraint view_requirement_must_see_check CHECK (((length(must_see) >= 1) AND (length(must_see) <= 1000))),
  constraint view_requirement_pixels_per_metre_check CHECK (((pixels_per_metre >= 1) AND (pixels_per_metre <= 5000)))
);
comment on table register.view_requirement is 'What a camera''s view must show, by day and by night, and whether it was seen to do so.';
-- overt_app may: delete, insert, select, update (register.view_requirement)

create table register.view_settlement (
  id uuid not null,
  camera_id uuid not null,
  area_id uuid not null,
  view_version integer not null,
  way text not null,
  given_on date not null,
  note text not null,
  proof_id uuid not null,
  recorded_by uuid not null,
  recorded_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  constraint view_settlement_pkey PRIMARY KEY (id),
  constraint view_settlement_area_id_fkey FOREIGN KEY (area_id) REFERENCES register.plan_area(id),
  constraint view_settlement_camera_id_fkey FOREIGN KEY (camera_id) REFERENCES register.camera(id),
  constraint view_settlement_proof_id_fkey FOREIGN KEY (proof_id) REFERENCES register.attachment(id),
  constraint view_settlement_note_check CHECK (((length(note) >= 1) AND (length(note) <= 500))),
  constraint view_settlement_way_check CHECK ((way = ANY (ARRAY['permission'::text, 'camera-mask'::text])))
);
comment on table register.view_settlement is 'Leave in writing, or a mask in the camera itself, for a view that meets something private.';
CREATE UNIQUE INDEX view_settlement_one ON register.view_settlement USING btree (camera_id, area_id, view_version) WHERE (withdrawn_at IS NULL);
-- overt_app may: delete, insert, select, update (register.view_settlement)

create table register.visit (
  id uuid not null,
  provider text not null,
  supplier_id uuid not null,
  site_id uuid not null,
  system_id uuid,
  engineer text not null,
  account_id uuid,
  purpose text not null,
  supervisor_id uuid not null,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  planned_at timestamp with time zone not null,
  planned_by uuid not null,
  identity text,
  arrived_at timestamp with time zone,
  arrived_by uuid,
  left_at timestamp with time zone,
  left_by uuid,
  touched text,
  cancelled_at timestamp with time zone,
  constraint visit_pkey PRIMARY KEY (id),
  constraint visit_site_id_fkey FOREIGN KEY (site_id) REFERENCES register.site(id),
  constraint visit_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES register.supplier(id),
  constraint visit_system_id_fkey FOREIGN KEY (system_id) REFERENCES register.system(id),
  constraint visit_check CHECK (((until_at > from_at) AND (until_at <= (from_at + '24:00:00'::interval)))),
  constraint visit_check1 CHECK ((((arrived_at IS NULL) = (identity IS NULL)) AND ((arrived_at IS NULL) = (arrived_by IS NULL)))),
  constraint visit_check2 CHECK ((((left_at IS NULL) = (touched IS NULL)) AND ((left_at IS NULL) = (left_by IS NULL)))),
  constraint visit_check3 CHECK (((left_at IS NULL) OR ((arrived_at IS NOT NULL) AND (left_at >= arrived_at)))),
  constraint visit_check4 CHECK (((cancelled_at IS NULL) OR (arrived_at IS NULL))),
  constraint visit_engineer_check CHECK (((length(engineer) >= 1) AND (length(engineer) <= 120))),
  constraint visit_identity_check CHECK ((identity = ANY (ARRAY['card'::text, 'called'::text, 'known'::text]))),
  constraint visit_purpose_check CHECK (((length(purpose) >= 1) AND (length(purpose) <= 500))),
  constraint visit_touched_check CHECK (((length(touched) >= 1) AND (length(touched) <= 2000)))
);
comment on table register.visit is 'An engineer at a site: planned, arrived once known to be genuine, left, and what they touched.';
comment on column register.visit.until_at is 'When it is over at the latest: access that was opened for it ends then by itself.';
CREATE INDEX visit_by_account ON register.visit USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX visit_by_site ON register.visit USING btree (site_id, from_at);
CREATE INDEX visit_by_supplier ON register.visit USING btree (supplier_id, from_at);
CREATE INDEX visit_open ON register.visit USING btree (until_at) WHERE ((left_at IS NULL) AND (cancelled_at IS NULL));
-- overt_app may: delete, insert, select, update (register.visit)

CREATE OR REPLACE FUNCTION register.keep_findable()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_table_name = 'site' then
    delete from register.findable where site_id = coalesce(new.id, old.id);
    insert into register.findable select * from register.findable_source f where f.site_id = new.id;
  elsif tg_table_name = 'system' then
    delete from register.findable where system_id = coalesce(new.id, old.id);
    insert into register.findable select * from register.findable_source f where f.system_id = new.id;
  else
    delete from register.findable where id = coalesce(new.id, old.id);
    insert into register.findable select * from register.findable_source f where f.id = new.id;
  end if;
  return null;
end $function$;
-- overt_app may: execute
