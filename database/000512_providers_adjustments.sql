-- What somebody needs to be able to read or hear what we tell them: told once, used on every letter and sign.

create table providers.adjustment (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  -- Area of the person''s home; a role that reaches other areas only doesn''t see it. Null: the whole landlord.
  area text check (length(area) <= 100),
  -- The landlord''s own number for the person (tenancy, customer): what other rooms look it up by.
  reference text check (length(reference) between 1 and 60),
  name text check (length(name) between 1 and 120),
  formats text[] not null check (formats <@ array['large-print', 'easy-read', 'plain-text', 'braille', 'audio', 'coloured-paper', 'sign-language']),
  -- Null: English.
  language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'),
  contact_way text not null check (contact_way in ('letter', 'email', 'telephone', 'text-message', 'visit', 'somebody-else')),
  -- An address, a number, or who is to be asked.
  contact text check (length(contact) between 1 and 300),
  note text check (length(note) between 1 and 1000),
  by_person uuid,
  at timestamptz not null,
  changed_at timestamptz not null,
  ended_at timestamptz,
  erased_at timestamptz,
  -- Erasing takes everything that tells who it is and what is said of them.
  check ((erased_at is null) = (reference is not null)),
  check (erased_at is null or (name is null and contact is null and note is null and ended_at is not null))
);
comment on table providers.adjustment is 'One row per person and landlord while it is in force. Words about the person can be erased (UK GDPR Art 17).';
create unique index adjustment_in_force on providers.adjustment (provider, lower(reference)) where ended_at is null;
