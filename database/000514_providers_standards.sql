-- Laws, codes, standards and registrations: what stands in the pack is the beginning; this is what people add and change.

create table providers.standard (
  provider text not null references providers.provider (slug),
  code text not null check (code ~ '^[a-z][a-z0-9-]{0,59}$'),
  kind text not null check (kind in ('statute', 'code', 'standard', 'regulator', 'registration')),
  title text not null check (length(title) between 1 and 200),
  edition text check (length(edition) between 1 and 60),
  -- Day of that edition, or on which the registration was given.
  dated date,
  owner_role text not null check (owner_role ~ '^[a-z][a-z0-9-]{0,59}$'),
  expires_on date,
  -- Registration or licence number of the landlord; never of a person.
  number text check (length(number) between 1 and 60),
  state text not null check (state in ('in-force', 'amended', 'repealed', 'not-taken-up')),
  note text check (length(note) between 1 and 2000),
  controls text[] not null,
  changed_at timestamptz not null,
  changed_by uuid,
  checked_on date,
  primary key (provider, code)
);
comment on table providers.standard is 'One law, code, standard, regulator''s standard or registration as it stands now, and what in Overt answers it.';

create table providers.standard_change (
  id uuid primary key,
  provider text not null,
  code text not null,
  what text not null check (length(what) between 1 and 2000),
  edition text,
  state text not null,
  expires_on date,
  by_person uuid,
  at timestamptz not null,
  foreign key (provider, code) references providers.standard (provider, code)
);
comment on table providers.standard_change is 'Each change of the register, in words; it opened a task to look at the policy again.';
create index standard_change_of on providers.standard_change (provider, code, at desc);

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.standard_change from overt_app;
    revoke delete on providers.standard from overt_app;
  end if;
end $$;
