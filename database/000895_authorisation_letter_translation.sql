-- A letter to households in another language: translated by somebody, put in once, and used for everybody who reads it.

create table authorisation.letter_translation (
  id uuid primary key,
  provider text not null,
  deployment_id uuid not null references authorisation.deployment,
  kind text not null check (kind in ('told', 'consultation')),
  -- Of the letter in easy words.
  easy boolean not null,
  language text not null check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'),
  -- SHA-256 of the English words it was made from. A letter that says anything else is not this one's.
  of_hash text not null check (of_hash ~ '^[0-9a-f]{64}$'),
  -- Laid out like the English letter as plain text, so that it is set like it.
  body text not null check (length(body) between 1 and 30000),
  -- A person or a firm.
  translated_by text not null check (length(translated_by) between 1 and 120),
  translated_on date not null,
  put_in_by uuid not null,
  put_in_at timestamptz not null
);
create index letter_translation_by_deployment on authorisation.letter_translation (deployment_id, kind, language, put_in_at desc);
comment on table authorisation.letter_translation is 'Letters in other languages, each with the English words it was made from. A corrected one is a row of its own; the newest is used. Names no household.';
