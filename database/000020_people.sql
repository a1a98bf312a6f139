-- people: accounts, what they may do at which landlord, sessions and API tokens. Secrets are here as hashes only.
create schema people;
comment on schema people is 'Accounts, roles, sessions and tokens. Nothing here gives a right to a picture by itself.';

create table people.person (
  id uuid primary key,
  username text not null unique
    check (username = lower(username) and username ~ '^[a-z0-9][a-z0-9._-]{1,59}$'),
  name text not null check (length(name) between 1 and 120),
  email text check (length(email) <= 254),
  administrator boolean not null,
  active boolean not null default true,
  password_hash text check (password_hash like '$argon2id$%'),
  password_at timestamptz,
  made_at timestamptz not null,
  made_by uuid references people.person (id),
  deactivated_at timestamptz,
  check ((password_hash is null) = (password_at is null)),
  check (active = (deactivated_at is null))
);
comment on column people.person.email is 'Null: none given. Not used to sign in.';
comment on column people.person.administrator is 'Runs the installation: accounts, recorders, landlords. Gives no right to footage.';
comment on column people.person.password_hash is 'argon2id as a PHC string. Null: invited, has not yet chosen one, so cannot sign in.';
comment on column people.person.made_by is 'Null: the first administrator, or made by Overt itself.';
comment on table people.person is 'Rows are never deleted: old entries of the ledger point at them. Leaving deactivates.';

create table people.role (
  person_id uuid not null references people.person (id),
  provider text not null,
  role text not null check (role ~ '^[a-z0-9][a-z0-9-]*$'),
  areas text[] not null default '{}',
  given_at timestamptz not null,
  given_by uuid references people.person (id),
  primary key (person_id, provider, role)
);
create index role_holders on people.role (provider, role);
comment on column people.role.role is 'A role code of the landlord''s policy pack.';
comment on column people.role.areas is 'How far it reaches. Empty: everywhere at that landlord.';

create table people.session (
  secret_hash bytea primary key check (length(secret_hash) = 32),
  person_id uuid not null references people.person (id),
  steps text[] not null check (cardinality(steps) > 0),
  started_at timestamptz not null,
  seen_at timestamptz not null,
  until timestamptz not null check (until > started_at)
);
create index session_of_person on people.session (person_id);
create index session_until on people.session (until);
comment on table people.session is 'Signed-in browsers, by real time (never the demo''s clock). SHA-256 of a 256-bit secret that only the cookie holds.';
comment on column people.session.steps is 'How the person proved who they are: password (later also a second step).';
comment on column people.session.until is 'The end whatever happens; not being used ends it earlier.';

create table people.token (
  id uuid primary key,
  person_id uuid not null references people.person (id),
  label text not null check (length(label) between 1 and 80),
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  made_at timestamptz not null,
  until timestamptz not null check (until > made_at),
  used_at timestamptz,
  revoked_at timestamptz
);
create index token_of_person on people.token (person_id);
comment on table people.token is 'For programs: carries the rights of the person who made it, no more.';
comment on column people.token.used_at is 'To the minute. Null: never used.';

create table people.invitation (
  secret_hash bytea primary key check (length(secret_hash) = 32),
  person_id uuid not null unique references people.person (id),
  until timestamptz not null
);
comment on table people.invitation is 'A one-time link by which a person chooses their own password; removed when used. One at a time.';

create table people.setup (
  single boolean primary key default true check (single),
  secret_hash bytea not null check (length(secret_hash) = 32)
);
comment on table people.setup is 'The one-time link of the first administrator. Its row goes when it is used; no row is made once anybody exists.';

create table people.attempt (
  name_hash bytea primary key check (length(name_hash) = 32),
  failures integer not null check (failures > 0),
  last_at timestamptz not null,
  blocked_until timestamptz
);
comment on table people.attempt is 'Wrong sign-ins by name tried, whether it exists or not, so that waiting tells nobody which names exist. Gone after a day or a right sign-in.';
comment on column people.attempt.name_hash is 'SHA-256 of the name as tried: people sometimes type their password there.';
