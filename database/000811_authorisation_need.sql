-- Why a camera, and how much of one: aim, need, hours, detail, and what it does besides filming.

alter table authorisation.deployment
  add column aim text not null default '' check (length(aim) <= 1000),
  add column need text not null default '' check (length(need) <= 4000),
  add column incident_other text check (length(incident_other) between 1 and 500),
  add column detail text check (detail in ('monitor', 'detect', 'observe', 'recognise', 'identify')),
  add column proportion text not null default '' check (length(proportion) <= 2000),
  add column technologies text[] not null default '{}' check (cardinality(technologies) <= 20);

comment on column authorisation.deployment.aim is 'The legitimate aim, in words. Empty only where it was asked for before this was recorded.';
comment on column authorisation.deployment.need is 'The pressing need, in words. Empty only where it was asked for before this was recorded.';
comment on column authorisation.deployment.incident_other is 'A kind of trouble that the policy’s list does not have; null: it has, or none is given.';
comment on column authorisation.deployment.detail is 'How much a picture must show (BS EN 62676-4): from that somebody is there to who it is. Null only where asked for before.';
comment on column authorisation.deployment.proportion is 'Why fewer hours or less detail would not do.';
comment on column authorisation.deployment.technologies is 'What it does besides filming: codes of src/policy/placement.ts. Never one that the policy refuses.';
