-- Where a policy is silent and the landlord has to answer: who decided what, when and why. A decision is never changed or
-- removed; deciding again is a row of its own.
create table providers.decision (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  -- Which point: a key of Overt's list of points on which policies differ.
  key text not null check (key ~ '^[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,59}$'),
  -- The version whose silence it fills.
  version date not null,
  value jsonb not null check (length(value::text) <= 1000),
  reason text not null check (length(reason) between 1 and 1000),
  decided_by uuid not null,
  -- The role in which they decided.
  role text not null check (role ~ '^[a-z][a-z0-9-]{0,59}$'),
  decided_at timestamptz not null,
  -- Entry of the ledger in which it stands; null only where there is no ledger.
  ledger_entry uuid
);
comment on table providers.decision is 'A landlord''s own answer to what its policy leaves open. The newest of a key counts; what was asked for before it was made goes on under the first.';
create index decision_of on providers.decision (provider, key, decided_at, id);

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.decision from overt_app;
  end if;
end $$;
