-- The policy as a document: looked at again, published, translated, and what people said about it.

create table providers.policy_review (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  version date not null,
  reviewed_on date not null,
  outcome text not null check (outcome in ('stays', 'to-change', 'changed')),
  note text not null check (length(note) between 1 and 4000),
  next_review date not null check (next_review > reviewed_on),
  by_person uuid,
  at timestamptz not null
);
comment on table providers.policy_review is 'A policy was looked at again. The newest one says when the next is due; before the first, the document does.';
create index policy_review_of on providers.policy_review (provider, at desc);

create table providers.publication (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  version date not null,
  revision integer not null,
  channel text not null check (channel in ('website', 'intranet', 'staff')),
  -- Where it stands on the intranet; null for our own public page and for a message to staff.
  address text check (length(address) <= 500),
  by_person uuid,
  at timestamptz not null,
  ended_at timestamptz check (ended_at >= at)
);
comment on table providers.publication is 'Where a version is made known. A row of channel website without an end opens the public page.';
create unique index publication_open on providers.publication (provider, channel) where ended_at is null;

create table providers.translation (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  version date not null,
  -- Of the pack when it was translated: with another hash the translation is out of date.
  of_hash text not null check (of_hash ~ '^[0-9a-f]{64}$'),
  language text not null check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'),
  -- Its own name, as its readers write it.
  language_name text not null check (length(language_name) between 1 and 60),
  easy_read boolean not null default false,
  translated_on date not null,
  body text check (length(body) between 1 and 200000),
  file bytea check (length(file) <= 10485760),
  mime text,
  filename text check (length(filename) <= 120),
  by_person uuid,
  at timestamptz not null,
  ended_at timestamptz check (ended_at >= at),
  check ((body is null) <> (file is null)),
  check ((file is null) = (mime is null) and (file is null) = (filename is null))
);
comment on table providers.translation is 'The policy in another language or in easy read: words or a file. The newest of a language is shown.';
create unique index translation_open on providers.translation (provider, language, easy_read) where ended_at is null;

create table providers.consultation (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  version date not null,
  title text not null check (length(title) between 1 and 160),
  intro text not null check (length(intro) between 1 and 4000),
  questions jsonb not null check (jsonb_typeof(questions) = 'array' and jsonb_array_length(questions) between 1 and 12),
  opens_at timestamptz not null,
  closes_at timestamptz not null check (closes_at > opens_at),
  by_person uuid,
  at timestamptz not null,
  outcome text check (length(outcome) between 1 and 8000),
  outcome_at timestamptz,
  check ((outcome is null) = (outcome_at is null))
);
comment on table providers.consultation is 'People are asked about the policy, for a time. Answers are taken between the two instants and at no other.';
comment on column providers.consultation.questions is '[{"code": "unclear", "ask": "…"}] as they were asked.';
create index consultation_of on providers.consultation (provider, opens_at desc);

create table providers.consultation_answer (
  id uuid primary key,
  consultation uuid not null references providers.consultation (id),
  who text not null check (who in ('resident', 'neighbour', 'colleague', 'partner', 'other', 'not-said')),
  heard_by text not null check (heard_by in ('web', 'paper', 'spoken')),
  -- {"unclear": "…"} by code of the question; null once erased.
  answers jsonb,
  at timestamptz not null,
  erased_at timestamptz,
  check ((answers is null) = (erased_at is not null))
);
comment on table providers.consultation_answer is 'What somebody said. Nobody is asked for a name; words that give one away can be erased, and the answer still counts.';
create index consultation_answer_of on providers.consultation_answer (consultation, at);

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.policy_review from overt_app;
    revoke delete on providers.publication, providers.translation, providers.consultation,
      providers.consultation_answer from overt_app;
  end if;
end $$;
