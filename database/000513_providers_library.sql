-- The library: papers beside the policy, each at the step that needs it, with its own review.

create table providers.paper (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  -- Of a paper that the pack names; null for one of the landlord''s own choice.
  code text check (code ~ '^[a-z][a-z0-9-]{0,59}$'),
  kind text not null check (kind in ('policy', 'procedure', 'template', 'guidance')),
  title text not null check (length(title) between 1 and 160),
  stages text[] not null check (array_length(stages, 1) is null or array_length(stages, 1) <= 12),
  owner_role text not null check (owner_role ~ '^[a-z][a-z0-9-]{0,59}$'),
  review_on date not null,
  -- Somebody found that the link leads nowhere.
  dead_since timestamptz,
  by_person uuid,
  at timestamptz not null,
  ended_at timestamptz
);
comment on table providers.paper is 'A linked policy, procedure, template or piece of outside guidance. Its newest version is what people open.';
create unique index paper_of_pack on providers.paper (provider, code) where ended_at is null;

create table providers.paper_version (
  paper uuid not null references providers.paper (id),
  number integer not null check (number >= 1),
  -- The paper''s own date or edition, as it says of itself.
  edition text not null check (length(edition) between 1 and 60),
  url text check (url ~ '^https://' and length(url) <= 500),
  file bytea check (length(file) <= 10485760),
  mime text check (mime in ('application/pdf', 'text/plain', 'image/png', 'image/jpeg')),
  filename text check (length(filename) <= 120),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  by_person uuid,
  at timestamptz not null,
  primary key (paper, number),
  check ((url is null) <> (file is null)),
  check ((file is null) = (mime is null) and (file is null) = (filename is null) and (file is null) = (sha256 is null))
);
comment on table providers.paper_version is 'What was opened under a version stays: a version is never changed.';

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.paper_version from overt_app;
    revoke delete on providers.paper from overt_app;
  end if;
end $$;
