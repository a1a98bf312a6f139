-- Words of those who stand behind a policy: that they approved a version, or were shown what came of a review.

create table providers.word (
  id uuid primary key,
  provider text not null references providers.provider (slug),
  version date not null,
  kind text not null check (kind in ('approved', 'shown')),
  -- As the policy or the landlord's decision named it then: a board, a committee; never a person.
  body text not null check (length(body) between 1 and 200),
  given_on date not null,
  -- Where it is minuted; null: nobody noted it.
  minute text check (length(minute) between 1 and 200),
  by_person uuid,
  at timestamptz not null
);
comment on table providers.word is 'A body approved a version of the policy, or was shown what came of a review. Written once, never changed.';
create index word_of on providers.word (provider, given_on desc);

do $$ begin
  if exists (select 1 from pg_roles where rolname = 'overt_app') then
    revoke update, delete on providers.word from overt_app;
  end if;
end $$;
