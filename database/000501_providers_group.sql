-- A group and its subsidiaries: a subsidiary decides by the policy of its group, and cannot stop doing so.
create table providers.subsidiary (
  slug text primary key references providers.provider (slug),
  group_slug text not null references providers.provider (slug),
  -- null where an installation was set up by a command.
  added_by uuid,
  added_at timestamptz not null,
  check (slug <> group_slug)
);
comment on table providers.subsidiary is 'A landlord of a group: its group''s policy, versions and decisions are its own. It never gets a policy beside it.';
create index subsidiary_of on providers.subsidiary (group_slug);

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.subsidiary from overt_app;
  end if;
end $$;
