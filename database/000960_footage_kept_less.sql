-- A newer version of a landlord's policy that keeps less: carried out for what was recorded before, once.

create table footage.kept_less (
  provider text not null,
  version date not null,
  -- Camera-days whose keys moved to an earlier day.
  camera_days integer not null check (camera_days >= 0),
  told_at timestamptz not null,
  -- The keyring has it; null: it was told and not carried out yet, as after a crash.
  done_at timestamptz check (done_at >= told_at),
  primary key (provider, version)
);
comment on table footage.kept_less is 'Versions of a policy that have had their say over what was recorded before them. A version that keeps more stands here with none moved.';

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke delete on footage.kept_less from overt_app;
  end if;
end $$;
