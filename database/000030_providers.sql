-- Landlords of this installation and which version of its policy each one adopted, from which day.
create schema providers;

create table providers.provider (
  slug text primary key check (slug ~ '^[a-z][a-z0-9-]{0,59}$'),
  -- What people read; a landlord's own name may differ from the name on the document.
  name text not null check (length(name) between 1 and 120),
  time_zone text not null,
  created_at timestamptz not null
);
comment on table providers.provider is 'One landlord. The slug is the folder under policies/ and the key of every role.';

create table providers.adopted_version (
  provider text not null references providers.provider (slug),
  -- The folder's name: the day on which the document takes effect.
  version date not null,
  -- The day from which this installation decides by it; decisions made before keep the version they were made under.
  from_day date not null,
  -- SHA-256 of policy.yaml, access.cedar and clauses.yaml as they were when adopted.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  reference text not null,
  title text not null,
  -- The person who adopted it; null where an installation was set up by a command.
  adopted_by uuid,
  adopted_at timestamptz not null,
  primary key (provider, version)
);
comment on table providers.adopted_version is 'A policy version, once adopted, is never changed or forgotten.';
create index adopted_version_from on providers.adopted_version (provider, from_day desc, version desc);

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.adopted_version from overt_app;
    revoke delete on providers.provider from overt_app;
  end if;
end $$;
