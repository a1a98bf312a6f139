-- Somebody asked for the policy in another language or form.
create table providers.format_request (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  -- What they need, in their own words; null once erased.
  wanted text check (length(wanted) between 1 and 300),
  -- How they can be reached; null where they did not say, and once it is answered.
  contact text check (length(contact) between 1 and 300),
  at timestamptz not null,
  answered_at timestamptz check (answered_at >= at),
  answered_by uuid,
  check ((wanted is null) = (answered_at is not null)),
  check (wanted is not null or contact is null)
);
comment on table providers.format_request is 'A need for another language or form. Its words are erased as it is answered: then only that it was asked stays.';
create index format_request_open on providers.format_request (provider, at) where answered_at is null;
do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke delete on providers.format_request from overt_app;
  end if;
end $$;
