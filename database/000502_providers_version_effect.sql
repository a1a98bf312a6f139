-- When a landlord's newer policy began to decide: what changed, and that somebody saw to it for what was running.
create table providers.version_effect (
  provider text not null references providers.provider (slug),
  version date not null,
  previous_version date not null,
  effect_at timestamptz not null,
  primary key (provider, version),
  check (version <> previous_version)
);
comment on table providers.version_effect is 'The day a newer version began to decide here, found by the clock. Written once.';

create table providers.difference_seen (
  provider text not null,
  version date not null,
  -- Which difference: a short mark of what it says.
  difference text not null check (difference ~ '^[A-Za-z0-9_-]{16}$'),
  note text not null check (length(note) between 1 and 1000),
  seen_by uuid not null,
  seen_at timestamptz not null,
  primary key (provider, version, difference),
  foreign key (provider, version) references providers.version_effect (provider, version)
);
comment on table providers.difference_seen is 'What somebody responsible did about one difference between two versions, for the cameras that go on under the older.';

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.version_effect from overt_app;
    revoke update, delete on providers.difference_seen from overt_app;
  end if;
end $$;
